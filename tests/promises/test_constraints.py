"""What the database itself refuses, whatever the code does: every constraint of the domain, by a direct write."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from coordination.commands.meetings import answer_meeting
from coordination.models import (
    SUBJECTS,
    Absence,
    Agreement,
    Attendance,
    Basis,
    BasisCover,
    Case,
    ClosingPeriod,
    Deadline,
    DeadlineKind,
    DeadlineRule,
    FormerContact,
    Handover,
    Holding,
    Invitation,
    Involvement,
    JoinRequest,
    Meeting,
    Milestone,
    OutboxEntry,
    Partnership,
    Reference,
    Room,
    RuleStep,
    StatutoryBasis,
    StepTaken,
    Submission,
    Theme,
    Transition,
)
from tests.builders import World, day, on
from tests.guards import unguarded
from tests.promises.constraints_of_endings import OF_ENDINGS
from tests.promises.constraints_of_moves import OF_MOVES, Write, again, change, to_receive
from tests.promises.only_those_who_need_to_know.every_command import Scene, build_scene


def a_deadline(scene: Scene, subject: str) -> Deadline:
    """An open deadline that is about a subject of the kind, made where the scene has none."""
    found = scene.case.deadlines.open().filter(**{f"{subject}__isnull": False}).first()
    assert found is not None, subject
    return found


def a_deadline_of_the_case(scene: Scene) -> Deadline:
    """An open deadline that is about the case itself."""
    return Deadline.objects.create(
        kind=DeadlineKind.NEXT_STEP, case=scene.case, unit=scene.world.school, due_on=day(9), opened_at=on(0)
    )


def the_family(scene: Scene) -> ClosingPeriod:
    """A closing period."""
    return ClosingPeriod.objects.create(unit=scene.world.family, first_on=day(1), last_on=day(2))


def an_absence(scene: Scene) -> Absence:
    """An absence."""
    return Absence.objects.create(user=scene.world.maja, stand_in=scene.world.mads, first_on=day(1), last_on=day(2))


def a_step(scene: Scene) -> StepTaken:
    """A step that has been taken."""
    return StepTaken.objects.create(
        deadline=a_deadline(scene, "invitation"),
        planned_on=day(2),
        taken_at=on(2),
        tells_owner=True,
        tells_asker=False,
        tells_leader=False,
        tells_leader_above=False,
    )


def a_submission(scene: Scene) -> Submission:
    """A form that has been sent."""
    return Submission.objects.create(key=uuid4(), person=scene.world.maja, location="/", made_at=on(0))


def a_room(scene: Scene) -> Room:
    """A room."""
    return Room.objects.create(unit=scene.world.school, name="Lærerværelset")


def covering(scene: Scene) -> BasisCover:
    """That the consent of the case covers PPR."""
    return BasisCover.objects.create(basis=scene.case.bases.get(), kind=scene.world.ppr.kind)


def answered(scene: Scene) -> Attendance:
    """A call that has been answered."""
    return answer_meeting(attendance=scene.call, comes=True, actor=scene.world.anna, now=on(2))


# A milestone belongs to the other case of the scene; of a transition both leaders owe the review.
SUBJECTS_OF_MOVES = ("milestone", "transition")
# One write (or several, each of which has to be refused) for each constraint, by its name.
REFUSED: dict[str, tuple[Write, ...]] = {
    "unit_code_once_per_root": (lambda s: again(s.world.school, path="/0/"),),
    "root_code_once": (lambda s: again(s.world.town, path="/0/"),),
    "unit_root_iff_parent": (
        lambda s: change(s.world.school, root=None),
        lambda s: change(s.world.town, root=s.world.town),
    ),
    "unit_continues_elsewhere": (lambda s: change(s.world.school, continues_at=s.world.school),),
    "closing_period_forward": (lambda s: change(the_family(s), last_on=day(0)),),
    "room_once_per_unit": (lambda s: again(a_room(s)),),
    "membership_once_at_a_time": (lambda s: again(s.world.maja.memberships.get()),),
    "absence_forward": (lambda s: change(an_absence(s), last_on=day(0)),),
    "absence_stand_in_other": (lambda s: change(an_absence(s), stand_in=s.world.maja),),
    "case_closed_iff_closed_at": (
        lambda s: change(s.case, state="closed"),
        lambda s: change(s.case, closed_at=on(1)),
        lambda s: change(s.case, state="closed", closed_at=on(1)),
    ),
    "holding_one_at_a_time": (lambda s: again(s.case.holdings.get()),),
    "former_contact_forward": (
        lambda s: FormerContact.objects.create(
            partnership=s.partnership, person=s.world.anton, began_at=on(2), ended_at=on(1)
        ),
    ),
    "holding_forward": (lambda s: change(s.case.holdings.get(), ended_at=on(-1)),),
    "invitation_one_live_per_case_and_unit": (lambda s: again(s.invitation),),
    "invitation_answered_iff_answered_at": (
        lambda s: change(s.invitation, answered_at=on(1), answered_by=s.world.hanne),
        lambda s: change(s.declined, answered_at=None),
        lambda s: change(s.declined, answered_by=None),
    ),
    "invitation_no_points_onward": (
        lambda s: change(s.declined, decline_reason=None),
        lambda s: change(s.declined, onward_unknown=False),
    ),
    "invitation_ended_iff_ended_at": (
        lambda s: change(s.invitation, ended_at=on(1)),
        lambda s: change(s.declined, ended_at=None),
    ),
    "partnership_one_live_per_case_and_unit": (lambda s: again(s.partnership, invitation=None),),
    "partnership_ended_iff_end": (
        lambda s: change(s.partnership, ended_at=on(2)),
        lambda s: change(s.partnership, end="left"),
    ),
    "join_one_live_per_case_and_unit": (lambda s: again(s.join),),
    "join_answered_iff_answered_at": (
        lambda s: change(s.join, answered_at=on(2)),
        lambda s: change(s.join, state="accepted"),
    ),
    "join_declined_with_reason": (lambda s: change(s.join, state="declined", answered_at=on(2)),),
    "handover_one_offered_per_case": (lambda s: again(s.offer, to_person=s.world.anton),),
    "handover_one_request_per_case_and_person": (lambda s: again(s.request),),
    "handover_answered_iff_answered_at": (
        lambda s: change(s.offer, answered_at=on(2)),
        lambda s: change(s.offer, state="accepted"),
    ),
    "handover_declined_with_reason": (lambda s: change(s.offer, state="declined", answered_at=on(2)),),
    "agreement_settled_iff_settled_at": (
        lambda s: change(s.agreement, settled_at=on(2)),
        lambda s: change(s.looked, settled_at=None),
    ),
    "agreement_dropped_with_reason": (lambda s: change(s.agreement, state="dropped", settled_at=on(2)),),
    "agreement_looked_at_after_due": (lambda s: change(s.agreement, look_again_on=s.agreement.due_on - timedelta(1)),),
    "meeting_forward": (lambda s: change(s.meeting, ends_at=s.meeting.starts_at),),
    "meeting_settled_iff_settled_at": (
        lambda s: change(s.meeting, settled_at=on(8)),
        lambda s: change(s.meeting, state="held"),
    ),
    "attendance_once_per_meeting": (lambda s: again(s.call),),
    "attendance_answered_iff_answered_at": (
        lambda s: change(s.call, answered_at=on(2)),
        lambda s: change(answered(s), answered_at=None),
    ),
    "basis_one_active_per_case": (lambda s: again(s.case.bases.get()),),
    "basis_has_what_its_kind_needs": (
        lambda s: change(s.case.bases.get(), ends_on=None),
        lambda s: change(s.case.bases.get(), kind="statutory", given_by=None, given_on=None),
        lambda s: change(s.case.bases.get(), kind="anonymous", given_by=None, given_on=None),
    ),
    "basis_given_by_somebody_on_a_day": (
        lambda s: change(s.case.bases.get(), given_by=None),
        lambda s: change(s.case.bases.get(), given_on=None),
        lambda s: change(s.case.bases.get(), kind="statutory", ends_on=None, statutory=StatutoryBasis.objects.all()[0]),
    ),
    "basis_given_before_it_ends": (lambda s: change(s.case.bases.get(), given_on=day(366)),),
    "basis_covers_a_kind_once": (lambda s: again(covering(s)),),
    "basis_ended_iff_ended_at": (
        lambda s: change(s.case.bases.get(), ended_at=on(2)),
        lambda s: change(s.case.bases.get(), state="withdrawn"),
    ),
    "reference_record_once_per_case": (lambda s: again(s.reference, uid=uuid4()),),
    "rule_step_once_per_day": (lambda s: again(RuleStep.objects.all()[0]),),
    "rule_step_repeat_forward": (lambda s: change(RuleStep.objects.all()[0], repeat_days=0),),
    "deadline_settled_iff_settlement": (
        lambda s: change(a_deadline(s, "invitation"), settled_at=on(2)),
        lambda s: change(a_deadline(s, "invitation"), settlement="met"),
    ),
    "deadline_one_open_per_case_and_kind": (lambda s: again(a_deadline_of_the_case(s)),),
    **{
        f"deadline_one_open_per_{subject}": (lambda s, subject=subject: again(a_deadline(s, subject)),)  # type: ignore[misc]
        for subject in SUBJECTS
        if subject not in SUBJECTS_OF_MOVES
    },
    "deadline_one_open_per_milestone": (lambda s: again(s.moves.planned.milestones.all()[0].deadlines.get()),),
    "step_taken_once_per_day": (lambda s: again(a_step(s)),),
    "outbox_entry_one_cause": (
        lambda s: OutboxEntry.objects.create(),
        lambda s: change(OutboxEntry.objects.all()[0], step=a_step(s)),
    ),
    "submission_once": (lambda s: again(a_submission(s)),),
    **OF_MOVES,
    **OF_ENDINGS,
}

EMPTY_REFUSED: dict[type[models.Model], tuple[str, ...]] = {
    Case: ("holder", "holder_unit", "theme", "opened_by"),
    Holding: ("holder", "unit"),
    Invitation: ("case", "unit", "ask", "sent_by"),
    Partnership: ("case", "unit", "contact"),
    Handover: ("case", "to_person", "to_unit", "begun_by"),
    JoinRequest: ("case", "unit", "asked_by"),
    Agreement: ("case", "owner", "unit", "due_on"),
    Meeting: ("case", "place", "starts_at"),
    Basis: ("case", "recorded_by"),
    Reference: ("case", "system", "sealed_number", "number_index", "unit"),
    Deadline: ("case", "unit", "due_on"),
    Involvement: ("case", "kind", "on", "recorded_by", "recorded_unit"),
    Transition: ("case", "template", "from_unit", "move_on", "planned_by"),
    Milestone: ("transition", "kind", "due_on"),
}


def constraints(label: str = "coordination") -> dict[str, type[models.Model]]:
    """Every constraint of the domain, or of another app, with its model."""
    return {
        constraint.name: model
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }


def test_every_constraint_is_tried() -> None:
    assert set(REFUSED) == set(constraints())


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(world: World, name: str) -> None:
    scene = build_scene(world)
    for write in REFUSED[name]:
        with unguarded(), pytest.raises(IntegrityError) as refused, transaction.atomic():
            write(scene)
        assert is_named(name, str(refused.value)), str(refused.value)


def is_named(name: str, message: str) -> bool:
    """Whether a refusal names the constraint; SQLite names the columns of a unique one instead."""
    if name in message:
        return True
    model = next(found[name] for label in ("coordination", "notifications") if name in (found := constraints(label)))
    constraint = next(each for each in model._meta.constraints if each.name == name)
    assert connection.vendor == "sqlite"
    assert isinstance(constraint, models.UniqueConstraint)
    by_name = {field.name: field.column for field in model._meta.concrete_fields}
    columns = {f"{model._meta.db_table}.{by_name[field]}" for field in constraint.fields}
    return set(re.findall(r"\w+\.\w+", message)) == columns


@pytest.mark.parametrize("model", EMPTY_REFUSED, ids=lambda model: model.__name__)
def test_what_a_row_cannot_be_without_is_not_left_empty(world: World, model: type[models.Model]) -> None:
    build_scene(world)
    row = model._default_manager.all()[0]
    for name in EMPTY_REFUSED[model]:
        with unguarded(), pytest.raises(IntegrityError), transaction.atomic():
            change(row, **{name: None})


def test_a_code_a_username_and_a_rule_are_there_once(world: World) -> None:
    scene = build_scene(world)
    for row in (scene.case, scene.world.maja, DeadlineRule.objects.all()[0], Theme.objects.all()[0]):
        with pytest.raises(IntegrityError), transaction.atomic():
            again(row)


def point_to_nothing(row: models.Model, field: str) -> None:
    """Let a row point to one that is not there, and look at once, not only when the transaction ends."""
    change(row, **{field: 10**9})
    connection.check_constraints()


def test_a_row_points_to_a_row_that_is_there(world: World) -> None:
    scene = build_scene(world)
    membership = world.maja.memberships.get()
    for row, field in (
        (scene.case, "holder_id"),
        (scene.invitation, "unit_id"),
        (membership, "user_id"),
        (world.school, "parent_id"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            point_to_nothing(row, field)


def test_a_constraint_lets_through_what_it_is_not_about(world: World) -> None:
    """The same writes, a little different, are accepted: a constraint that refuses everything guards nothing."""
    scene = build_scene(world)
    again(scene.declined)
    again(scene.offer, state="withdrawn", answered_at=on(2))
    again(scene.request, to_person=scene.world.anton)
    again(scene.join, state="withdrawn", answered_at=on(2))
    again(scene.partnership, invitation=None, ended_at=on(2), end="left")
    again(scene.case.bases.get(), state="replaced", ended_at=on(2))
    again(a_deadline(scene, "invitation"), settled_at=on(2), settlement="met")
    again(world.maja.memberships.get(), ended_at=on(1))
    again(scene.moves.planned, state="cancelled", ended_at=on(1))
    again(to_receive(scene), settled_at=on(2), settlement="met")
    again(to_receive(scene), unit=world.school)
    again(a_submission(scene), person=world.anna)
    assert Invitation.objects.filter(case=scene.case).count() == 4
