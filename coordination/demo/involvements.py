"""How children and parents of the demonstration are involved: mostly in time, some late, some not yet, and why."""

from __future__ import annotations

from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.demo.play import Play, Story, open_now
from coordination.models import Case, InvolvementForm, InvolvementKind, NotInvolvedReason

HOW = {"in time": 64.0, "late": 17.0, "not yet": 12.0, "never": 7.0}
DAYS = {"in time": (1, 8), "late": (12, 19), "not yet": (4, 9)}
AGAIN = (32, 43)  # working days: eight weeks are forty
FORMS: dict[InvolvementKind, dict[str, float]] = {
    InvolvementKind.CHILD: {"talk": 5.0, "play": 2.0, "observation": 1.5, "meeting": 1.0, "through_adult": 1.0},
    InvolvementKind.PARENTS: {"meeting": 4.0, "talk": 3.0, "phone": 3.0, "digital": 1.0, "interpreter": 0.5},
}
WHY_NOT: dict[InvolvementKind, dict[str, float]] = {
    InvolvementKind.CHILD: {"planned": 3.0, "too_young": 2.0, "child_did_not_want": 1.0, "consideration": 1.0},
    InvolvementKind.PARENTS: {"planned": 3.0, "not_reached": 3.0, "did_not_want": 1.0, "no_interpreter": 1.0},
}


def involving(play: Play, case: Case, kind: InvolvementKind) -> Story:
    """The child is heard, or the parents take part, again and again as long as the case is open."""
    how = play.pick(HOW)
    if how == "never":
        return
    yield play.later(case.opened_at, case.holder_unit, *DAYS[how])
    while (current := open_now(case)) is not None:
        involve(play, current, kind, not_yet=how == "not yet")
        yield play.later(play.now, current.holder_unit, *(DAYS["in time"] if how == "not yet" else AGAIN))
        how = "in time"


def involve(play: Play, case: Case, kind: InvolvementKind, *, not_yet: bool = False) -> None:
    """Take down that they were involved, today or some days ago; or why they were not, by a code."""
    is_child = kind == InvolvementKind.CHILD
    draft = InvolvementDraft(
        kind=kind,
        on=play.day(play.now, case.holder_unit, -play.rng.choice((0, 0, 0, 1, 2))),
        form=None if not_yet else play.term(InvolvementForm, play.pick(FORMS[kind])),
        reason=play.term(NotInvolvedReason, play.pick(WHY_NOT[kind])) if not_yet else None,
        changed_plan=play.chance(0.35) if is_child and not not_yet else None,
    )
    record_involvement(case=case, draft=draft, actor=case.holder, now=play.now)
