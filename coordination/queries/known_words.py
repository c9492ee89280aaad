"""What the directory of a municipality knows, for screening: its units and rooms, and the people who work there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from coordination.models import Membership, Room, Unit
from coordination.screening import Known

KEPT = timedelta(minutes=5)
_kept: dict[str, tuple[datetime, Known]] = {}


def known_words(root: str, *, now: datetime) -> Known:
    """Give the words of the municipality with this code; kept for five minutes in each process.

    A colleague who came in the meantime is warned of until then, which a reason settles. A code that nobody has gives
    the words of nobody.
    """
    kept = _kept.get(root)
    if kept is not None and timedelta(0) <= now - kept[0] < KEPT:
        return kept[1]
    known = _read(root)
    _kept[root] = (now, known)
    return known


def forget_known_words() -> None:
    """Forget what was kept."""
    _kept.clear()


def _read(root: str) -> Known:
    inside = Q(code=root, root=None) | Q(root__code=root, root__root=None)
    units = Unit.objects.filter(inside)
    rooms = Room.objects.filter(unit__in=units)
    people = Membership.objects.live().filter(unit__in=units)
    return Known.of(
        places=[*units.values_list("name", flat=True), *rooms.values_list("name", flat=True)],
        people=people.values_list("user__name", flat=True).distinct(),
    )
