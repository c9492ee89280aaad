"""How and when each person is told, as they have chosen. Read once for a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from coordination.models import ClosingPeriod, Membership, User
from coordination.rules.workdays import WorkCalendar
from notifications.models import Channel, Device, Pace, Preference
from notifications.planning.times import Quiet, at_clock, digest_after, loud_from

_HOUR_OF_THE_DIGEST = timedelta(hours=1)


@dataclass(frozen=True)
class When:
    """Not before ``next_at``; ``is_gathered``: together with others, in a digest."""

    next_at: datetime
    is_gathered: bool = False


class Choices:
    """The choices of some people. What is asked of them later costs no query."""

    def __init__(self, person_ids: Iterable[int]) -> None:
        """Prepare to read the choices of these people."""
        self._ids = set(person_ids)

    def channels(self, person_id: int) -> list[Channel]:
        """Name the channels over which a person is told: always in the app, elsewhere as set up and chosen."""
        chosen, found = self._preference(person_id), [Channel.IN_APP]
        if settings.HAS_EMAIL and person_id in self._mailable and chosen.email_pace != Pace.NEVER:
            found.append(Channel.EMAIL)
        if settings.HAS_PUSH and person_id in self._with_device and chosen.push_pace != Pace.NEVER:
            found.append(Channel.PUSH)
        return found

    def when(self, person_id: int, channel: Channel, *, now: datetime, is_urgent: bool) -> When:
        """Say when a person is told. What is urgent breaks the digest, not the night."""
        if channel == Channel.IN_APP:
            return When(now)
        chosen = self._preference(person_id)
        pace = Pace(chosen.email_pace if channel == Channel.EMAIL else chosen.push_pace)
        if pace in (Pace.DAILY, Pace.WEEKLY) and not is_urgent:
            at, weekday, calendar = chosen.digest_at, chosen.digest_weekday, self._calendar(person_id)
            return When(digest_after(now, pace, at=at, weekday=weekday, calendar=calendar), is_gathered=True)
        return When(loud_from(now, self._quiet(person_id)))

    def quiet_until(self, person_id: int, channel: Channel, *, now: datetime, is_digest: bool) -> datetime | None:
        """Say until when a person is not to be disturbed with what was due before; None where they may be told now.

        A digest comes at the hour that they have chosen, be it a quiet one.
        """
        if channel not in (Channel.EMAIL, Channel.PUSH):
            return None
        comes = at_clock(timezone.localdate(now), self._preference(person_id).digest_at)
        if is_digest and comes <= now < comes + _HOUR_OF_THE_DIGEST:
            return None
        loud = loud_from(now, self._quiet(person_id))
        return loud if loud > now else None

    def _quiet(self, person_id: int) -> Quiet:
        chosen = self._preference(person_id)
        return Quiet(chosen.quiet_from, chosen.quiet_until, chosen.quiet_days_off, self._calendar(person_id))

    def _preference(self, person_id: int) -> Preference:
        return self._preferences.get(person_id) or Preference(person_id=person_id)

    def _calendar(self, person_id: int) -> WorkCalendar:
        return self._calendars.get(person_id) or WorkCalendar()

    @cached_property
    def _preferences(self) -> dict[int, Preference]:
        return {each.person_id: each for each in Preference.objects.filter(person_id__in=self._ids)}

    @cached_property
    def _mailable(self) -> set[int]:
        return set(User.objects.filter(pk__in=self._ids).exclude(email="").values_list("pk", flat=True))

    @cached_property
    def _with_device(self) -> set[int]:
        return set(Device.objects.filter(person_id__in=self._ids).values_list("person_id", flat=True))

    @cached_property
    def _calendars(self) -> dict[int, WorkCalendar]:
        """Each person's working days are those of the unit that they have been in for the longest time."""
        lines: dict[int, list[int]] = {}
        memberships = Membership.objects.live().filter(user_id__in=self._ids).select_related("unit")
        for membership in memberships.order_by("began_at", "pk"):
            lines.setdefault(membership.user_id, membership.unit.line)
        unit_ids = {unit_id for line in lines.values() for unit_id in line}
        periods: dict[int, list[tuple[date, date]]] = {}
        for period in ClosingPeriod.objects.filter(unit_id__in=unit_ids):
            periods.setdefault(period.unit_id, []).append((period.first_on, period.last_on))
        return {
            person_id: WorkCalendar(period for unit_id in line for period in periods.get(unit_id, []))
            for person_id, line in lines.items()
        }
