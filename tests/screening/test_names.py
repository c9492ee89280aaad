"""Names: a full one is refused, a single one is warned of, an ordinary word is neither."""

from __future__ import annotations

import pytest

from coordination.screening import Kind, Known, Level
from tests.screening.marking import findings, places, rules, words

FULL = [
    "[Emma Jensen] kommer",
    "[emma jensen] kommer",
    "vi ses med [sofie kjær] i morgen",
    "[Mads H.] er med",
    "[mads h.] er med",
    "[Mads H] er med",
    "[Anne-Mette Sørensen] ringer",
    "[Fatima El-Khatib] ringer",
    "[Ahmad bin Yusuf] er med",
    "[Guðrún Jónsdóttir] er med",
    "[J. Madsen] er med",
    "[Bo Jensen] er med",
    "[bo jensen] er med",
    "[August Hansen] er med",
    "[Zephyra Nielsen] er med",
    "[Emma Okonkwo] er med",
    "[emma vestenkær] er med",
    "[Nguyễn Minh] er med",
    "far til [Oliver Stage]",
    "[Karl Emil Brandt] møder kl 8",
    "[EMMA JENSEN] ER MED I DAG",
    "far [R. Sivakumar] ringer",
    "K. [E. Lund] er med",
    "far [Xolani Wetheko] ringer",
]
SINGLE = [
    "[emil] er syg",
    "[Mohammeds] mor henter",
    "[noahs] far",
    "[Emma's] taske",
    "[Mads'] taske",
    "familien [Jensen] kommer",
    "fam. [skov] kommer",
    "mor til [bo] ringer",
    "[bos] mor ringer",
    "lille [storm] er ny",
    "drengen hedder [zayd]",
    "[ylvanas] mor ringer",
    "mor til [kjartanna] ringer",
    "vi taler om [Zephyra] først",
    "vi taler om [Sol] først",
    "[Bilguun], [Emma] og [Ida]",
    "Emma ([Wiremu]) er med".replace("Emma", "[Emma]"),
    "Husk, [Emma] kommer",
    "Møde, [Emma] kommer",
    "har I [Jensen] med",
    "[Ida Marie] er med",
    "[emma sofie] er med",
    "[Storm] er syg",
    "[bo] ringer i morgen",
    "[Else] kommer",
    "husk [emill] i dag",
    "[Matthilde] er her",
    "pigen [Xyla] er ny",
    "kaldet [piphans]",
    "brev fra [Мария] i dag",
    "ring til [محمد] i dag",
    "[Saga] trives",
    "[Mynte] og [Elva]",
    "[Birks] team",
    "[Storm] tlf 22334455",
    "ams lille [emil]".replace("ams", "[ams]"),
]
NONE = [
    "det er til en dag i maj",
    "der er sol og storm på vej",
    "bo plads uden parkering",
    "den 3. august",
    "vi ses i august",
    "sten på vejen og is i skoven",
    "en god dag til alle",
    "kan I tage en liste med",
    "Sommer og vinter",
    "mødet i Viborg eller i Kolding",
    "Kolding station kl 7",
    "Kristrup Vuggestue kl 9",
    "Oust Mølleskolen og Trekløverskolen",
    "Børnehaven Solstrålen",
    "SFO Regnbuen",
    "Dagtilbud Midt",
    "Børnehuset Lindehuset",
    "lokale Sol er ledigt",
    "Marte Meo starter i maj",
    "lukket Kristi himmelfart og Skt. Hans",
    "Husk: Mappe og Nøgle",
    "Vi bruger Teams og Aula",
    "klassens forældre og barnets mor",
    "mor til barnet ringer",
    "mandag, tirsdag og onsdag",
    "hans og deres",
    "kl. 9 i Fussingø",
    "august er optaget",
    "August kommer hurtigt",
    "kl. 9 i Gjerrildsby",
    "mødes ved Frijsendal",
    "Xylofon, trommer og sang",
    "Emneuge om Grønland",
    "sol og vind",
    "Storm på vej, vi rykker",
    "Ekskursion til Mols Bjerge",
    "Mariehønsene spiser med Sommerfuglene",
    "Vores Store Møde Om Trivsel Og Læring",
    "navn: mødet",
    "velkommen til Indskolingen",
    "sag i Ungeudvalget",
    "vi ses på Nørre Nissum",
    "VIDA-modellen",
    "oplæg om sanser",
    "mandag el tirsdag",
    "Lucia den 13. december",
]


