"""Whom a plan means: receivers, stand-ins, askers, leaders, the leader above, in the last resort the coordinator."""

from __future__ import annotations

import pytest

from coordination.commands.join_requests import ask_to_join
from coordination.commands.people import begin_membership, deactivate_person
from coordination.models import Case, Deadline, DeadlineKind, Event, EventKind, Role, StepTaken, Theme, Unit, User
from notifications.models import Audience, Receiver
from notifications.planning.people import (
    askers_of,
    leaders_over,
    owners_of,
    receivers_of,
    told_of_event,
    told_of_step,
)
from tests.builders import World, a_case, a_case_with_reference, a_reference, accepted, day, on, term
from tests.promises.telling import agreed, away, called, leaves, offered, owed, requested

pytestmark = pytest.mark.django_db

ALL = {"tells_owner": True, "tells_asker": True, "tells_leader": True, "tells_leader_above": True}


def names(world: World, ids: list[int]) -> str:
    """The first names behind ids."""
    by_id = {user.pk: name for name, user in world.people.items()}
    return " ".join(sorted(by_id[pk] for pk in ids))


def named(world: World, told: dict[int, Audience]) -> dict[str, str]:
    """The first names of those who are told, and why."""
    return {names(world, [pk]): str(audience) for pk, audience in told.items()}


def a_step(deadline: Deadline, **tells: bool) -> StepTaken:
    """A step of a deadline that tells some."""
    how = {**dict.fromkeys(ALL, False), **tells}
    return StepTaken.objects.create(deadline=deadline, planned_on=day(3), taken_at=on(3), **how)


def over(world: World, deadline: Deadline) -> tuple[str, str]:
    """The leader and the leader above of whoever owes a deadline."""
    leader, above = leaders_over(deadline)
    return names(world, [leader] if leader else []), names(world, [above] if above else [])


def a_next_step(world: World, holder: User, unit: Unit) -> Deadline:
    """What the holder of an idle case owes."""
    return owed(a_case(world, invite=[], actor=holder, unit=unit), DeadlineKind.NEXT_STEP)


def test_all_people_of_a_unit_receive_for_it_until_somebody_is_named(world: World) -> None:
    assert names(world, receivers_of(world.ppr.pk)) == "anna anton per"
    Receiver.objects.create(unit=world.ppr, person=world.anton)
    assert names(world, receivers_of(world.ppr.pk)) == "anton"
    assert names(world, receivers_of(world.health.pk)) == "hanne"


def test_whoever_is_named_and_has_left_the_unit_receives_nothing_for_it(world: World) -> None:
    Receiver.objects.create(unit=world.ppr, person=world.anton)
    leaves(world.anton, world.ppr, now=on(1))
    assert names(world, receivers_of(world.ppr.pk)) == "anna per"


def test_where_nobody_is_left_the_nearest_leader_receives_and_at_the_top_the_coordinator(world: World) -> None:
    leaves(world.ove, world.other_school, now=on(1))
    assert names(world, receivers_of(world.other_school.pk)) == "sanne"
    deactivate_person(user=world.sanne, actor=None, now=on(1))
    assert names(world, receivers_of(world.other_school.pk)) == "dorte"
    deactivate_person(user=world.dorte, actor=None, now=on(1))
    assert names(world, receivers_of(world.other_school.pk)) == "karin"


def test_who_asked_cannot_answer_and_receives_nothing(world: World) -> None:
    assert names(world, receivers_of(world.school.pk, besides={world.maja.pk, None})) == "lone mads"
    assert names(world, receivers_of(world.health.pk, besides={world.hanne.pk})) == "dorte"


def test_a_unit_that_is_asked_owes_with_all_who_can_answer_and_a_person_alone(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.school, None), (world.health, world.hanne)])
    for unit, owners in ((world.ppr, "anna anton per"), (world.school, "lone mads"), (world.health, "hanne")):
        assert names(world, owners_of(case.deadlines.get(kind=DeadlineKind.ANSWER_INVITATION, unit=unit))) == owners


