"""A municipality with as many answers, cases and moves as a test of figures wants, put beside all commands."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from coordination.models import (
    Case,
    CaseOutcome,
    CaseState,
    Deadline,
    DeadlineKind,
    FigureRow,
    FigureRowKind,
    Holding,
    HoldingReason,
    Involvement,
    InvolvementForm,
    InvolvementKind,
    Landing,
    MissingKnowledge,
    Population,
    Settlement,
    Theme,
    Transition,
    TransitionState,
    TransitionTemplate,
    Unit,
    User,
)
from tests.builders import COPENHAGEN, World, term

# The third quarter of 2026 is the one that the tests are about; the world was built in its middle.
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
AFTERWARDS = datetime(2026, 10, 1, 3, 0, tzinfo=COPENHAGEN)

_codes = (
    f"{first}{second}{third}{fourth}-FIGS"
    for first, second, third, fourth in itertools.product("23456789ABCDEFGHJKMNPQRSTVWXYZ", repeat=4)
)


def at(day: date, hour: int = 12) -> datetime:
    """A time on a Danish day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=COPENHAGEN)


def cases(world: World, unit: Unit, count: int, *, holder: User | None = None, opened_on: date = FIRST) -> list[Case]:
    """Open so many cases that the unit holds."""
    holder = holder or world.maja
    theme, opened_at = term(Theme, "trivsel"), at(opened_on)
    made = Case.objects.bulk_create(
        Case(
            code=next(_codes),
            theme=theme,
            opened_by=holder,
            opened_unit=unit,
            opened_at=opened_at,
            holder=holder,
            holder_unit=unit,
            last_event_at=opened_at,
        )
        for _number in range(count)
    )
    Holding.objects.bulk_create(
        Holding(case=case, holder=holder, unit=unit, reason=HoldingReason.OPENED, began_at=opened_at) for case in made
    )
    return made


def answers(
    world: World, unit: Unit, *, in_time: int = 0, late: int = 0, on: date = date(2026, 8, 12), days: int = 1
) -> None:
    """Let a unit have answered so many asks, after so many days; those too late had been due a day before."""
    asked_on = on - timedelta(days=days)
    case = _some_closed_case(world, min(FIRST, asked_on))
    Deadline.objects.bulk_create(
        Deadline(
            kind=DeadlineKind.ANSWER_INVITATION,
            case=case,
            unit=unit,
            due_on=on if number < in_time else on - timedelta(days=1),
            opened_at=at(asked_on, 8),
            settled_at=at(on),
            settlement=Settlement.MET,
        )
        for number in range(in_time + late)
    )


def taken_back(world: World, unit: Unit, count: int, *, due_on: date, on: date) -> None:
    """Let so many asks of a unit have been taken back before it answered."""
    case = _some_closed_case(world)
    Deadline.objects.bulk_create(
        Deadline(
            kind=DeadlineKind.ANSWER_INVITATION,
            case=case,
            unit=unit,
            due_on=due_on,
            opened_at=at(due_on - timedelta(days=1)),
            settled_at=at(on),
            settlement=Settlement.LAPSED,
        )
        for _number in range(count)
    )


def open_asks(world: World, unit: Unit, count: int, *, opened_on: date, due_on: date | None = None) -> None:
    """Let a unit have been asked, and not have answered yet."""
    Deadline.objects.bulk_create(
        Deadline(
            kind=DeadlineKind.ANSWER_INVITATION,
            case=case,
            unit=unit,
            due_on=due_on or opened_on,
            opened_at=at(opened_on),
        )
        for case in cases(world, world.family, count, holder=world.frida)
    )


def involve(kind: InvolvementKind, some: Iterable[Case], *, on: date = LAST) -> None:
    """Let the child, or the parents, have been involved in some cases."""
    form = term(InvolvementForm, "talk")
    Involvement.objects.bulk_create(
        Involvement(
            case=case, kind=kind, on=on, form=form, recorded_by=case.holder, recorded_unit=case.holder_unit,
            recorded_at=at(on),
        )
        for case in some
    )  # fmt: skip


def owe(kind: DeadlineKind, some: Iterable[Case], *, since: date = FIRST) -> None:
    """Let something be owed in some cases."""
    Deadline.objects.bulk_create(
        Deadline(kind=kind, case=case, unit=case.holder_unit, due_on=LAST, opened_at=at(since)) for case in some
    )


def moves(
    world: World,
    unit: Unit,
    count: int,
    *,
    received_on: date = date(2026, 8, 12),
    due_on: date = date(2026, 8, 15),
    landing: Landing | None = None,
    missing: str = "",
    landed_on: date = LAST,
) -> None:
    """Let a unit have received so many children, and said how they landed."""
    template = TransitionTemplate.objects.first()
    assert template is not None
    begun_on = min(FIRST, received_on - timedelta(days=20))
    for case in cases(world, world.kindergarten, count, holder=world.rikke, opened_on=begun_on):
        transition = Transition.objects.create(
            case=case,
            template=template,
            from_unit=world.kindergarten,
            to_unit=unit,
            move_on=date(2026, 8, 1),
            state=TransitionState.LANDED if landing else TransitionState.RECEIVED,
            planned_by=world.rikke,
            planned_at=at(begun_on),
            handed_over_at=at(begun_on),
            received_at=at(received_on),
            landing=landing or "",
            landed_at=at(landed_on) if landing else None,
            missing=term(MissingKnowledge, missing) if missing else None,
        )
        Deadline.objects.create(
            kind=DeadlineKind.RECEIVE_TRANSITION,
            case=case,
            unit=unit,
            transition=transition,
            due_on=due_on,
            opened_at=at(begun_on),
            settled_at=at(received_on),
            settlement=Settlement.MET,
        )


def close(some: Iterable[Case], *, on: date) -> None:
    """Let some cases have been closed at noon."""
    which = Case.objects.filter(pk__in=[case.pk for case in some])
    which.update(state=CaseState.CLOSED, closed_at=at(on), outcome=term(CaseOutcome, "solved"))


def _some_closed_case(world: World, opened_on: date = FIRST) -> Case:
    """A case that counts nowhere itself."""
    [case] = cases(world, world.family, 1, holder=world.frida, opened_on=opened_on)
    close([case], on=opened_on)
    return case


def kept(unit: Unit, population: Population, kind: FigureRowKind = FigureRowKind.UNIT) -> FigureRow | None:
    """The row that was kept of a unit in the third quarter, if there is one."""
    rows = FigureRow.objects.filter(unit=unit, population=population, kind=kind, period__first_on=FIRST)
    return rows.first()


def cells_of(unit: Unit, population: Population, table: str) -> dict[str, int | str]:
    """What is shown of a unit in one table."""
    row = kept(unit, population)
    assert row is not None
    return row.outcomes(table)
