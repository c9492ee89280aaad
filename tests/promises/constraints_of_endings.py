"""Writes that the database refuses, of what keeps a case and for how long, and of the logs and who answers for them."""

from __future__ import annotations

from django.db import DataError, IntegrityError

from coordination.models import (
    KeepReason,
    LogLink,
    LookAnswer,
    LookCheck,
    LookDrawing,
    LookSample,
    PracticalNote,
    RetentionHold,
    RetentionKind,
    RetentionRule,
)
from tests.builders import on, term
from tests.promises.constraints_of_moves import Write, again, change
from tests.promises.only_those_who_need_to_know.every_command import Scene


def a_hold(scene: Scene) -> RetentionHold:
    """A case that is kept."""
    return RetentionHold.objects.create(case=scene.case, placed_by=scene.world.karin, placed_at=on(1))


def keep(scene: Scene, months: int) -> RetentionRule:
    """A rule that keeps cases for so many months."""
    return RetentionRule.objects.create(kind=RetentionKind.CASE, months=months)


def a_check(scene: Scene) -> LookCheck:
    """A look that Maja's leader is asked about."""
    world = scene.world
    sample = LookSample.objects.create(
        month=on(0).date(),
        unit=world.school,
        leader=world.lone,
        drawn_at=on(1),
        due_on=on(10).date(),
        told_until=on(1).date(),
    )
    return LookCheck.objects.create(sample=sample, case=scene.case, viewer=world.maja, record_id=1, looked_at=on(0))


def a_drawing(scene: Scene) -> LookDrawing:
    """That a month has been drawn."""
    return LookDrawing.objects.create(root=scene.world.town, month=on(0).date(), drawn_at=on(1))


def a_link(_scene: Scene, position: int) -> LogLink:
    """A link of one row of a log."""
    return LogLink.objects.create(
        position=position, log="event", row_id=1, digest=b"d" * 32, chain=b"c" * 32, linked_at=on(1)
    )


def answer(check: LookCheck, **changes: object) -> None:
    """Answer for a look, but for the changes."""
    change(
        check, **{"answer": LookAnswer.IN_ORDER, "answered_by": check.sample.leader, "answered_at": on(2), **changes}
    )


def the_note(scene: Scene) -> PracticalNote:
    """The note beside the agreement of the scene."""
    return scene.agreement.notes.get()


def beside(scene: Scene, **ask: object) -> None:
    """Let the note stand beside something else, with another one of the same beside it."""
    note, moved = the_note(scene), {"agreement": None, **ask}
    change(note, **moved)
    again(note, **moved)


def too_long(scene: Scene) -> None:
    """Let the note be one character longer than it may be; PostgreSQL's column refuses that before the constraint."""
    try:
        change(the_note(scene), text="x" * 141)
    except DataError as refusal:
        raise IntegrityError("note_is_short") from refusal


OF_ENDINGS: dict[str, tuple[Write, ...]] = {
    "retention_hold_one_per_case": (lambda s: again(a_hold(s)),),
    "retention_hold_lifted_by_somebody": (
        lambda s: change(a_hold(s), lifted_at=on(2)),
        lambda s: change(a_hold(s), lifted_by=s.world.karin),
        lambda s: change(a_hold(s), lifted_at=on(0), lifted_by=s.world.karin),
    ),
    "look_check_answered_by_somebody": (
        lambda s: answer(a_check(s), answered_by=None),
        lambda s: answer(a_check(s), answered_at=None),
        lambda s: answer(a_check(s), answer=""),
    ),
    "look_check_never_ones_own": (lambda s: answer(a_check(s), answered_by=s.world.maja),),
    "look_drawing_once_a_month": (lambda s: (a_drawing(s), a_drawing(s)),),
    "log_link_once_per_row": (lambda s: (a_link(s, 1), a_link(s, 2)),),
    "note_of_one_ask": (
        lambda s: change(the_note(s), agreement=None),
        lambda s: change(the_note(s), meeting=s.meeting),
        lambda s: change(the_note(s), invitation=s.invitation),
        lambda s: change(the_note(s), agreement=None, meeting=s.meeting, invitation=s.invitation),
    ),
    "note_one_per_invitation": (lambda s: beside(s, invitation=s.invitation),),
    "note_one_per_agreement": (lambda s: again(the_note(s)),),
    "note_one_per_meeting": (lambda s: beside(s, meeting=s.meeting),),
    "note_is_short": (too_long, lambda s: change(the_note(s), text="")),
    "note_is_one_line": (
        lambda s: change(the_note(s), text="lokale\n4"),
        lambda s: change(the_note(s), text="lokale\r4"),
    ),
    "note_kept_with_reason": (
        lambda s: change(the_note(s), kept=1),
        lambda s: change(the_note(s), kept_reason=term(KeepReason, "ordinary_word")),
    ),
    "retention_rule_one_month_to_ten_years": (lambda s: keep(s, 0), lambda s: keep(s, 121)),
}
