"""Ways to break what is promised of moves: a child is lost between two units, or nobody has asked it."""

from __future__ import annotations

from django.db.models import Q

from coordination.models import (
    Deadline,
    DeadlineKind,
    EventKind,
    Involvement,
    InvolvementKind,
    Milestone,
    MilestoneState,
    Settlement,
    Transition,
    TransitionState,
)
from tests.builders import day, on
from tests.promises.breaking import Breaking, a_closed_unit
from tests.promises.living import NOW, Lived


def _of(lived: Lived, which: str) -> Transition:
    found: Transition = getattr(lived, which)
    return found


def _tell(kind: EventKind, which: str) -> Breaking:
    return lambda lived: lived.tell(kind, _of(lived, which), case=lived.moving)


def _to_a_closed_unit(lived: Lived) -> None:
    """The receiver has closed, and somebody goes on owing what its people owed."""
    closed, transition = a_closed_unit(lived), lived.sought_receiver
    lived.owed(DeadlineKind.NAME_RECEIVER).delete()
    Transition.objects.filter(pk=transition.pk).update(to_unit=closed)
    for step in transition.milestones.filter(is_senders=False):
        Deadline.objects.create(
            kind=DeadlineKind.DO_MILESTONE,
            case=lived.moving,
            milestone=step,
            owner=lived.world.rikke,
            unit=closed,
            due_on=day(9),
            opened_at=NOW,
        )


def _followed_up_by_an_outsider(lived: Lived) -> None:
    Transition.objects.filter(pk=lived.received.pk).update(contact=lived.world.sanne)
    lived.owed(DeadlineKind.FOLLOW_UP).update(owner=lived.world.sanne)


def _left_in_a_closed_case(lived: Lived) -> None:
    theirs = Q(transition=lived.sought_receiver) | Q(milestone__transition=lived.sought_receiver)
    Deadline.objects.open().filter(theirs).update(settled_at=NOW, settlement=Settlement.LAPSED)
    Transition.objects.filter(pk=lived.sought_receiver.pk).update(case=lived.closed)


def _done_without_a_word(lived: Lived) -> None:
    step = Milestone.objects.filter(transition=lived.to_receive, is_senders=True)[0]
    step.deadlines.update(settled_at=NOW, settlement=Settlement.MET)
    Milestone.objects.filter(pk=step.pk).update(state=MilestoneState.DONE, settled_at=NOW)


def _back_without_a_word(lived: Lived) -> None:
    lived.owed(DeadlineKind.RECEIVE_TRANSITION).delete()
    found = Transition.objects.filter(pk=lived.to_receive.pk)
    found.update(state=TransitionState.PLANNED, handed_over_at=None, handed_over_by=None)


MOVES: dict[str, list[Breaking]] = {
    # 9
    "child_and_parents_are_asked_for": [
        lambda lived: lived.owed(DeadlineKind.HEAR_CHILD, case=lived.busy).delete(),
        lambda lived: lived.owed(DeadlineKind.INVOLVE_PARENTS, case=lived.moving).delete(),
    ],
    "child_and_parents_were_asked_before_a_move": [
        lambda _lived: Involvement.objects.filter(kind=InvolvementKind.CHILD).update(recorded_at=on(0)),
        lambda _lived: Involvement.objects.filter(kind=InvolvementKind.PARENTS).update(recorded_at=NOW),
    ],
    # 2
    "receiver_is_sought_where_none_is_known": [
        lambda lived: lived.owed(DeadlineKind.NAME_RECEIVER).update(transition=lived.to_receive),
    ],
    "child_is_to_be_received_while_handed_over": [
        lambda lived: lived.owed(DeadlineKind.RECEIVE_TRANSITION).update(unit=lived.world.school),
        lambda lived: lived.owed(DeadlineKind.RECEIVE_TRANSITION).update(owner=lived.world.ove),
        lambda lived: lived.owed(DeadlineKind.RECEIVE_TRANSITION).update(transition=lived.received),
    ],
    "receiver_is_open": [_to_a_closed_unit],
    "landing_is_followed_up": [
        lambda lived: lived.owed(DeadlineKind.FOLLOW_UP).update(owner=lived.world.rikke),
        lambda lived: lived.owed(DeadlineKind.FOLLOW_UP).update(unit=lived.world.school),
        lambda lived: lived.owed(DeadlineKind.FOLLOW_UP).update(transition=lived.to_receive),
    ],
    "move_is_reviewed_by_both": [
        lambda lived: lived.owed(DeadlineKind.REVIEW_TRANSITION).update(owner=lived.world.rikke),
        lambda lived: lived.owed(DeadlineKind.REVIEW_TRANSITION).update(unit=lived.world.kindergarten),
        lambda lived: lived.owed(DeadlineKind.REVIEW_TRANSITION).update(transition=lived.received),
    ],
    "milestone_is_owed_while_it_is_open": [
        lambda lived: lived.owed(DeadlineKind.DO_MILESTONE, milestone__transition=lived.to_receive).delete(),
        lambda lived: lived.owed(
            DeadlineKind.DO_MILESTONE, milestone__transition=lived.received, milestone__is_senders=True
        ).update(unit=lived.world.other_school),
    ],
    # 5
    "receiving_contact_speaks_for_the_unit": [_followed_up_by_an_outsider],
    # 8
    "closed_case_has_no_move_under_way": [_left_in_a_closed_case],
    # 6
    "transition_leaves_its_trace": [
        *(
            _tell(kind, "sought_receiver")
            for kind in (
                EventKind.TRANSITION_PLANNED,
                EventKind.TRANSITION_HANDED_OVER,
                EventKind.TRANSITION_RECEIVED,
                EventKind.TRANSITION_LANDED,
                EventKind.TRANSITION_REVIEWED,
                EventKind.TRANSITION_CANCELLED,
            )
        ),
        _tell(EventKind.TRANSITION_DECLINED, "to_receive"),
        _back_without_a_word,
    ],
    "milestone_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.MILESTONE_DONE, lived.to_receive.milestones.all()[0]),
        lambda lived: lived.tell(EventKind.MILESTONE_NOT_RELEVANT, lived.to_receive.milestones.all()[0]),
        _done_without_a_word,
    ],
    "involvement_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.CHILD_HEARD, lived.moving.involvements.filter(kind="child")[0]),
        lambda lived: lived.tell(EventKind.PARENTS_INVOLVED, lived.moving.involvements.filter(kind="child")[0]),
    ],
}
