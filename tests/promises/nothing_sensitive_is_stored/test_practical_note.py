"""The practical note: only where it is wanted, screened wherever it enters, kept for a reason, and soon gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from backend.reports import NothingTyped
from coordination.commands.agreements import drop_agreement, look_at_agreement_again, mark_done
from coordination.commands.cases import close_case
from coordination.commands.erasures import erase_case
from coordination.commands.invitations import (
    accept_invitation,
    complete_partnership,
    decline_invitation,
    leave_case,
    withdraw_invitation,
)
from coordination.commands.meetings import cancel_meeting, hold_meeting
from coordination.commands.note_rules import switch_notes
from coordination.commands.notes import Noted, NoteRefused, expire_notes, remove_note, write_note
from coordination.commands.units import close_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    Case,
    CaseOutcome,
    DeclineReason,
    DropReason,
    ErasureCause,
    Event,
    EventKind,
    KeepReason,
    LeaveReason,
    LookResult,
    Meeting,
    NoteRule,
    Partnership,
    PartnershipOutcome,
    PracticalNote,
    Room,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.notes import notes_kept
from coordination.screening import Kind
from notifications.passing import let_time_pass
from tests.builders import World, a_case, accepted, day, on, term, the_invitation
from tests.promises.everything_ends.ending import an_officer
from tests.promises.telling import agreed, called, last_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: World) -> Case:
    """Maja's case, in which PPR takes part and health is asked, in a municipality that wants notes."""
    NoteRule.objects.create(root=world.town, is_on=True)
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    accepted(world, case)
    return case


def note(ask: Noted, text: str, actor: User, *, reason: str = "") -> PracticalNote:
    """Write a note on the Tuesday."""
    keep_reason = term(KeepReason, reason) if reason else None
    return write_note(ask=ask, text=text, actor=actor, now=on(1), keep_reason=keep_reason)


def refused(ask: Noted, text: str, actor: User, *, reason: str = "") -> NoteRefused:
    """Try to write a note that screening refuses; nothing of it stays anywhere."""
    since = last_event()
    with pytest.raises(NoteRefused) as refusal:
        note(ask, text, actor, reason=reason)
    assert last_event() == since
    assert not PracticalNote.objects.filter(text=text).exists()
    assert refusal.value.field == "note"
    return refusal.value


# ---- Only where it is wanted


def test_no_note_is_written_unless_the_municipality_wants_any(world: World) -> None:
    asked = the_invitation(a_case(world), world.ppr)
    with pytest.raises(Unacceptable, match="ikke slået til"):
        note(asked, "lokale 4", world.maja)
    NoteRule.objects.create(root=world.town)
    with pytest.raises(Unacceptable):
        note(asked, "lokale 4", world.maja)
    assert not PracticalNote.objects.exists()


def test_an_administrator_switches_notes_on_and_off_and_off_deletes_them(case: Case, world: World) -> None:
    chief = User.objects.create_superuser("chief", name="Chief")
    note(agreed(world, case, owner=world.anna), "lokale 4", world.maja)
    assert not switch_notes(root=world.town, is_on=True, actor=chief, now=on(1))
    since = last_event()
    assert switch_notes(root=world.town, is_on=False, actor=chief, now=on(1))
    assert not PracticalNote.objects.exists()
    event = Event.objects.get(pk__gt=since)
    assert (event.kind, event.unit, event.data) == (EventKind.UNIT_CHANGED, world.town, {"fields": ["notes"]})


def test_nobody_else_switches_them_and_no_unit_alone(world: World) -> None:
    chief = User.objects.create_superuser("chief", name="Chief")
    for person in (world.dorte, world.karin):
        with pytest.raises(Forbidden):
            switch_notes(root=world.town, is_on=True, actor=person, now=on(1))
    with pytest.raises(Unacceptable):
        switch_notes(root=world.school, is_on=True, actor=chief, now=on(1))
    assert not NoteRule.objects.filter(is_on=True).exists()


# ---- Screened


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("barnet 010203-1234 kommer med", Kind.CPR),
        ("ring 20 30 40 50", Kind.PHONE),
        ("skriv til mor@eksempel.dk", Kind.EMAIL),
        ("født 3. maj 2015", Kind.BIRTH_DATE),
        ("hjemme på Rosenvænget 14, 2. tv.", Kind.ADDRESS),
        ("mød Mikkel Hansen ved døren", Kind.NAME),
    ],
)
def test_what_is_personal_is_refused_whatever_the_reason(case: Case, world: World, text: str, kind: Kind) -> None:
    asked = the_invitation(case, world.ppr)
    refusal = refused(asked, text, world.maja, reason="not_about_a_child")
    assert kind in {finding.kind for finding in refusal.findings}
    assert not refusal.may_be_kept
    assert not any(word in str(refusal.message) for word in text.split() if len(word) > 3)


