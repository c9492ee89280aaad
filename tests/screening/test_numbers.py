"""CPR numbers, phones, days of birth, mail and addresses: what is found, whole, and what is none of them."""

from __future__ import annotations

import pytest

from coordination.screening import Kind, Level
from coordination.screening.findings import TOPICS
from tests.screening.marking import findings, places, rules, words
from tests.screening.rates import read

FOUND = {
    Kind.CPR: [
        "cpr [010112-1234]",
        "[0101121234]",
        "[01 01 12 1234]",
        "nr [01.01.12-1234] i systemet",
        "[010112 1234] møde onsdag",
        "[010112\u20131234]",
        "[01012012-1234]",
        "[0 1 0 1 1 2 - 1 2 3 4]",
        "[01 01 12 12 34]",
        "[O1O112-1234]",
        "[0l0l12-l234]",
        "[610112-1234] er midlertidigt",
        "[610112-1234]",
        "cpr [010112 og de sidste fire er 1234]",
        "[nul en nul en tolv tolv fireogtredive]",
        "cpr [nul et nul et et to et to tre fire]",
        "[1/1-12 1234] er hans nummer",
        "[1. januar 2012 - 1234]",
        "[12.11.26-1234] født i år",
        "lokale 3 [010112-1234]",
        "[010112-1234] 5 streger",
        "kl 13 [010112-1234]",
        "[første i første halvfems tolv fireogtredive]",
        "[nul-en-nul-en-halvfems-tolv-fireogtredive]",
        "[nul en nul en nitten halvfems tolv fireogtredive]",
        "[zero one zero one nine zero one two three four]",
        "([010190)-(1234])",
        "cpr[0101901234]",
        "[031226 1400]",
        "[12.11.26 4834]",
        "[12.11.26 2534]",
        "[12.11.26 1377]",
        "[01.01.12-1234] 5 streger",
        "p-nr [1203144821]",
        "p-nr [101240-2567]",
        "[1012402567]",
        "[22/11 2018-0417]",
        "[5/11 2026-0417] er ny",
    ],
    Kind.PHONE: [
        "[22334455]",
        "ring [22 33 44 55] i dag",
        "[2233 4455]",
        "[22-33-44-55]",
        "[22.33.44.55]",
        "[22 334 455]",
        "[+45 22 33 44 55]",
        "[+4512334455]",
        "[0045 22334455] er fars",
        "[(+45) 22334455]",
        "[22 33 O4 l5]",
        "tlf [12 33 44 55]",
        "mors tlf er [2233445]",
        "[+46 70 123 45 67] er svensk",
        "[toogtyve treogtredive fireogfyrre femoghalvtreds]",
        "[to to tre tre fire fire fem fem] efter kl 16",
        "ring [tyve tredive fyrre nul otte]",
        "lokale 2 [22 33 44 55]",
        "kl. 13 [22 33 44 55]",
        "ring [2030-2145]",
        "emil d [2233 4455]",
        "[22334455]/[66778899]",
        "[45 22 33 44 55]",
        "[toogtyve tredive 44 55]",
        "ring [to og tyve tre og tredive fire og fyrre fem og halvtreds]",
        "[twenty-two thirty-three forty-four fifty-five]",
        "ring [2030-2145]",
        "tlf [12345678]",
    ],
    Kind.BIRTH_DATE: [
        "f. [3/4-14]",
        "født den [3. april 2014]",
        "født [3.4]",
        "barn f [030414]",
        "fødselsdato: [2014-04-03]",
        "fylder 6 d. [14. januar]",
        "[3/4-2014] er hans fødselsdag",
        "drengen er fra [3.4.2014]",
        "emil [030414] starter",
        "fdøt [marts 2019]",
        "født i [2016]",
        "født den [tredje april to tusind og fjorten]",
        "dob [3/4/2026]",
        "elev nr. [3/4-2014]",
        "baby [3/9-26] har plads",
        "[12042014] står på listen",
        "born [April 3rd, 2014]",
        "f [3 4 2014]",
        "født d. [3/12]",
    ],
    Kind.EMAIL: [
        "[maja@skole.dk]",
        "skriv til [per.hansen_2@mail.skole.dk] i dag",
        "[maja snabel-a skole punktum dk]",
        "[hans punktum hansen snabela gmail punktum com]",
        "[maja(at)skole.dk]",
        "[maja (at) skole (dot) dk]",
        "[maja at hotmail punktum com]",
        "[maja @ skole . dk]",
        "[maja\uff20skole.dk]",
        "[maja@skole] er forkortet",
        "[maja alfakrøl skole prik dk]",
        "[tina76 gmail com]",
    ],
    Kind.ADDRESS: [
        "bor [skovvej 12]",
        "[Hobrovej 85, 2. tv]",
        "[Nørregade 4b], [8900 Randers]",
        "[Skovvej12]",
        "til [h.c. andersens vej 3]",
        "[Gl. Hadsundvej 14] mandag",
        "hentes på [humlehaven 12]",
        "[Lindeparken 22]",
        "bor på [hobrovej]",
        "[Lille Rosengård 7]",
        "bor i [8900 Randers]",
        "lives at [12 Church Road]",
        "emil bor [Søndre Allé 3]",
        "[skovvej 12] tak",
        "[humlehaven 12] tak",
        "[vestre vej 3] tak",
        "[Skovbo Plads 3] tak",
        "hjemmebesøg [Bakkestjernen 41]",
        "bor ved skolen, [skovvej 12]",
        "hentes på [kløverhegn 3]",
        "bor i [8900 Randers NV]",
        "bor i [6960 Hvide Sande]",
        "[Strandvejen 140] [8000 aarhus]",
        "[Mariagervej 88 2.th], ring på",
    ],
}
NONE = [
    "Vi mødes i lokale 2.14 onsdag kl. 13, tag mappen med",
    "tirsdag d. 3/12 kl. 14",
    "3/12-26 1400",
    "d. 3.12.2026 1400-1530",
    "12/11 10.15-11.30",
    "d. 10-02-2027, 16-16, lokale 32",
    "25, 11/12 2026",
    "første, anden, tredje, fjerde og femte",
    "kl. ti, elleve, tolv eller tretten",
    "uge tyve enogtyve toogtyve treogtyve",
    "barnet 3/12-2026",
    "vi sås 3/9-2026",
    "side 10 11 12 14 15",
    "nr. 040302 på listen",
    "stenbroen 3 er spærret",
    "naturparken 3",
    "deres plads 3",
    "rød plads 3",
    "hjemmebesøg Januar 3",
    "kør Torsdag 12",
    "hent Projektor 2",
    "kode 8900 Randers",
    "rødt lokale 3/12",
    "først 3/12",
    "uge 10 11 12 13 14",
    "uge 44 45 46 47",
    "kl. 13 14 15 16",
    "EAN 5798005792110",
    "CVR 29189668",
    "cvr-nr. 29189668",
    "p-nr. 1003402567",
    "P-nummer 1012402567",
    "27.12.06-G01-1234-26",
    "sag 27.03.12-G01-120345-26",
    "27.09.23 26/916778",
    "KLE 27.09.23",
    "sagsnr. 26/018452",
    "sagsnr 22334455",
    "journalnummer 22334455",
    "kode 224466",
    "møde 24122026",
    "skoleår 2026/2027",
    "2026-2027",
    "20.11-21.12",
    "2030-2145",
    "jf. § 153, stk. 2",
    "aftale af 3.4.2023",
    "referat fra 12/3-2024",
    "Vi ses 3. april",
    "mødet er d. 4/12 2026",
    "7-9.45",
    "Rådhuset, Laksetorvet 1, 8900 Randers",
    "Hornbæk Skole, Skolevej 4",
    "børnehaven 12 børn",
    "på vej 10 min",
    "stien 3",
    "legepladsen 2",
    "tog til 8000 mennesker",
    "i 2026 Randers",
    "nr. 1 af 10",
    "side 12-14",
    "2x30 min",
]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in FOUND.items() for line in lines])
def test_it_is_found_whole_and_refused(kind: Kind, line: str) -> None:
    text, expected = places(line)
    assert words(text, kind, Level.BLOCK) == expected


