"""What has happened: every kind of event of a case has its sentence, newest first, in days and pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from coordination.commands.agreements import make_agreement
from coordination.commands.changing import record
from coordination.models import AgreementKind, Case, Event, EventKind
from coordination.queries.timeline import PER_PAGE, as_happening, read_timeline
from coordination.rules.access import Part
from tests.builders import World, a_case, day, on, term
from tests.pages.asking import see, words
from tests.pages.rich_case import a_rich_case

NOT_ABOUT_A_CASE = (
    *("unit_", "person_", "membership_", "absence_", "template_"),
    *("log_", "look_", "subject_", "case_erased"),
)
CODES = ("theme", "outcome", "reason", "ask", "agreement_kind", "system")
CASE_KINDS = [kind for kind in EventKind if not kind.startswith(NOT_ABOUT_A_CASE)]
# What events of a kind carry beside unit, person and actor; several where the sentence depends on it.
DATA: dict[EventKind, list[dict[str, Any]]] = {
    EventKind.CASE_OPENED: [{"theme": "trivsel"}],
    EventKind.CASE_CLOSED: [{"outcome": "well_underway"}],
    EventKind.CASE_REOPENED: [{"reason": "came_back"}],
    EventKind.REFERENCE_ADDED: [{"system": "sbsys"}],
    EventKind.REFERENCE_OPENED: [{"reason": "supervision"}],
    EventKind.BASIS_RECORDED: [
        {"basis": "consent", "ends_on": "2027-09-14"},
        {"basis": "statutory", "ends_on": None},
        {"basis": "anonymous", "ends_on": None},
    ],
    EventKind.BASIS_WITHDRAWN: [{"basis": "consent"}, {"basis": "statutory"}],
    EventKind.BASIS_EXPIRED: [{"ends_on": "2026-09-14"}],
    EventKind.INVITATION_SENT: [{"ask": "sparring"}],
    EventKind.INVITATION_DECLINED: [
        {"reason": "not_our_task", "onward": "unit"},
        {"reason": "not_our_task", "onward": None},
    ],
    EventKind.INVITATION_WITHDRAWN: [{"cause": "holder"}, {"cause": "unit_closed"}, {"cause": "case_closed"}],
    EventKind.INVITATION_OPENED_TO_UNIT: [{"before": "person"}],
    EventKind.PARTNERSHIP_COMPLETED: [{"outcome": "as_agreed"}],
    EventKind.PARTNERSHIP_LEFT: [{"reason": "family_wish"}],
    EventKind.PARTNERSHIP_ENDED: [{"cause": "case_closed"}, {"cause": "unit_closed"}],
    EventKind.CONTACT_CHANGED: [{"before": "person"}],
    EventKind.JOIN_DECLINED: [{"reason": "not_our_task"}],
    EventKind.JOIN_WITHDRAWN: [{"cause": "asker"}, {"cause": "case_closed"}, {"cause": "unit_closed"}],
    EventKind.HANDOVER_ACCEPTED: [{"before": "person"}],
    EventKind.HANDOVER_DECLINED: [{"reason": "no_capacity"}],
    EventKind.BATON_REQUEST_ACCEPTED: [{"before": "person"}],
    EventKind.BATON_REQUEST_DECLINED: [{"reason": "no_capacity"}],
    EventKind.HOLDER_ASSIGNED: [{"reason": "holder_away", "before": "person"}],
    EventKind.BATON_FELL: [{"gone": "person"}],
    EventKind.AGREEMENT_MADE: [{"agreement_kind": "observation", "due_on": "2026-09-18"}],
    EventKind.AGREEMENT_MOVED: [{"agreement_kind": "observation", "due_on": "2026-09-18", "before_on": "2026-09-16"}],
    EventKind.AGREEMENT_DONE: [{"agreement_kind": "observation"}],
    EventKind.AGREEMENT_DROPPED: [{"agreement_kind": "observation", "reason": "not_possible"}],
    EventKind.AGREEMENT_LOOKED_AT: [
        {"agreement_kind": "observation", "result": result} for result in ("kept", "changed", "ended")
    ],
    EventKind.AGREEMENT_ENDED: [{"agreement_kind": "observation"}],
    EventKind.AGREEMENT_PASSED_ON: [{"agreement_kind": "observation"}],
    EventKind.MEETING_CALLED: [{"starts_at": "2026-09-18T08:00:00+00:00"}],
    EventKind.MEETING_MOVED: [
        {"starts_at": "2026-09-18T08:00:00+00:00"},
        {"starts_at": "2026-09-18T08:00:00+00:00", "closed": "unit"},
    ],
    EventKind.MEETING_RELEASED: [{"instead": "person"}, {"instead": None}],
    EventKind.MEETING_ANSWERED: [{"comes": True}, {"comes": False}],
    EventKind.NOTE_KEPT: [{"reason": "ordinary_word", "name": 1}],
    EventKind.MEETING_HELD: [{"minutes": True}, {"minutes": False}],
    EventKind.CHILD_HEARD: [
        {"was_on": "2026-09-14", "form": "talk", "changed_plan": True},
        {"was_on": "2026-09-14", "form": "talk", "changed_plan": False},
        {"was_on": "2026-09-14", "reason": "no_interpreter"},
    ],
    EventKind.PARENTS_INVOLVED: [
        {"was_on": "2026-09-14", "form": "meeting"},
        {"was_on": "2026-09-14", "reason": "no_interpreter"},
    ],
    EventKind.TRANSITION_PLANNED: [
        {"from_unit": "unit", "to_unit": None, "move_on": "2027-08-01"},
        {"from_unit": "unit", "to_unit": "unit", "move_on": "2027-08-01"},
    ],
    EventKind.TRANSITION_POSTPONED: [{"move_on": "2027-08-01", "before_on": "2027-03-01"}],
    EventKind.RECEIVER_NAMED: [{"to_unit": "unit"}],
    EventKind.RECEIVER_LOST: [{"to_unit": "unit"}],
    EventKind.TRANSITION_HANDED_OVER: [{"from_unit": "unit", "to_unit": "unit"}, {}],
    EventKind.TRANSITION_RECEIVED: [{"to_unit": "unit", "contact": "person"}],
    EventKind.TRANSITION_DECLINED: [
        {"to_unit": "unit", "reason": "no_capacity", "onward": "unit"},
        {"to_unit": "unit", "reason": "no_capacity", "onward": None},
    ],
    EventKind.TRANSITION_LANDED: [
        {"landing": "well"},
        {"landing": "needs_more"},
        {"landing": "knowledge_missing", "missing": "support"},
    ],
    EventKind.TRANSITION_CANCELLED: [{"reason": "moved_away"}, {"cause": "case_closed"}],
    EventKind.TRANSITION_REVIEWED: [{"reviewed_unit": "unit"}],
    EventKind.MILESTONE_DONE: [{"milestone": "visit"}],
    EventKind.MILESTONE_NOT_RELEVANT: [{"milestone": "visit", "reason": "not_needed"}],
}


def happened(world: World, case: Case, kind: EventKind, data: dict[str, Any]) -> Event:
    """Write an event about Anna of PPR, with the family department or Rikke where its data names somebody."""
    ids = {"unit": world.family.pk, "person": world.rikke.pk}
    filled = {key: ids.get(str(value), value) for key, value in data.items()}
    return record(kind, at=on(1), actor=world.maja, case=case, unit=world.ppr, person=world.anna, **filled)


def sentence(event: Event, language: str) -> str:
    """Say an event as the timeline does."""
    [row] = Event.objects.filter(pk=event.pk).values("kind", "at", "data", "actor__name", "unit__name", "person__name")
    happening = as_happening(row)
    with translation.override(language):
        return render_to_string(happening.template, {"event": happening}, RequestFactory().get("/")).strip()


def test_every_kind_of_event_of_a_case_has_a_template_and_no_template_lacks_its_kind() -> None:
    folder = settings.BASE_DIR / "templates" / "events"
    assert {path.stem for path in folder.iterdir()} == {kind.value for kind in CASE_KINDS}


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_event_is_one_sentence_in_words(world: World, language: str) -> None:
    case = a_case(world)
    for kind in CASE_KINDS:
        for data in DATA.get(kind, [{}]):
            said = sentence(happened(world, case, kind, data), language)
            assert re.fullmatch(r"[A-ZÆØÅ].+\.", said), (kind, said)
            assert not re.search(r"None|_|\(\)|: \.|, ,|: ,|  ", said), (kind, said)
            assert ("Familieafdelingen" in said) == ("unit" in data.values()), (kind, said)
            assert ("Rikke Ravn" in said) == ("person" in data.values()), (kind, said)
            codes = [value for key, value in data.items() if key in CODES]
            assert not [code for code in codes if re.search(rf"\b{code}\b", said)], (kind, said)


def test_what_depends_on_its_data_is_said_differently(world: World) -> None:
    case = a_case(world)
    for kind, variants in DATA.items():
        said = {sentence(happened(world, case, kind, data), "en") for data in variants}
        assert len(said) == len(variants), kind


def test_a_story_reads_newest_first_by_day(world: World) -> None:
    case = a_rich_case(world)
    url = reverse("case", args=[case.code])
    pages = [words(see(world.maja, f"{url}?page={page}", at=on(hours=2))) for page in (1, 2)]
    text = " ".join(re.sub(r"<[^>]+>", "", page) for page in pages)
    told = (
        "Maja Holm offered the baton to Anna Bang, PPR.",
        "Åskolen said no: Others can help better. They do not know who else, so a leader finds out.",
        "Maja Holm, Bakkeskolen, took the baton over from Rikke Ravn.",
        "PPR said yes. Anna Bang is the contact.",
        "Familieafdelingen said no: Others can help better. They point to PPR.",
        "Sundhedsplejen was invited: Sparring.",
        "Rikke Ravn added a reference to PPR journal.",
        "Rikke Ravn opened the case for Børnehuset Solsikken: Well-being.",
    )
    places = [text.index(sentence) for sentence in told]
    assert places == sorted(places)
    assert "timeline-entry--baton" in pages[0]
    assert "timeline-entry--no" in pages[0]


def test_the_timeline_comes_in_pages_and_htmx_gets_the_next_one_alone(world: World) -> None:
    case = a_rich_case(world)
    url = reverse("case", args=[case.code])
    first = words(see(world.maja, url, at=on(hours=2)))
    assert first.count('class="timeline-entry') == PER_PAGE
    assert "Show more" in first
    assert "Show newer" in words(see(world.maja, f"{url}?page=2", at=on(hours=2)))
    with time_machine.travel(on(hours=2), tick=False):
        client = Client(headers={"hx-request": "true", "hx-target": "more-events", "accept-language": "en"})
        client.force_login(world.maja)
        fragment = client.get(f"{url}?page=2").content.decode()
    assert "timeline-entry" in fragment
    assert "<html" not in fragment
    assert "Show newer" not in fragment


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "²"])
def test_a_page_that_there_is_not_breaks_nothing(world: World, page: str) -> None:
    case = a_case(world)
    assert see(world.maja, f"{reverse('case', args=[case.code])}?page={page}").status_code == 200


def test_names_are_read_at_once(world: World, django_assert_num_queries: Any) -> None:
    case: Case = a_case(world)
    for _count in range(3):
        make_agreement(
            case=case,
            kind=term(AgreementKind, "observation"),
            owner=world.maja,
            due_on=day(3),
            actor=world.maja,
            now=on(hours=1),
        )
    with django_assert_num_queries(1):
        assert [happening.person for happening in read_timeline(case, Part.HOLDER, page=1).happenings][:1] == [
            "Maja Holm"
        ]
