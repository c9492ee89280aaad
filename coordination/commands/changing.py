"""What every command begins and ends with: the lock, the refusals that are the same everywhere, and the record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from coordination.commands.deadlines import keep_next_step
from coordination.commands.moves import keep_moves
from coordination.errors import Forbidden, MovedOn, Unseen
from coordination.models import CHANGES_NOTHING, Case, CaseState, Event, EventKind, OutboxEntry, Unit, User
from coordination.queries.visibility import part_in
from coordination.rules.access import Part
from coordination.rules.actors import Actor

Given = ParamSpec("Given")
Result = TypeVar("Result")

_ATTEMPTS = 5
_ENDED_FOR_ANOTHER = frozenset({"40P01", "40001"})  # PostgreSQL: deadlock detected, serialization failure


def again_after_deadlock(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """Begin a whole transaction anew where PostgreSQL has ended it to let another one pass; nothing is left of it.

    Every command that begins a transaction has it, and so has a form carried out: within a transaction there is
    nothing to begin anew, so that whoever began it does.
    """

    @wraps(act)
    def carried_out(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for _attempt in range(1 if connection.in_atomic_block else _ATTEMPTS):
            try:
                return act(*args, **kwargs)
            except OperationalError as error:
                ended = error
                if getattr(error.__cause__, "sqlstate", None) not in _ENDED_FOR_ANOTHER:
                    raise
        raise ended

    return carried_out


@contextmanager
def changing(
    case_id: int, *, now: datetime, people: Collection[int] = (), units: Collection[int] = ()
) -> Iterator[Case]:
    """Lock a case for one change; afterwards see to it that something is due in it.

    Everything else is read through the case, so that it is read under the lock. ``people`` and ``units`` are those whom
    the change makes responsible: they are locked before the case, so that nobody deactivates them meanwhile.
    """
    with transaction.atomic():
        lock_units(units)
        lock_people(people)
        case = lock_case(case_id)
        yield case
        # Where nothing was told nothing has happened, and the next step is not put off; nor is it by a leader who looks
        # or reminds.
        changes = case.events.exclude(kind__in=CHANGES_NOTHING).order_by("-pk")
        newest = changes.values_list("at", flat=True).first()
        if newest is not None and newest != case.last_event_at:
            case.last_event_at = newest
            case.save(update_fields=["last_event_at"])
        keep_moves(case)
        keep_next_step(case, now=now)


def lock_case(case_id: int) -> Case:
    """Lock a case; ``Unseen`` where it has been erased by now.

    Nothing may be joined here: PostgreSQL would join what it has waited for with what was there before it waited, and
    not find a case whose holder has changed meanwhile.
    """
    try:
        return Case.objects.select_for_update().get(pk=case_id)
    except Case.DoesNotExist:
        raise Unseen(_("Not found.")) from None


def lock_units(unit_ids: Collection[int]) -> list[Unit]:
    """Lock units in the order of their ids."""
    return list(Unit.objects.select_for_update(no_key=True).filter(pk__in=unit_ids).order_by("pk")) if unit_ids else []


def lock_people(person_ids: Collection[int]) -> list[User]:
    """Lock people in the order of their ids."""
    return (
        list(User.objects.select_for_update(no_key=True).filter(pk__in=person_ids).order_by("pk")) if person_ids else []
    )


def require_open(case: Case) -> None:
    """Refuse with ``MovedOn`` where the case has been closed."""
    if case.state != CaseState.OPEN:
        raise MovedOn(_("The case has been closed."))


def require_right(allowed: bool, actor: Actor, case: Case, *, sees_it: bool = False) -> None:
    """Refuse what is not the actor's: ``Unseen`` where they may not know of it, else ``Forbidden``.

    ``sees_it``: they see what the move is about (an invitation, say) without seeing the case.
    """
    if allowed:
        return
    if sees_it or part_in(actor, case) > Part.RECEIPT:
        raise Forbidden(_("This is for somebody else to do."))
    raise Unseen(_("Not found."))


def require_part(least: Part, actor: Actor, case: Case) -> Part:
    """Refuse whoever plays less than the part ``least``; say which part it is."""
    part = part_in(actor, case)
    require_right(part >= least, actor, case)
    return part


def record(
    kind: EventKind,
    *,
    at: datetime,
    actor: User | None,
    case: Case | None = None,
    unit: Unit | None = None,
    person: User | None = None,
    about: models.Model | None = None,
    **data: Any,
) -> Event:
    """Write the one event of a change, with its outbox row, into the change's transaction.

    ``data`` may hold codes, ids and days. ``actor`` is None where time itself brought the change.
    """
    event = Event.objects.create(
        kind=kind,
        at=at,
        actor=actor,
        case=case,
        unit=unit,
        person=person,
        subject=type(about).__name__.lower() if about is not None else "",
        subject_id=about.pk if about is not None else None,
        data={key: value.isoformat() if isinstance(value, date) else value for key, value in data.items()},
    )
    OutboxEntry.objects.create(event=event)
    return event