def test_what_is_only_warned_of_takes_a_reason_which_is_counted(case: Case, world: World) -> None:
    asked = the_invitation(case, world.ppr)
    text = "mød Mikkel ved lægen"
    refusal = refused(asked, text, world.maja)
    assert refusal.may_be_kept
    since = last_event()
    kept = note(asked, text, world.maja, reason="colleague_or_place")
    assert (kept.text, kept.kept, kept.kept_reason) == (
        text,
        len(refusal.findings),
        term(KeepReason, "colleague_or_place"),
    )
    event = Event.objects.get(pk__gt=since)
    assert event.kind == EventKind.NOTE_KEPT
    assert event.data["reason"] == "colleague_or_place"
    assert event.data["name"] == 1
    assert "Mikkel" not in str(event.data)


def test_a_reason_that_was_retired_keeps_nothing(case: Case, world: World) -> None:
    KeepReason.objects.update(is_retired=True)
    with pytest.raises(Unacceptable) as refusal:
        note(the_invitation(case, world.ppr), "mød Mikkel ved døren", world.maja, reason="ordinary_word")
    assert refusal.value.field == "keep_reason"


def test_a_note_about_when_and_where_needs_no_reason(case: Case, world: World) -> None:
    text = "Mandag 12.10.26 kl. 10.30 i lokale 2.14, indgang B hos PPR"
    written = note(the_invitation(case, world.ppr), text, world.maja, reason="ordinary_word")
    assert (written.text, written.kept, written.kept_reason) == (text, 0, None)
    assert Event.objects.latest("pk").kind == EventKind.NOTE_WRITTEN


def test_a_colleague_is_known_and_a_stranger_is_not(case: Case, world: World) -> None:
    asked = the_invitation(case, world.ppr)
    assert note(asked, "spørg efter Anna Bang i receptionen", world.maja).kept == 0
    refused(asked, "spørg efter Anna Bangsgaard i receptionen", world.maja)


def test_a_note_is_one_line_that_holds_nothing_unseen(case: Case, world: World) -> None:
    asked = the_invitation(case, world.ppr)
    assert note(asked, "  lokale 4\r\nkl.\t10\u200b ", world.maja).text == "lokale 4 kl. 10"
    refused(asked, "0102\u200b03-12\u200b34", world.maja, reason="ordinary_word")
    for wrong in ("x" * 141, " \u200b\n"):
        with pytest.raises(Unacceptable):
            note(asked, wrong, world.maja)
    assert PracticalNote.objects.get().text == "lokale 4 kl. 10"


def test_a_number_cannot_be_written_half_here_and_half_there(case: Case, world: World) -> None:
    first, second = the_invitation(case, world.ppr), agreed(world, case, owner=world.anna)
    for one, other, kind in (
        ("lokale 0102", "kode 031234", Kind.CPR),
        ("kode 031234", "lokale 0102", Kind.CPR),
        ("indgang 2030", "4050", Kind.PHONE),
    ):
        note(first, one, world.maja)
        refusal = refused(second, other, world.maja, reason="not_about_a_child")
        assert kind in {finding.kind for finding in refusal.findings}
        assert all(0 <= finding.start < finding.end <= len(other) for finding in refusal.findings)
    remove_note(ask=first, actor=world.maja, now=on(1))
    note(second, "4050", world.maja)


def test_a_room_does_not_complete_a_number_either(case: Case, world: World) -> None:
    meeting = called(world, case, world.anna)
    room = Room.objects.create(unit=meeting.place, name="0102")
    Meeting.objects.filter(pk=meeting.pk).update(room=room)
    refused(meeting, "kode 031234", world.maja)


def test_the_note_that_is_replaced_is_not_read_beside_the_new_one(case: Case, world: World) -> None:
    asked = the_invitation(case, world.ppr)
    note(asked, "indgang 2030", world.maja)
    assert note(asked, "4050", world.maja).text == "4050"
    assert PracticalNote.objects.count() == 1


def test_changing_a_note_screens_it_anew_and_leaves_its_event(case: Case, world: World) -> None:
    asked = the_invitation(case, world.ppr)
    note(asked, "lokale 4", world.maja)
    refused(asked, "ring 20 30 40 50", world.maja)
    assert PracticalNote.objects.get().text == "lokale 4"
    since = last_event()
    note(asked, "lokale 4", world.maja)
    assert last_event() == since
    note(asked, "lokale 5", world.maja)
    assert [event.kind for event in Event.objects.filter(pk__gt=since)] == [EventKind.NOTE_WRITTEN]


