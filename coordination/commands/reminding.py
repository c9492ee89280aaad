"""Reminding: a leader asks whoever owes the next step of a move to do it, once a day at most."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, changing, record, require_right
from coordination.commands.transitions import read_transition
from coordination.errors import MovedOn, Unacceptable
from coordination.models import Deadline, Event, EventKind, Transition, User
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.transitions import may_remind, may_see_transition


@again_after_deadlock
def remind_owner(*, transition: Transition, actor: User, now: datetime) -> Deadline:
    """Remind whoever owes what is due first in a move, as a leader of one of its units or the holder of the baton.

    Gives the deadline that they are reminded of. Raises ``MovedOn`` where somebody has been reminded on the same Danish
    day, ``Unacceptable`` where nobody owes anything in the move, or nobody but the actor.
    """
    with changing(transition.case_id, now=now) as case:
        who = actor_of(actor, now)
        transition = read_transition(case, transition)
        sees_it = may_see_transition(who, transition, part_in(who, case))
        require_right(may_remind(who, transition), who, case, sees_it=sees_it)
        owed = case.deadlines.open().filter(Q(transition=transition) | Q(milestone__transition=transition))
        others = owed.exclude(owner=actor).select_related("unit", "owner")
        deadline = others.order_by("due_on", "pk").first()
        if deadline is None and owed.exists():
            raise Unacceptable(_("What is left in this move is yours to do."))
        if deadline is None:
            raise Unacceptable(_("Nobody owes anything in this move now."))
        since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        told = Event.objects.filter(kind=EventKind.TRANSITION_REMINDED, subject="transition", subject_id=transition.pk)
        if told.filter(at__gte=since).exists():
            raise MovedOn(_("Somebody has been reminded of this move today already."))
        record(
            EventKind.TRANSITION_REMINDED,
            at=now,
            actor=actor,
            case=case,
            unit=deadline.unit,
            person=deadline.owner,
            about=transition,
            deadline=deadline.pk,
            due_on=deadline.due_on,
        )
        return deadline
