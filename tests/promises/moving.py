"""What the stories of moves ask again and again: Rikke's child of the kindergarten is to go to school."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from coordination.commands.cases import open_case
from coordination.commands.handing_over import hand_over, receive_child
from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.commands.transitions import MoveDraft, plan_transition
from coordination.models import (
    Ask,
    Case,
    Involvement,
    InvolvementForm,
    InvolvementKind,
    Milestone,
    NotInvolvedReason,
    Theme,
    Transition,
    TransitionKind,
    User,
)
from tests.builders import MONDAY, World, a_consent, a_reference, day, on, term

FIRST_OF_AUGUST = date(2027, 8, 1)


def a_childs_case(world: World, *, consent_days: int = 900, **changes: Any) -> Case:
    """Rikke of the kindergarten opens a case with a reference, on a consent."""
    how: dict[str, Any] = {
        "theme": term(Theme, "overgang"),
        "ask": term(Ask, "sparring"),
        "unit": world.kindergarten,
        "invite": [],
        "actor": world.rikke,
        "now": MONDAY,
        "reference": a_reference("P-2026-2701"),
        "basis": a_consent(consent_days),
    }
    return open_case(**{**how, **changes})


def a_move(
    world: World,
    case: Case,
    kind: str = "kindergarten_to_school",
    *,
    now: datetime | None = None,
    actor: User | None = None,
    follows: Transition | None = None,
    **changes: Any,
) -> Transition:
    """Rikke plans the move to the school on 1 August 2027, on Tuesday."""
    draft: dict[str, Any] = {"from_unit": world.kindergarten, "to_unit": world.school, "move_on": FIRST_OF_AUGUST}
    return plan_transition(
        case=case,
        draft=MoveDraft(kind=term(TransitionKind, kind), **{**draft, **changes}),
        actor=actor or world.rikke,
        now=now or on(1),
        follows=follows,
    )


def heard(case: Case, who: User, *, on_day: int, form: str = "talk", changed_plan: bool = False) -> Involvement:
    """Somebody notes that the child was heard."""
    draft = InvolvementDraft(
        InvolvementKind.CHILD, day(on_day), form=term(InvolvementForm, form), changed_plan=changed_plan
    )
    return record_involvement(case=case, draft=draft, actor=who, now=on(on_day, hours=1))


def took_part(case: Case, who: User, *, on_day: int, form: str = "meeting") -> Involvement:
    """Somebody notes that the parents took part."""
    draft = InvolvementDraft(InvolvementKind.PARENTS, day(on_day), form=term(InvolvementForm, form))
    return record_involvement(case=case, draft=draft, actor=who, now=on(on_day, hours=1))


def not_yet(case: Case, who: User, kind: InvolvementKind, reason: str, *, on_day: int) -> Involvement:
    """Somebody notes why they were not involved yet."""
    draft = InvolvementDraft(kind, day(on_day), reason=term(NotInvolvedReason, reason))
    return record_involvement(case=case, draft=draft, actor=who, now=on(on_day, hours=1))


def handed_over(world: World, transition: Transition, *, on_day: int = 3) -> Transition:
    """Rikke asks the child and the parents once more, and hands over."""
    heard(transition.case, world.rikke, on_day=on_day)
    took_part(transition.case, world.rikke, on_day=on_day)
    return hand_over(transition=transition, actor=world.rikke, now=on(on_day, hours=2))


def received(world: World, transition: Transition, *, on_day: int = 4) -> Transition:
    """Maja of the school receives the child."""
    handed_over(world, transition, on_day=on_day - 1)
    return receive_child(transition=transition, actor=world.maja, now=on(on_day), has_read=True)


def milestone(transition: Transition, kind: str) -> Milestone:
    """The milestone of a kind."""
    return transition.milestones.select_related("transition__case").get(kind__code=kind)


def days_of(transition: Transition) -> dict[str, str]:
    """The milestones by kind, with the days by which they are due."""
    return {each.kind.code: each.due_on.isoformat() for each in transition.milestones.select_related("kind")}


def again(transition: Transition) -> Transition:
    """The transition as it stands in the database."""
    return Transition.objects.select_related("case", "from_unit", "to_unit", "contact", "template__kind").get(
        pk=transition.pk
    )
