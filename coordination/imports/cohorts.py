"""Cohorts from a file: a year's moves, checked row by row, with all that is wrong named at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from coordination.commands.cohorts import CohortRow
from coordination.commands.transitions import MoveDraft
from coordination.errors import Refusal
from coordination.imports.tables import Fault, Refused, Row, Table, read_table, require
from coordination.models import Case, TransitionKind, Unit
from coordination.queries.visibility import cases_led, cases_taken_part_in
from coordination.rules.actors import Actor
from coordination.rules.codes import tidy_code

REQUIRED = ("code", "from", "to", "day", "kind")
MOST_ROWS = 500
_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y")
# The columns in which a refusal of a command is at home.
_COLUMNS = {"from_unit": "from", "to_unit": "to", "move_on": "day", "kind": "kind"}


def read_cohort(data: bytes, *, file_name: str, actor: Actor) -> list[CohortRow]:
    """Read the moves of a file: a case by its code, units by their codes, a day and a kind; ``to`` may be empty.

    Raises ``Refused`` with everything that is wrong, by row and column. Whether each move can be planned, the command
    says.
    """
    table = read_table(data, required=REQUIRED)
    rows: list[CohortRow] = []
    if len(table.rows) > MOST_ROWS:
        table.fault(_("There are more than %(most)d moves. Please share them out.") % {"most": MOST_ROWS})
    else:
        reader = _Reader(table, actor)
        rows = [found for row in table.rows if (found := reader.read(row)) is not None]
    if table.faults:
        raise Refused(file_name, table.faults)
    return rows


def as_file(lines: Iterable[Iterable[str]]) -> bytes:
    """Write moves as the file that ``read_cohort`` reads. No cell holds a semicolon: they are codes and days."""
    return "\n".join(";".join(cells) for cells in (REQUIRED, *lines)).encode()


def cells_of(row: CohortRow) -> tuple[str, str, str, str, str]:
    """Write one move as the cells of a row."""
    draft = row.draft
    to_code = draft.to_unit.code if draft.to_unit else ""
    return (row.case.code, draft.from_unit.code, to_code, draft.move_on.isoformat(), draft.kind.code)


def refused_by_row(file_name: str, refusals: dict[int, Refusal]) -> Refused:
    """Say what the command has refused in the words of a file: by row, and by column where it has one."""
    faults = [
        Fault(str(refusal.message), number, _COLUMNS.get(refusal.field or "", "code"))
        for number, refusal in refusals.items()
    ]
    return Refused(file_name, faults)


@dataclass(frozen=True)
class _Place:
    """A move of a case from a unit on a day, which can stand in a file once."""

    case_id: int
    unit_id: int
    day: date


class _Reader:
    """Reads rows: what they can name is fetched once, three queries for all of them."""

    def __init__(self, table: Table, actor: Actor) -> None:
        self.table = table
        codes = {code for row in table.rows if (code := tidy_code(row["code"]))}
        mine = Q(pk__in=cases_led(actor).values("pk")) | Q(pk__in=cases_taken_part_in(actor).values("pk"))
        cases = Case.objects.filter(mine, code__in=codes).select_related("holder_unit")
        self.cases = {case.code: case for case in cases}
        roots = {case.holder_unit.root_id_or_self for case in self.cases.values()}
        units = Unit.objects.open().filter(Q(root_id__in=roots) | Q(pk__in=roots))
        self.units = {(unit.root_id_or_self, unit.code.casefold()): unit for unit in units}
        self.kinds: dict[str, TransitionKind] = {}
        for kind in TransitionKind.objects.filter(is_retired=False):
            for word in (kind.label_en, kind.label_da, kind.code):  # where two say the same, the code decides
                self.kinds[word.casefold()] = kind  # type: ignore[assignment]
        self.seen: dict[_Place, int] = {}

    def read(self, row: Row) -> CohortRow | None:
        """Read one row; None where anything is wrong with it, which then stands in the table's faults."""
        faults = len(self.table.faults)
        case, day, kind = self._case(row), self._day(row), self._kind(row)
        from_unit = self._unit(row, "from", case) if require(self.table, row, "from", longest=20) else None
        to_unit = self._unit(row, "to", case) if row["to"] else None
        if case is None or day is None or kind is None or from_unit is None or len(self.table.faults) > faults:
            return None
        place = _Place(case.pk, from_unit.pk, day)
        if place in self.seen:
            self.table.fault(_("stands in row %(row)d already") % {"row": self.seen[place]}, row, "code")
            return None
        self.seen[place] = row.number
        return CohortRow(row.number, case, MoveDraft(kind, from_unit, to_unit, day))

    def _case(self, row: Row) -> Case | None:
        if not require(self.table, row, "code", longest=20):
            return None
        case = self.cases.get(tidy_code(row["code"]) or "")
        if case is None:
            self.table.fault(_("No open case of your units has this code."), row, "code")
        return case

    def _unit(self, row: Row, column: str, case: Case | None) -> Unit | None:
        if case is None:
            return None
        unit = self.units.get((case.holder_unit.root_id_or_self, row[column].casefold()))
        if unit is None:
            self.table.fault(_("No open unit has this code."), row, column)
        return unit

    def _day(self, row: Row) -> date | None:
        if not require(self.table, row, "day", longest=20):
            return None
        for pattern in _DAYS:
            try:
                return datetime.strptime(row["day"], pattern).date()  # noqa: DTZ007 -- a day has no time zone
            except ValueError:
                continue
        self.table.fault(_("Write the day like 31-12-2026."), row, "day")
        return None

    def _kind(self, row: Row) -> TransitionKind | None:
        if not require(self.table, row, "kind", longest=80):
            return None
        kind = self.kinds.get(row["kind"].casefold())
        if kind is None:
            known = ", ".join(sorted({kind.code for kind in self.kinds.values()}))
            self.table.fault(_("There is no such kind of move. There are: %(known)s") % {"known": known}, row, "kind")
        return kind