def test_who_waits_for_what_is_owed(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    reference = a_reference()
    ask_to_join(
        system=reference.system,
        number=reference.number,
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(1),
    )
    requested(world, partnership)
    offered(world, case, to_person=world.mads, to_unit=world.school)
    agreed(world, case, owner=world.maja, actor=world.anna)
    called(world, case, world.maja, actor=world.anna)
    Case.objects.filter(pk=case.pk).update(holder=world.lone)  # so that the holder is nobody else
    case = Case.objects.get()
    waiting = {
        str(deadline.kind): names(world, askers_of(deadline))
        for deadline in case.deadlines.open().exclude(kind=DeadlineKind.ANSWER_HANDOVER)
    }
    assert waiting == {
        "answer_join_request": "lone ove",
        "do_agreement": "anna lone",
        "answer_meeting": "anna lone",
        "meeting_outcome": "lone",
        "renew_consent": "lone",
        "hear_child": "lone",
        "involve_parents": "lone",
    }
    handovers = case.deadlines.open().filter(kind=DeadlineKind.ANSWER_HANDOVER)
    assert {names(world, askers_of(deadline)) for deadline in handovers} == {"lone maja", "anna lone"}


def test_the_leader_is_the_nearest_one_who_does_not_owe_it_and_above_comes_the_next(world: World) -> None:
    assert over(world, a_next_step(world, world.maja, world.school)) == ("lone", "sanne")
    assert over(world, a_next_step(world, world.hanne, world.health)) == ("dorte", "karin")
    assert over(world, a_next_step(world, world.ove, world.other_school)) == ("sanne", "dorte")


def test_over_a_leader_who_owes_it_alone_the_next_one_is_both(world: World) -> None:
    assert over(world, a_next_step(world, world.lone, world.school)) == ("sanne", "sanne")
    assert over(world, a_next_step(world, world.per, world.ppr)) == ("dorte", "dorte")
    assert over(world, a_next_step(world, world.dorte, world.town)) == ("karin", "karin")


def test_over_one_of_two_leaders_the_other_one_is_beside_and_the_next_above(world: World) -> None:
    begin_membership(user=world.hanne, unit=world.ppr, role=Role.LEADER, actor=None, now=on(-1))
    assert over(world, a_next_step(world, world.per, world.ppr)) == ("hanne", "dorte")
    assert over(world, a_next_step(world, world.anna, world.ppr)) == ("per", "dorte")


def test_whoever_leads_two_units_in_a_row_is_one_leader(world: World) -> None:
    begin_membership(user=world.lone, unit=world.schools, role=Role.LEADER, actor=None, now=on(-40))
    assert over(world, a_next_step(world, world.maja, world.school)) == ("lone", "sanne")


def test_who_owes_it_is_not_the_leader_above_either(world: World) -> None:
    deadline = a_next_step(world, world.maja, world.school)
    Deadline.objects.filter(pk=deadline.pk).update(owner=world.sanne)
    deadline.refresh_from_db()
    assert over(world, deadline) == ("lone", "dorte")


def test_over_the_coordinator_who_is_all_alone_there_is_nobody(world: World) -> None:
    deactivate_person(user=world.dorte, actor=None, now=on(-1))
    assert over(world, a_next_step(world, world.karin, world.town)) == ("", "")


def test_each_is_told_once_and_the_one_who_is_to_act_as_that(world: World) -> None:
    deadline = owed(a_case(world), DeadlineKind.ANSWER_INVITATION)
    assert named(world, told_of_step(a_step(deadline, **ALL), today=day(3))) == {
        "anna": "owner",
        "anton": "owner",
        "per": "owner",
        "maja": "asker",
        "dorte": "leader",
    }


@pytest.mark.parametrize(
    ("tells", "told"),
    [
        ("tells_owner", {"anna": "owner", "anton": "owner", "per": "owner"}),
        ("tells_asker", {"maja": "asker"}),
        ("tells_leader", {"per": "leader"}),
        ("tells_leader_above", {"dorte": "leader"}),
    ],
)
def test_a_step_tells_those_whom_it_names_and_nobody_else(world: World, tells: str, told: dict[str, str]) -> None:
    deadline = owed(a_case(world), DeadlineKind.ANSWER_INVITATION)
    assert named(world, told_of_step(a_step(deadline, **{tells: True}), today=day(3))) == told


def test_a_holder_who_owes_the_answer_is_told_that_and_not_that_they_asked(world: World) -> None:
    case = a_case(world)
    requested(world, accepted(world, case))
    deadline = owed(case, DeadlineKind.ANSWER_HANDOVER)
    assert named(world, told_of_step(a_step(deadline, tells_asker=True), today=day(3))) == {
        "maja": "owner",
        "anna": "asker",
    }


def test_stand_ins_are_told_as_well_on_the_days_on_which_they_stand_in_and_theirs_too(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    away(world.anna, world.anton, first=2, last=4)
    away(world.anton, world.per, first=4, last=9)
    step = a_step(owed(case, DeadlineKind.ANSWER_INVITATION), tells_owner=True)
    told = {number: named(world, told_of_step(step, today=day(number))) for number in (1, 2, 4, 5)}
    assert told[1] == told[5] == {"anna": "owner"}
    assert told[2] == {"anna": "owner", "anton": "owner"}
    assert told[4] == {"anna": "owner", "anton": "owner", "per": "owner"}


def test_stand_ins_in_a_circle_are_told_once(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    away(world.anna, world.anton, first=0, last=9)
    away(world.anton, world.anna, first=10, last=12)
    world.anton.absences.update(first_on=day(0))
    step = a_step(owed(case, DeadlineKind.ANSWER_INVITATION), tells_owner=True)
    assert named(world, told_of_step(step, today=day(3))) == {"anna": "owner", "anton": "owner"}


def test_stand_ins_are_not_told_of_news(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.mads, first=0, last=5)
    accepted(world, case)
    event = Event.objects.get(kind=EventKind.INVITATION_ACCEPTED)
    assert named(world, told_of_event(event, today=day(0))) == {"maja": "news"}


def test_a_stand_in_for_whom_it_would_be_news_is_to_act_all_the_same(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    away(world.anna, world.maja, first=0, last=9)
    step = a_step(owed(case, DeadlineKind.ANSWER_INVITATION), tells_owner=True, tells_asker=True)
    assert named(world, told_of_step(step, today=day(3))) == {"anna": "owner", "maja": "asker"}


def test_nobody_is_told_who_is_no_longer_active(world: World) -> None:
    case = a_case(world)
    step = a_step(owed(case, DeadlineKind.ANSWER_INVITATION), **ALL)
    User.objects.filter(pk__in=[world.anton.pk, world.maja.pk]).update(is_active=False)
    assert named(world, told_of_step(step, today=day(3))) == {"anna": "owner", "per": "owner", "dorte": "leader"}


def test_who_acted_is_told_of_nothing_that_they_did_not_even_as_a_stand_in(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    away(world.maja, world.mads, first=0, last=5)
    requested(world, partnership)
    event = Event.objects.get(kind=EventKind.BATON_REQUESTED)
    assert named(world, told_of_event(event, today=day(1))) == {"maja": "owner", "mads": "owner"}
    Event.objects.bulk_create([Event(**{**vars_of(event), "actor_id": world.mads.pk})])
    by_mads = Event.objects.get(kind=EventKind.BATON_REQUESTED, actor=world.mads)
    assert named(world, told_of_event(by_mads, today=day(1))) == {"maja": "owner"}


def vars_of(event: Event) -> dict[str, object]:
    """The columns of an event, without its key."""
    return {field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields if field.name != "id"}
