"""Subjects: the officer finds the cases of a child by the number of its record, and leaves a trace of each search."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import ngettext

from coordination.commands.changing import again_after_deadlock, lock_people, record
from coordination.errors import TooOften, Unseen
from coordination.models import Case, Event, EventKind, ReferenceSystem, Role, User
from coordination.privacy.references import read_number
from coordination.queries.officers import HOLDING_BACK, cases_in, roots_of
from coordination.queries.subjects import cases_with_record

# A municipality gets few requests a day. Whoever looks for thirty children is going through numbers.
MOST_LOOK_UPS = 30
WITHIN = timedelta(hours=24)


@again_after_deadlock
def look_up_subject(*, system: ReferenceSystem, number: str, actor: User, now: datetime) -> list[int]:
    """Find the cases, open and closed, that have a record, as the officer of their municipality; give their ids.

    That it was asked is written down, and how many were found; never the number. Raises ``Unseen`` for everybody else,
    ``Unacceptable`` for what is no number of the system, ``TooOften`` after too many look-ups within a day.
    """
    with transaction.atomic():
        lock_people([actor.pk])  # two at once are counted one after the other
        roots = roots_of(actor, Role.OFFICER)
        if not roots:
            raise Unseen("")
        number = read_number(system, number)
        _require_few(actor, now)
        found = list(cases_with_record(system, number, roots=roots).values_list("pk", flat=True))
        record(EventKind.SUBJECT_LOOKED_UP, at=now, actor=actor, about=actor, system=system.code, found=len(found))
        return found


def look_as_officer(*, case: Case, actor: User, now: datetime) -> None:
    """Note that the officer, or the coordinator, looks at what is known of a case from outside. Raises ``Unseen``.

    It is no event of the case: those who take part are not told of an inquiry by it.
    """
    if not cases_in(roots_of(actor, *HOLDING_BACK)).filter(pk=case.pk).exists():
        raise Unseen("")
    record(EventKind.LOG_READ, at=now, actor=actor, about=case)


def _require_few(actor: User, now: datetime) -> None:
    asked = Event.objects.filter(subject="user", subject_id=actor.pk, kind=EventKind.SUBJECT_LOOKED_UP)
    times = list(asked.filter(at__gt=now - WITHIN).order_by("-at").values_list("at", flat=True)[:MOST_LOOK_UPS])
    if len(times) < MOST_LOOK_UPS:
        return
    wait = times[-1] + WITHIN - now
    hours = -(-int(wait.total_seconds()) // 3600)
    raise TooOften(
        ngettext(
            "You have looked up %(count)s records within a day. Try again in an hour.",
            "You have looked up %(count)s records within a day. Try again in %(hours)s hours.",
            hours,
        )
        % {"count": MOST_LOOK_UPS, "hours": hours},
        wait=wait,
    )
