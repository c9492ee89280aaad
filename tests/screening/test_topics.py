"""Health and the other special categories: words, compounds, endings and phrases warn; look-alikes do not."""

from __future__ import annotations

import pytest

from coordination.screening import Kind, Level
from coordination.screening.findings import TOPICS
from tests.screening.marking import findings, places, rules, words

FOUND = {
    Kind.HEALTH: [
        "har [adhd]",
        "[ADD], så korte pauser",
        "[ADHD-udredning] venter",
        "[adhdmedicin] i dag",
        "[OCD-agtig] adfærd",
        "svær [angst]",
        "[angstanfald] i går",
        "[socialangst]",
        "har [PTSD] og [ASF]",
        "[depressionen] er værre",
        "har [diagnoser]",
        "[autisterne]",
        "[epilepsi]",
        "barnet [skærer i sig selv]",
        "[pollenallergi]",
        "hun [spiser ikke]",
        "hun siger hun [vil dø]",
        "[FASD]",
        "[hofteskred]",
        "[børnepsykiatrien]",
        "far er i [alkoholbehandling]",
        "she has [anxiety]",
    ],
    Kind.RELIGION: [
        "de er [muslimer]",
        "[katolsk] familie",
        "[jehovas vidner]",
        "går med [tørklæde]",
        "[holder ramadan]",
        "far [er præst]",
        "drengen er [omskåret]",
        "[de faster]",
    ],
    Kind.ETHNICITY: [
        "[somalisk] mor",
        "[flygtninge] [fra Syrien]",
        "[kurdere]",
        "[romaer]",
        "[etnisk baggrund]",
        "[hazaraer]",
        "[peruansk] mor",
    ],
    Kind.SEXUALITY: ["er [homoseksuel]", "[lesbiske] mødre", "[transkønnet]", "er [sprunget ud] nu"],
    Kind.POLITICS: [
        "aktiv i [socialdemokratiet]",
        "[medlem af Venstre]",
        "[stemmer på] dem",
        "[nazist]",
        "[lokalpolitiker]",
    ],
    Kind.UNION: ["medlem af [FOA]", "fars [fagforening]", "[BUPL-medlem]", "[tillidsmand]"],
    Kind.CRIME: [
        "far er [dømt]",
        "sidder i [fængsel]",
        "[voldsdom]",
        "hentet af [politiet]",
        "[butikstyveri]",
        "[ryger hash]",
    ],
}
NONE = [
    "please add it",
    "for eksempel i eksemplet",
    "bekræft venligst",
    "vi samler kræfter",
    "politik og politisk udvalg",
    "voldsom vind",
    "transport til mødet",
    "drej til venstre",
    "alternativet er mandag",
    "fysioterapeut og ergoterapeut kommer",
    "handicapparkering ved indgangen",
    "kørestolsvenlig indgang",
    "mødet er aflyst pga. sygdom",
    "kristendomskundskab i lokale 3",
    "stolen mangler",
    "hindre dobbeltbooking",
    "lukket under eid",
    "personalepolitik",
    "trivsel og fremmøde",
    "cpr-registret",
    "skilte på døren",
    "PPR og SSP deltager",
    "kinesisk nytår i festsalen",
    "overenskomstforhandlinger i foråret",
    "ramadan og eid i årshjulet",
]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in FOUND.items() for line in lines])
def test_words_of_a_special_category_are_warned_of(kind: Kind, line: str) -> None:
    text, expected = places(line)
    assert words(text, kind, Level.WARN) == expected


@pytest.mark.parametrize("text", NONE)
def test_words_that_only_look_alike_are_no_alarm(text: str) -> None:
    assert rules(text) == set()


def test_no_word_is_refused_for_its_topic_alone() -> None:
    for lines in FOUND.values():
        for line in lines:
            text, _expected = places(line)
            assert all(each.may_be_kept for each in findings(text) if each.kind in TOPICS)


def test_one_word_can_be_told_as_two_topics() -> None:
    assert {each.kind for each in findings("voldtægtstraume")} == {Kind.HEALTH, Kind.CRIME}
