"""Every message has its words, in both languages, and they have places for facts only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from django.utils import translation
from django.utils.functional import Promise

from coordination.models import DeadlineKind, Event, EventKind
from notifications.models import Audience
from notifications.planning.events import IN_CALENDARS, SILENT, TOLD, Role
from notifications.wording import deadlines, events
from notifications.wording.events import Wording
from notifications.wording.facts import Facts
from notifications.wording.saying import WHY

PLACES = re.compile(r"%\((\w+)\)s")
FACTS = {field.name for field in fields(Facts)}
# What a message may say of a case, and nothing else: whoever adds a field here has read the content rule first.
ALLOWED = {
    "code",
    "unit",
    "asker",
    "onward",
    "person",
    "actor",
    "before",
    "day",
    "until",
    "time",
    "place",
}


def test_a_message_has_no_more_facts_than_these() -> None:
    assert FACTS == ALLOWED


def test_every_kind_of_event_is_told_or_silent_and_none_is_both() -> None:
    assert set(TOLD) | SILENT == set(EventKind)
    assert not set(TOLD) & SILENT


def test_every_kind_that_is_told_has_words_and_no_words_lack_their_kind() -> None:
    assert set(events.SAID) == set(TOLD)
    for table in (events.YOURS, events.FORMERS, events.TO_DO, {kind for kind, _turn in events.TURNS}):
        assert set(table) <= set(TOLD)


def test_words_to_do_are_for_those_who_are_to_do_something() -> None:
    for kind in events.TO_DO:
        assert Audience.OWNER in {audience for _role, audience in TOLD[kind]}, kind


def test_words_for_the_one_before_are_for_those_who_are_told() -> None:
    for kind in events.FORMERS:
        assert {Role.FORMER_HOLDER, Role.FORMER_CONTACT} & {role for role, _audience in TOLD[kind]}, kind


def test_everything_in_calendars_is_told() -> None:
    assert set(TOLD) >= IN_CALENDARS


def test_every_kind_of_deadline_has_words_for_those_who_owe_it_and_for_everybody_else() -> None:
    assert set(deadlines.TO_DO) == set(deadlines.NOT_DONE) == set(DeadlineKind)


def test_every_audience_is_told_why() -> None:
    assert set(WHY) == set(Audience)


def wordings() -> Iterator[tuple[str, Any]]:
    """Every text of every wording, and where it stands. Found by looking, so that none can be forgotten."""
    for module in (events, deadlines):
        for name, value in vars(module).items():
            yield from texts_in(f"{module.__name__}.{name}", value)
    yield from texts_in("WHY", WHY)


def texts_in(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every lazy text in a value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from texts_in(f"{where}[{key}]", each)
    elif isinstance(value, Wording):
        yield from ((f"{where} headline", value.headline), (f"{where} detail", value.detail))
    elif isinstance(value, Promise):
        yield where, value


def test_the_wordings_are_found() -> None:
    found = dict(wordings())
    assert len(found) > 2 * len(TOLD) + 2 * len(DeadlineKind)


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_wording_has_places_for_facts_only(language: str) -> None:
    with translation.override(language):
        for where, text in wordings():
            places = set(PLACES.findall(str(text)))
            assert places <= FACTS, where
            assert "%" not in PLACES.sub("", str(text)), where


def test_danish_has_the_same_places_as_english_and_other_words() -> None:
    for where, text in wordings():
        with translation.override("en"):
            english = str(text)
        with translation.override("da"):
            danish = str(text)
        assert set(PLACES.findall(english)) == set(PLACES.findall(danish)), where
        assert english != danish, where


@pytest.mark.parametrize("language", ["en", "da"])
def test_headlines_are_short_and_sentences_end(language: str) -> None:
    with translation.override(language):
        for where, text in wordings():
            said = PLACES.sub("Xxxxxxxx", str(text))
            assert said[0].isupper(), where
            if "headline" in where or "TO_DO" in where.split("[")[0] or "NOT_DONE" in where:
                assert len(said) <= 100, where
            if "detail" in where:
                assert said[-1] in ".?", where
            elif "headline" in where:
                assert said[-1] not in ".?!:,", where


@pytest.mark.parametrize("audience", list(Audience))
def test_words_are_found_for_everybody_whom_an_event_can_tell(audience: Audience) -> None:
    datas: list[dict[str, Any]] = [
        {},
        {"onward": 1, "comes": True, "closed": 1},
        {"cause": "case_closed"},
        {"cause": "unit_closed"},
        {"cause": "handed_over", "comes": False},
        {"before": 8, "gone": 8},
    ]
    for kind in TOLD:
        for data in datas:
            for reader in (None, 7, 8):
                wording = events.wording_of(Event(kind=kind, person_id=7, data=data), audience, reader)
                assert str(wording.headline), kind
                assert str(wording.detail), kind


def test_whoever_the_event_names_is_spoken_to() -> None:
    accepted = Event(kind=EventKind.HANDOVER_ACCEPTED, person_id=7, data={"before": 8})
    said = [events.wording_of(accepted, Audience.NEWS, reader) for reader in (7, 8, 9)]
    with translation.override("en"):
        assert [(str(each.headline), str(each.detail)) for each in said] == [
            ("You hold the baton now", "%(before)s has handed it over."),
            ("%(person)s holds the baton now", "It has been handed over."),
            ("%(person)s holds the baton now", "%(before)s has handed it over."),
        ]


def test_a_stand_in_is_not_told_that_it_is_theirs_by_name() -> None:
    offered = Event(kind=EventKind.HANDOVER_OFFERED, person_id=7, data={})
    with translation.override("en"):
        assert "asks you" in str(events.wording_of(offered, Audience.OWNER, 7).headline)
        assert "asks %(person)s" in str(events.wording_of(offered, Audience.OWNER, 8).headline)


def test_the_same_kind_of_event_is_told_as_what_it_was() -> None:
    def headline(kind: EventKind, **data: Any) -> str:
        with translation.override("en"):
            wording = events.wording_of(Event(kind=kind, data=data), Audience.OWNER, 7)
            return f"{wording.headline} {wording.detail}"

    assert "answer again" in headline(EventKind.MEETING_MOVED)
    assert "No new answer" in headline(EventKind.MEETING_MOVED, closed=3)
    assert "comes to" in headline(EventKind.MEETING_ANSWERED, comes=True)
    assert "cannot come" in headline(EventKind.MEETING_ANSWERED, comes=False)
    assert "point to" in headline(EventKind.INVITATION_DECLINED, onward=3)
    assert "leader" in headline(EventKind.INVITATION_DECLINED, onward=None)
