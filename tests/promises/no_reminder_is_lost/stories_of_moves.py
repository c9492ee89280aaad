"""What is owed for a child on its way: heard, its parents with us, its milestones, received, landed and reviewed."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from coordination.commands.handing_over import receive_child
from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.milestones import do_milestone
from coordination.commands.transitions import name_receiver
from coordination.models import Deadline, DeadlineKind, InvolvementForm, InvolvementKind, Landing, Transition
from tests.builders import World, a_case, day, on, term
from tests.promises.moving import a_childs_case, a_move, handed_over, milestone, received
from tests.promises.no_reminder_is_lost.story import BOTH, Story
from tests.promises.telling import owed


def a_child_to_be_heard(world: World) -> Deadline:
    """A case opened on Monday: the child is to be heard within ten working days."""
    return owed(a_case(world, invite=[]), DeadlineKind.HEAR_CHILD)


def parents_to_be_involved(world: World) -> Deadline:
    """The same of the parents."""
    return owed(a_case(world, invite=[]), DeadlineKind.INVOLVE_PARENTS)


def a_milestone(world: World) -> Deadline:
    """The school is to choose a class two months before 1 August."""
    transition = a_move(world, a_childs_case(world))
    return owed(transition.case, DeadlineKind.DO_MILESTONE, milestone=milestone(transition, "name_group"))


def a_receiver_to_be_found(world: World) -> Deadline:
    """On Tuesday a move is planned, and nobody knows yet to whom."""
    return owed(a_move(world, a_childs_case(world), to_unit=None).case, DeadlineKind.NAME_RECEIVER)


def a_child_to_be_received(world: World) -> Deadline:
    """A child is handed over to the school on Thursday."""
    return owed(handed_over(world, a_move(world, a_childs_case(world))).case, DeadlineKind.RECEIVE_TRANSITION)


def a_landing(world: World) -> Deadline:
    """A child has been received that moves on Thursday the 24th: ninety days later is the day before Christmas Eve."""
    return owed(received(world, a_move(world, a_childs_case(world), move_on=day(10))).case, DeadlineKind.FOLLOW_UP)


def a_review(world: World) -> Deadline:
    """A child that moved on Thursday the 24th has landed well by Tuesday the 29th."""
    deadline = a_landing(world)
    follow_up(transition=_move_of(deadline), landing=Landing.WELL, actor=world.maja, now=on(15))
    return owed(deadline.case, DeadlineKind.REVIEW_TRANSITION, unit=world.school)


def is_heard(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja notes that the child was heard."""
    _note(world, deadline, InvolvementKind.CHILD, "talk", now)


