"""The stage: one agenda on which every story waits for its next moment, played in the order of time."""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils import timezone

from coordination.errors import Refusal
from coordination.models import Case, Membership, Role, Room, Term, Unit, User
from coordination.queries.calendars import calendar_of
from coordination.queries.leaders import nearest_leader
from coordination.rules.workdays import WorkCalendar

DENMARK = ZoneInfo("Europe/Copenhagen")
FROM_HOUR, TO_HOUR = 8, 16

# A story says when it goes on, and is told the time when it does.
Story = Generator[datetime, datetime, None]
Choice = TypeVar("Choice")
TermType = TypeVar("TermType", bound=Term)


class Play:
    """Everything that the stories share: the dice, the units, the people, the agenda."""

    def __init__(self, *, seed: int, begin: datetime, end: datetime, units: dict[str, Unit], known: dict[str, User]):
        self.rng = random.Random(seed)  # noqa: S311 -- a play, not a lock
        self.begin, self.end = begin, end
        self.units, self.known = units, known
        # The stories of those one signs in as need all the colleagues that they have.
        self.full_units = [units["SK-HOR"], units["PPR"]]
        self.spared = {known["maja"].pk}  # their parts are all written for them
        self.refused: list[Refusal] = []
        self._agenda: list[tuple[datetime, int, Story]] = []
        self._count = 0
        self.now = begin
        self._calendars: dict[int, WorkCalendar] = {}
        self._terms: dict[tuple[type[Term], str], Term] = {}

    # --- the agenda -----------------------------------------------------------------------------------------
    def start(self, story: Story) -> None:
        """Put a story on the agenda."""
        self._wait_for(story, next(story, None))

    def run(self) -> None:
        """Play everything up to the end. What was to come after it has not happened yet."""
        while self._agenda and self._agenda[0][0] <= self.end:
            self.now, _count, story = heapq.heappop(self._agenda)
            try:
                self._wait_for(story, story.send(self.now))
            except StopIteration:
                pass
            except Refusal as refusal:  # somebody else came first, as in life: this story ends
                self.refused.append(refusal)

    def _wait_for(self, story: Story, when: datetime | None) -> None:
        if when is not None:
            self._count += 1
            heapq.heappush(self._agenda, (max(when, self.now), self._count, story))  # time never runs back

    # --- the clock ------------------------------------------------------------------------------------------
    def calendar(self, unit: Unit) -> WorkCalendar:
        """The working days of a unit."""
        if unit.pk not in self._calendars:
            self._calendars[unit.pk] = calendar_of(unit)
        return self._calendars[unit.pk]

    def later(self, now: datetime, unit: Unit, least: int, most: int | None = None) -> datetime:
        """A moment of work in the unit, ``least`` to ``most`` working days after ``now``."""
        days = self.rng.randint(least, least if most is None else most)
        today = timezone.localdate(now)
        day = self.calendar(unit).shift(today, days)
        if day > today:
            return self.moment(day)
        moment = now + timedelta(minutes=self.rng.randint(10, 90))
        if timezone.localtime(moment, DENMARK).hour < TO_HOUR:
            return moment
        return self.moment(self.calendar(unit).shift(today, 1))

    def moment(self, day: date, hour: int | None = None) -> datetime:
        """A moment on a day, within working hours."""
        hour = self.rng.randrange(FROM_HOUR, TO_HOUR) if hour is None else hour
        return datetime.combine(day, time(hour, self.rng.randrange(60)), tzinfo=DENMARK)

    def ago(self, days: int, unit: Unit, hour: int | None = None) -> datetime:
        """A moment so many working days before the end."""
        return self.moment(self.calendar(unit).shift(timezone.localdate(self.end), -days), hour)

    def day(self, now: datetime, unit: Unit, days: int) -> date:
        """The day so many working days from ``now``."""
        return self.calendar(unit).shift(timezone.localdate(now), days)

    # --- the dice -------------------------------------------------------------------------------------------
    def chance(self, share: float) -> bool:
        """Whether something that happens this often happens now."""
        return self.rng.random() < share

    def pick(self, weights: dict[Choice, float]) -> Choice:
        """Draw by weight."""
        return self.rng.choices(list(weights), list(weights.values()))[0]

    # --- people, units and words ----------------------------------------------------------------------------
    def somebody(self, unit: Unit, *, but: Sequence[int] = ()) -> User | None:
        """Somebody of the unit who is no leader, other than ``but`` and those whose parts are all written."""
        spared = {*self.spared, *but}
        members = Membership.objects.live().filter(unit=unit).exclude(user_id__in=spared).select_related("user")
        people = [member.user for member in members.order_by("pk") if member.role == Role.PROFESSIONAL]
        return self.rng.choice(people) if people else None

    def leader_of(self, unit: Unit, *, but: int | None = None) -> Membership:
        """The leader of a unit, or the nearest above."""
        leader = nearest_leader(unit, other_than=but)
        if leader is None:
            raise LookupError(unit.code)
        return leader

    def room_of(self, unit: Unit) -> Room | None:
        """A room of the unit, if it has one."""
        rooms = list(unit.rooms.all())
        return self.rng.choice(rooms) if rooms else None

    def term(self, vocabulary: type[TermType], code: str) -> TermType:
        """A term by its code."""
        if (vocabulary, code) not in self._terms:
            self._terms[vocabulary, code] = vocabulary.objects.get(code=code)
        return self._terms[vocabulary, code]  # type: ignore[return-value]


def open_now(case: Case) -> Case | None:
    """The case as it is at this moment; none where it has been closed."""
    case = Case.objects.select_related("holder", "holder_unit", "holder_unit__root").get(pk=case.pk)
    return case if case.is_open else None