# ---- By whom


def test_a_note_is_written_by_those_who_may_make_or_change_the_ask(case: Case, world: World) -> None:
    asked, meeting = the_invitation(case, world.ppr), called(world, case, world.anna)
    agreement = agreed(world, case, owner=world.anna)
    for ask, theirs in ((asked, {"maja"}), (agreement, {"maja", "anna"}), (meeting, {"maja"})):
        for name in ("maja", "anna", "lone", "per", "hanne", "kirsten"):
            if name in theirs:
                note(ask, f"lokale {len(name)}", world.people[name])
            else:
                with pytest.raises(Unseen if name in ("hanne", "kirsten") else Forbidden):
                    note(ask, "lokale 9", world.people[name])


def test_another_partner_writes_no_note_beside_what_is_not_theirs(case: Case, world: World) -> None:
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(1))
    for ask in (
        the_invitation(case, world.ppr),
        agreed(world, case, owner=world.anna),
        called(world, case, world.anna),
    ):
        with pytest.raises(Forbidden):
            note(ask, "lokale 4", world.hanne)
        with pytest.raises(Forbidden):
            remove_note(ask=ask, actor=world.hanne, now=on(1))


def test_whoever_calls_a_meeting_or_makes_an_agreement_writes_its_note(case: Case, world: World) -> None:
    meeting = called(world, case, world.maja, actor=world.anna)
    note(meeting, "lokale 4", world.anna)
    agreement = agreed(world, case, owner=world.maja, actor=world.anna)
    note(agreement, "lokale 5", world.anna)
    assert PracticalNote.objects.count() == 2


# ---- An end

Ending = Callable[[Case, World, Any], object]


def _partnership(case: Case) -> Partnership:
    return case.partnerships.live().get()


OF_INVITATION: dict[str, tuple[str, Ending]] = {
    "declined": (
        "health",
        lambda _c, w, i: decline_invitation(
            invitation=i, reason=term(DeclineReason, "no_capacity"), actor=w.hanne, now=on(2)
        ),
    ),
    "withdrawn": ("health", lambda _c, w, i: withdraw_invitation(invitation=i, actor=w.maja, now=on(2))),
    "completed": (
        "ppr",
        lambda c, w, _i: complete_partnership(
            partnership=_partnership(c), outcome=term(PartnershipOutcome, "as_agreed"), actor=w.anna, now=on(2)
        ),
    ),
    "left": (
        "ppr",
        lambda c, w, _i: leave_case(
            partnership=_partnership(c), reason=term(LeaveReason, "no_capacity"), actor=w.anna, now=on(2)
        ),
    ),
    "the case is closed": ("ppr", lambda c, w, _i: _close(c, w)),
    "the case is closed before an answer": ("health", lambda c, w, _i: _close(c, w)),
    "the unit closes": ("ppr", lambda _c, w, _i: close_unit(unit=w.ppr, actor=None, now=on(2))),
    "the unit closes before an answer": ("health", lambda _c, w, _i: close_unit(unit=w.health, actor=None, now=on(2))),
}
OF_AGREEMENT: dict[str, Ending] = {
    "done": lambda _c, w, a: mark_done(agreement=a, actor=w.anna, now=on(2)),
    "dropped": lambda _c, w, a: drop_agreement(
        agreement=a, reason=term(DropReason, "replaced"), actor=w.anna, now=on(2)
    ),
    "ended": lambda _c, w, a: look_at_agreement_again(agreement=a, result=LookResult.ENDED, actor=w.maja, now=on(2)),
    "the case is closed": lambda c, w, _a: _close(c, w),
}
OF_MEETING: dict[str, Ending] = {
    "held": lambda _c, w, m: hold_meeting(meeting=m, came=[], actor=w.maja, now=on(7, hours=2)),
    "cancelled": lambda _c, w, m: cancel_meeting(meeting=m, actor=w.maja, now=on(2)),
    "the case is closed": lambda c, w, _m: _close(c, w),
}


def _close(case: Case, world: World) -> None:
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))


