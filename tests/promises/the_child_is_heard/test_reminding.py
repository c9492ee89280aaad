"""A leader reminds whoever owes the next step of a move: somebody else, of something, once a day."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from coordination.commands.reminding import remind_owner
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import Deadline, DeadlineKind, Event, EventKind, Transition
from tests.builders import World, day, on
from tests.promises.moving import a_childs_case, a_move, handed_over, milestone, received
from tests.promises.telling import owed


def out_of_town(world: World) -> Transition:
    """A move in which only Rikke of the kindergarten owes something."""
    return a_move(world, a_childs_case(world), "to_other_town", to_unit=None, move_on=day(60))


def test_whoever_owes_what_is_due_first_is_reminded_once_a_day(world: World) -> None:
    move = out_of_town(world)
    first = move.case.deadlines.open().filter(milestone__transition=move).order_by("due_on", "pk")[0]
    assert remind_owner(transition=move, actor=world.kirsten, now=on(2)) == first
    event = Event.objects.get(kind=EventKind.TRANSITION_REMINDED)
    assert (event.actor, event.person, event.unit, event.subject_id) == (
        world.kirsten,
        world.rikke,
        world.kindergarten,
        move.pk,
    )
    assert event.data == {"deadline": first.pk, "due_on": first.due_on.isoformat()}
    with pytest.raises(MovedOn):
        remind_owner(transition=move, actor=world.dorte, now=on(2, hours=14))  # eleven at night
    remind_owner(transition=move, actor=world.kirsten, now=on(2, hours=15))  # the next Danish day has begun


def test_nobody_is_reminded_of_what_they_owe_themselves_or_of_nothing(world: World) -> None:
    move = out_of_town(world)
    with override("en"), pytest.raises(Unacceptable, match="yours"):
        remind_owner(transition=move, actor=world.rikke, now=on(2))
    handed_over(world, move)
    with override("en"), pytest.raises(Unacceptable, match="Nobody"):
        remind_owner(transition=move, actor=world.kirsten, now=on(4))
    assert not Event.objects.filter(kind=EventKind.TRANSITION_REMINDED).exists()


def test_a_unit_that_has_been_asked_is_reminded_as_a_whole(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world), move_on=day(200)))
    Deadline.objects.open().filter(milestone__transition=move).update(due_on=day(150))
    reminded = remind_owner(transition=move, actor=world.rikke, now=on(4))
    assert reminded == owed(move.case, DeadlineKind.RECEIVE_TRANSITION)
    assert Event.objects.get(kind=EventKind.TRANSITION_REMINDED).person is None


def test_leaders_of_both_units_and_the_holder_remind_and_nobody_else(world: World) -> None:
    move = received(world, a_move(world, a_childs_case(world)))
    for person in (world.mads, world.hanne, world.ove, world.per):
        with pytest.raises(Unseen):
            remind_owner(transition=move, actor=person, now=on(5))
    with pytest.raises(Forbidden):
        remind_owner(transition=move, actor=world.rikke, now=on(5))  # a partner since the baton went with the child
    for number, person in enumerate((world.kirsten, world.lone, world.sanne, world.dorte, world.maja)):
        if person != world.maja:
            remind_owner(transition=move, actor=person, now=on(6 + number))
    assert owed(move.case, DeadlineKind.DO_MILESTONE, milestone=milestone(move, "visit")).owner == world.rikke
    remind_owner(transition=move, actor=world.maja, now=on(20))  # of what Rikke's unit owes still


def test_without_a_receiver_the_leader_of_the_unit_that_the_child_leaves_reminds(world: World) -> None:
    move = a_move(world, a_childs_case(world), to_unit=None)
    assert remind_owner(transition=move, actor=world.kirsten, now=on(2)).owner == world.rikke
    with pytest.raises(Unseen):
        remind_owner(transition=move, actor=world.lone, now=on(3))