@pytest.mark.parametrize("line", FULL)
def test_a_full_name_is_refused(line: str) -> None:
    text, expected = places(line)
    assert [found.rstrip(".") for found in words(text, Kind.NAME, Level.BLOCK)] == [
        each.rstrip(".") for each in expected
    ]


@pytest.mark.parametrize("line", SINGLE)
def test_a_single_name_is_warned_of_and_may_be_kept(line: str) -> None:
    text, expected = places(line)
    assert words(text, Kind.NAME, Level.WARN) == expected
    assert words(text, Kind.NAME, Level.BLOCK) == []


@pytest.mark.parametrize("text", NONE)
def test_ordinary_words_that_are_names_and_names_of_places_are_no_alarm(text: str) -> None:
    assert rules(text) == set()


# --- What the directory knows ---------------------------------------------------------------------------------
KNOWN = Known.of(
    places=["Emmas Hus", "Nordstjernen", "Sal Emil", "Emil", "Angstklinikken", "Skovvej 12"],
    people=["Lene Marie Holm", "Emil Zaghloul"],
)


@pytest.mark.parametrize(
    "text",
    [
        "Lene Marie Holm kommer",
        "lene holm kommer",
        "Lene Holms lokale",
        "psykolog Lene kommer",
        "Psykolog Lene kommer",
        "skolepsykolog lene kommer",
        "inklusionsvejleder lene kommer",
        "Lene fra PPR kommer",
        "vi ses i Emmas Hus",
        "lokale Emil",
        "vi ses i Sal Emil",
        "møde i Angstklinikken",
        "vi mødes på Skovvej 12",
        "Emil Zaghloul og Lene Holm",
    ],
)
def test_colleagues_units_and_rooms_are_no_alarm(text: str) -> None:
    assert rules(text, KNOWN) == set()
    assert rules(text) != set()


@pytest.mark.parametrize(
    "text",
    [
        "Lene kommer",
        "Emil kommer i lokale 3",
        "Lene Hansen kommer",
        "Marie Holm kommer",
        "psykolog Mette kommer",
        "Lene fra Hobro",
        "Lene mod PPR",
        "psykologen og Lene",
        "Lene Holm Emma",
        "Skovvej 14",
    ],
)
def test_somebody_with_the_first_name_of_a_colleague_or_a_room_is_told_all_the_same(text: str) -> None:
    assert rules(text, KNOWN) != set()


def test_what_is_known_is_told_to_nobody_by_its_looks() -> None:
    assert "Lene" not in repr(KNOWN)
    assert "lene" not in repr(KNOWN)


def test_a_known_place_hides_nothing_that_stands_before_it() -> None:
    assert rules("bor Engvej 3, møde på Skovvej 12", KNOWN) == {"address.street"}
    assert rules("Emma har angst, møde i Angstklinikken", KNOWN) == {"name.first", "health.word"}


def test_an_unknown_word_with_a_capital_is_told_as_what_it_means() -> None:
    assert {each.kind for each in findings("hun stemmer på Enhedslisten")} == {Kind.POLITICS}


@pytest.mark.parametrize("text", ["Al El Bin Van", "el al van ali", "Van De", "A B C D", "al-", "' ' '", "Bin Emma"])
def test_little_words_of_names_alone_upset_nothing(text: str) -> None:
    assert all(each.kind is Kind.NAME for each in findings(text))