def ends_with_it(case: Case, world: World, ask: Noted, end: Ending) -> None:
    """See a note go with its ask, and another one stay; nothing is written beside what has ended."""
    other = agreed(world, case, owner=world.maja)
    kept, gone = note(other, "lokale 9", world.maja), note(ask, "lokale 4", world.maja)
    end(case, world, ask)
    assert not PracticalNote.objects.filter(pk=gone.pk).exists()
    case.refresh_from_db()
    assert PracticalNote.objects.filter(pk=kept.pk).exists() == case.is_open
    with pytest.raises((MovedOn, Unseen)):
        note(ask, "lokale 5", world.maja)


@pytest.mark.parametrize("how", OF_INVITATION)
def test_a_note_goes_with_its_invitation(case: Case, world: World, how: str) -> None:
    unit, end = OF_INVITATION[how]
    ends_with_it(case, world, the_invitation(case, world.units[unit]), end)


@pytest.mark.parametrize("how", OF_AGREEMENT)
def test_a_note_goes_with_its_agreement(case: Case, world: World, how: str) -> None:
    agreement = agreed(world, case, owner=world.anna, look_again_on=day(20))
    ends_with_it(case, world, agreement, OF_AGREEMENT[how])


@pytest.mark.parametrize("how", OF_MEETING)
def test_a_note_goes_with_its_meeting(case: Case, world: World, how: str) -> None:
    ends_with_it(case, world, called(world, case, world.anna), OF_MEETING[how])


def test_a_yes_lets_the_note_of_an_invitation_stand(world: World) -> None:
    NoteRule.objects.create(root=world.town, is_on=True)
    case = a_case(world)
    note(the_invitation(case, world.ppr), "lokale 4", world.maja)
    accepted(world, case, now=on(1, hours=1))
    assert PracticalNote.objects.count() == 1


def test_a_note_is_gone_after_thirty_days(case: Case, world: World) -> None:
    note(agreed(world, case, owner=world.anna), "lokale 4", world.maja)
    with time_machine.travel(on(1) + timedelta(days=30), tick=False):
        let_time_pass()
    assert PracticalNote.objects.count() == 1
    with time_machine.travel(on(1) + timedelta(days=30, minutes=1), tick=False):
        let_time_pass()
    assert not PracticalNote.objects.exists()


def test_old_notes_go_a_few_at_a_time(case: Case, world: World) -> None:
    for number in range(3):
        note(agreed(world, case, owner=world.anna), f"lokale {number}", world.maja)
    assert [expire_notes(now=on(40), limit=2) for _round in range(3)] == [2, 1, 0]


def test_a_note_goes_with_an_erased_case_and_no_table_holds_it(case: Case, world: World) -> None:
    officer = an_officer(world)
    note(agreed(world, case, owner=world.anna), "lokale 4711", world.maja)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=on(2), outcome=term(CaseOutcome, "solved"))
    erase_case(case=case, cause=ErasureCause.SUBJECT_REQUEST, actor=officer, now=on(3))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (a name from the schema)
            assert "4711" not in str(cursor.fetchall()), table


# ---- Seen by nobody else


def test_a_note_kept_against_a_warning_is_counted_for_those_who_answer_for_it(case: Case, world: World) -> None:
    officer = an_officer(world)
    note(the_invitation(case, world.ppr), "mød Mikkel ved døren", world.maja, reason="ordinary_word")
    note(agreed(world, case, owner=world.anna), "mød Mikkel ved døren", world.anna, reason="colleague_or_place")
    seen = {
        person: [(each.unit, each.reason, each.notes, each.kinds) for each in notes_kept(actor_of(person, on(2)))]
        for person in (officer, world.dorte, world.lone, world.per, world.maja, world.kirsten)
    }
    of_school = ("Bakkeskolen", "ordinary_word", 1, ((Kind.NAME, 1),))
    of_ppr = ("PPR", "colleague_or_place", 1, ((Kind.NAME, 1),))
    assert seen == {
        officer: [of_school, of_ppr],
        world.dorte: [of_school, of_ppr],
        world.lone: [of_school],
        world.per: [of_ppr],
        world.maja: [],
        world.kirsten: [],
    }
    assert notes_kept(actor_of(world.lone, on(400))) == []


def test_a_report_of_an_error_holds_nothing_that_was_typed() -> None:
    secret = "rebmunenohp"[::-1]  # as it does not stand in this file, which the report quotes
    request = RequestFactory().post("/", {"note": secret})
    typed = request.POST["note"]
    try:
        raise RuntimeError(len(typed))
    except RuntimeError as error:
        reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
    assert isinstance(reporter.filter, NothingTyped)
    for report in (reporter.get_traceback_html(), reporter.get_traceback_text()):
        assert "test_a_report_of_an_error_holds_nothing_that_was_typed" in report
        assert secret not in report