@pytest.mark.parametrize("text", NONE)
def test_other_numbers_are_no_alarm(text: str) -> None:
    assert rules(text) == set()


@pytest.mark.parametrize("kind", FOUND)
def test_what_tells_who_somebody_is_can_never_be_kept(kind: Kind) -> None:
    text, _expected = places(FOUND[kind][0])
    assert not any(each.may_be_kept for each in findings(text) if each.kind is kind)


@pytest.mark.parametrize(
    "text",
    [
        "f. 3/4-14, lokale 1234",
        "f. 3/4-14. Koden er 1234",
        "f. 030414, kode 1234",
        "3/13-14 1234",
        "010190 inden 1400",
        "f. 3/4-14 kl 1400",
        "f. 3/4-14, 2 stole, 1234",
        "010145671234",
        "7 10 12 11 14 26",
        "10 12 11 14 26 7",
        "74041810 så 10",
        "nioghalvfems nioghalvfems ti ti ti",
        "vi har 10 11 12 13 14",
        "12:11:10:15:11",
        "10.12 - 11.12 26",
        "03.12.2026 - 1400-1530",
        "12 børn 1112 og 2014",
        "f. 030414 og så talte vi om alt det andet der var at tale om 1234",
        "f. 030414. Så er 1234 talt",
        "320190-1234",
        "12.3.26 10.15-11.30",
    ],
)
def test_a_day_and_another_number_are_no_cpr_number(text: str) -> None:
    assert words(text, Kind.CPR) == []


@pytest.mark.parametrize("name", ["held_personal", "tuning_personal", "second_personal", "third_personal"])
def test_each_place_is_told_once(name: str) -> None:
    for text in read(name):
        found = findings(text["text"])
        for one in found:
            for other in found:
                if one is other:
                    continue
                assert one.kind is not other.kind or one.end <= other.start or other.end <= one.start
                is_inside = other.start <= one.start and one.end <= other.end
                assert not is_inside or one.kind in TOPICS or other.kind in TOPICS