def take_part(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja notes that the parents took part."""
    _note(world, deadline, InvolvementKind.PARENTS, "meeting", now)


def is_done(world: World, deadline: Deadline, now: datetime) -> None:
    """Mads of the school says that it is done."""
    assert deadline.milestone is not None
    do_milestone(milestone=deadline.milestone, actor=world.mads, now=now)


def is_found(world: World, deadline: Deadline, now: datetime) -> None:
    """Rikke has found out who receives the child."""
    name_receiver(transition=_move_of(deadline), to_unit=world.school, actor=world.rikke, now=now)


def is_received(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja receives the child for the school."""
    receive_child(transition=_move_of(deadline), actor=world.maja, has_read=True, now=now)


def has_landed(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja says how the child has landed."""
    follow_up(transition=_move_of(deadline), landing=Landing.NEEDS_MORE, actor=world.maja, now=now)


def is_reviewed(world: World, deadline: Deadline, now: datetime) -> None:
    """The school's leader has reviewed the move."""
    review_transition(transition=_move_of(deadline), unit=world.school, actor=world.lone, now=now)


def _move_of(deadline: Deadline) -> Transition:
    assert deadline.transition is not None
    return deadline.transition


def _note(world: World, deadline: Deadline, kind: InvolvementKind, form: str, now: datetime) -> None:
    draft = InvolvementDraft(
        kind,
        timezone.localdate(now),
        form=term(InvolvementForm, form),
        changed_plan=True if kind == InvolvementKind.CHILD else None,
    )
    record_involvement(case=deadline.case, draft=draft, actor=world.maja, now=now)


STORIES_OF_MOVES = [
    Story(
        DeadlineKind.HEAR_CHILD,
        a_child_to_be_heard,
        is_heard,
        [
            ("Mon 28 Sep", BOTH, "owner", "maja"),
            ("Mon 05 Oct", BOTH, "owner", "maja"),
            ("Mon 05 Oct", BOTH, "leader", "lone"),
            ("Mon 12 Oct", BOTH, "owner", "maja"),
            ("Mon 12 Oct", BOTH, "leader", "lone"),
        ],
    ),
    Story(
        DeadlineKind.INVOLVE_PARENTS,
        parents_to_be_involved,
        take_part,
        [
            ("Mon 28 Sep", BOTH, "owner", "maja"),
            ("Wed 07 Oct", BOTH, "owner", "maja"),  # the school was closed for two days
            ("Wed 07 Oct", BOTH, "leader", "lone"),
            ("Wed 14 Oct", BOTH, "owner", "maja"),
            ("Wed 14 Oct", BOTH, "leader", "lone"),
        ],
        closed=[("school", date(2026, 10, 1), date(2026, 10, 2))],
    ),
    Story(
        DeadlineKind.DO_MILESTONE,
        a_milestone,
        is_done,
        [
            ("Tue 25 May", BOTH, "owner", "lone mads maja"),
            ("Tue 01 Jun", BOTH, "owner", "lone mads maja"),
            ("Fri 04 Jun", BOTH, "owner", "lone mads maja"),
            ("Fri 04 Jun", BOTH, "asker", "rikke"),
            ("Fri 04 Jun", BOTH, "leader", "kirsten"),  # of the unit that the child leaves, too
            ("Fri 11 Jun", BOTH, "owner", "lone mads maja"),
            ("Fri 11 Jun", BOTH, "asker", "rikke"),
            ("Fri 11 Jun", BOTH, "leader", "kirsten"),
        ],
    ),
    Story(
        DeadlineKind.NAME_RECEIVER,
        a_receiver_to_be_found,
        is_found,
        [
            ("Tue 22 Sep", BOTH, "owner", "rikke"),
            ("Fri 25 Sep", BOTH, "owner", "rikke"),
            ("Fri 25 Sep", BOTH, "leader", "kirsten"),
            ("Fri 02 Oct", BOTH, "owner", "rikke"),
            ("Fri 02 Oct", BOTH, "leader", "kirsten"),
        ],
    ),
    Story(
        DeadlineKind.RECEIVE_TRANSITION,
        a_child_to_be_received,
        is_received,
        [
            ("Mon 28 Sep", BOTH, "owner", "lone mads maja"),
            ("Thu 01 Oct", BOTH, "owner", "lone mads maja"),
            ("Fri 02 Oct", BOTH, "owner", "lone mads maja"),
            ("Fri 02 Oct", BOTH, "asker", "rikke"),
            ("Fri 02 Oct", BOTH, "leader", "kirsten"),
            ("Fri 09 Oct", BOTH, "owner", "lone mads maja"),
            ("Fri 09 Oct", BOTH, "asker", "rikke"),
            ("Fri 09 Oct", BOTH, "leader", "kirsten"),
        ],
    ),
    Story(
        DeadlineKind.FOLLOW_UP,
        a_landing,
        has_landed,
        [
            ("Wed 16 Dec", BOTH, "owner", "maja"),
            ("Wed 23 Dec", BOTH, "owner", "maja"),
            ("Tue 05 Jan", BOTH, "owner", "maja"),  # five working days on: after Christmas and New Year
            ("Tue 05 Jan", BOTH, "leader", "lone"),
            ("Tue 12 Jan", BOTH, "owner", "maja"),
            ("Tue 12 Jan", BOTH, "leader", "lone"),
        ],
    ),
    Story(
        DeadlineKind.REVIEW_TRANSITION,
        a_review,
        is_reviewed,
        [
            ("Tue 20 Oct", BOTH, "owner", "lone"),
            ("Tue 27 Oct", BOTH, "owner", "lone"),
            ("Tue 27 Oct", BOTH, "leader", "sanne"),
            ("Tue 03 Nov", BOTH, "owner", "lone"),
            ("Tue 03 Nov", BOTH, "leader", "sanne"),
        ],
    ),
]
