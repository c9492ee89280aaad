"""Units from a file: checked against each other and what is there, compared, and carried out through the commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.units import UnitDraft, change_unit, close_unit, place_unit, set_relations
from coordination.errors import Refusal
from coordination.imports.differences import Change, Difference, Report, Sign
from coordination.imports.municipalities import find_root
from coordination.imports.tables import Fault, Refused, Row, Table, fits, listed, read_table, require
from coordination.models import Unit, UnitKind, User

REQUIRED = ("id", "name", "kind", "parent", "serves", "continues_at")
OPTIONAL = ("phone",)
DEEPEST = 15
_CODE = re.compile(r"[\w.-]+")
_PHONE = re.compile(r"[0-9 +()-]*")


@dataclass
class UnitLine:
    """One unit as the file has it, with the codes of those that it points to. ``phone`` None: the file says nothing."""

    row: Row
    code: str
    name: str
    kind: UnitKind | None
    parent: str
    serves: tuple[str, ...]
    continues_at: str
    phone: str | None


@dataclass
class Plan:
    """What is there and what the file wants, by code."""

    root: Unit | None
    present: dict[str, Unit] = field(default_factory=dict)
    serves: dict[str, frozenset[str]] = field(default_factory=dict)
    lines: dict[str, UnitLine] = field(default_factory=dict)
    closing: list[Unit] = field(default_factory=list)
    missing: list[Unit] = field(default_factory=list)

    def parent_of(self, code: str) -> str:
        """The code of the unit above one, as it is to be; empty above the municipality."""
        if code in self.lines:
            return self.lines[code].parent
        unit = self.present.get(code)
        return unit.parent.code if unit and unit.parent else ""

    def line_above(self, code: str) -> list[str]:
        """The codes above a unit, nearest first, as it is to be; ends where it would come round again."""
        above: list[str] = []
        while code and (code := self.parent_of(code)) and code not in above:
            above.append(code)
        return above

    def top_down(self) -> list[UnitLine]:
        """The lines of the file, each after the unit above it."""
        return sorted(self.lines.values(), key=lambda line: (len(self.line_above(line.code)), line.row.number))


def import_units(
    data: bytes,
    *,
    file_name: str,
    actor: User | None,
    now: datetime,
    root: str | None = None,
    close_missing: bool = False,
    dry_run: bool = False,
) -> Report:
    """Bring the units of one municipality to what a file says; ``dry_run`` only says what would change.

    ``root``: its code, needed for a second municipality. ``close_missing``: close the units that the file lacks.
    Raises ``Refused`` with everything that is wrong; then, and after a dry run, nothing has been written.
    """
    with transaction.atomic():
        table = read_table(data, required=REQUIRED, optional=OPTIONAL)
        plan = _plan(table, root, close_missing=close_missing) if table.rows else None
        if plan is None or table.faults:
            raise Refused(file_name, table.faults)
        report = _compare(plan)
        try:
            _carry_out(plan, report, actor=actor, now=now)
        except Refusal as refusal:
            raise Refused(file_name, [Fault(str(refusal.message))]) from refusal
        if dry_run:
            transaction.set_rollback(True)
        return report


def _plan(table: Table, root_code: str | None, *, close_missing: bool) -> Plan:
    kinds = _kinds_by_word()
    lines = [_read(table, row, kinds) for row in table.rows]
    faults = len(table.faults)
    plan = Plan(root=_find_root(table, lines, root_code))
    if len(table.faults) > faults:
        return plan  # whatever else is wrong depends on which municipality this is
    if plan.root is not None:
        units = Unit.objects.filter(path__startswith=plan.root.place).select_related("parent", "kind", "continues_at")
        for unit in units.prefetch_related("serves"):
            plan.present[unit.code] = unit
            plan.serves[unit.code] = frozenset(served.code for served in unit.serves.all())
    for line in lines:
        _add(table, plan, line)
    _check_parents(table, plan, lines)
    absent = [unit for code, unit in plan.present.items() if unit.is_open and code not in plan.lines and unit.parent]
    absent.sort(key=lambda unit: (-len(plan.line_above(unit.code)), unit.code))
    plan.closing, plan.missing = (absent, []) if close_missing else ([], absent)
    _check_pointers(table, plan)
    return plan


def _read(table: Table, row: Row, kinds: dict[str, UnitKind]) -> UnitLine:
    if require(table, row, "id", longest=20) and not _CODE.fullmatch(row["id"]):
        table.fault(_("may hold letters, digits, dots, hyphens and underscores only"), row, "id")
    require(table, row, "name", longest=120)
    fits(table, row, "phone", longest=20)
    if not _PHONE.fullmatch(row["phone"]):
        table.fault(_("is no phone number"), row, "phone")
    return UnitLine(
        row=row,
        code=row["id"],
        name=row["name"],
        kind=_find_kind(table, row, kinds),
        parent=row["parent"],
        serves=tuple(dict.fromkeys(code.strip() for code in row["serves"].split(";") if code.strip())),
        continues_at=row["continues_at"],
        phone=row["phone"] if "phone" in table.columns else None,
    )


def _kinds_by_word() -> dict[str, UnitKind]:
    kinds: dict[str, UnitKind] = {}
    for kind in UnitKind.objects.all():
        for word in (kind.label_en, kind.label_da, kind.code):  # where two say the same, the code decides
            kinds[word.casefold()] = kind  # type: ignore[assignment]
    return kinds


def _find_kind(table: Table, row: Row, kinds: dict[str, UnitKind]) -> UnitKind | None:
    if not require(table, row, "kind", longest=80):
        return None
    kind = kinds.get(row["kind"].casefold())
    if kind is None:
        known = listed(sorted({kind.label for kind in kinds.values() if not kind.is_retired}))
        words = _("“%(word)s” is no kind of unit. There are: %(known)s") % {"word": row["kind"], "known": known}
        table.fault(words, row, "kind")
    return kind


def _find_root(table: Table, lines: list[UnitLine], code: str | None) -> Unit | None:
    """Find the municipality that the file is about; None where the file brings a new one."""
    heads = {line.code for line in lines if not line.parent}
    there = set(Unit.objects.filter(parent=None).values_list("code", flat=True))
    known = heads & there
    if code is None and len(known) == 1:
        code = known.pop()
    if heads and not there:
        return None
    if code is not None and code in heads and code not in there:
        return None
    return find_root(table, code)


def _add(table: Table, plan: Plan, line: UnitLine) -> None:
    if not line.code:
        return
    same = next((code for code in [*plan.lines, *plan.present] if code.casefold() == line.code.casefold()), None)
    if same is not None and same in plan.lines:
        words = _("stands in row %(row)d already") % {"row": plan.lines[same].row.number}
        table.fault(words, line.row, "id")
        return
    if same is not None and same != line.code:
        table.fault(_("differs from %(code)s only in capital letters") % {"code": same}, line.row, "id")
    elif line.code in plan.present and not plan.present[line.code].is_open:
        table.fault(_("This unit has closed. A new unit needs a code of its own."), line.row, "id")
    plan.lines[line.code] = line


def _check_parents(table: Table, plan: Plan, lines: list[UnitLine]) -> None:
    """There is one municipality, and every other unit hangs below it without going round in a ring."""
    heads = [line for line in lines if not line.parent and not table.is_faulty(line.row, "parent")]
    head = plan.root.code if plan.root else (heads[0].code if heads else "")
    if not head:
        table.fault(_("No row is the municipality itself: exactly one row has no parent."))
    for line in lines:
        if line.code == head:
            if line.parent:
                table.fault(_("The municipality itself has no parent."), line.row, "parent")
            continue
        if not line.parent:
            if head and not table.is_faulty(line.row, "parent"):
                words = _("is empty: only the municipality itself (%(code)s) has no parent") % {"code": head}
                table.fault(words, line.row, "parent")
            continue
        above = plan.line_above(line.code)
        if line.parent == line.code or line.code in above:
            ring = (
                " → ".join([line.code, *above[: above.index(line.code)], line.code])
                if line.code in above
                else line.code
            )
            table.fault(_("The parents go round in a ring: %(ring)s") % {"ring": ring}, line.row, "parent")
        elif len(above) >= DEEPEST:
            table.fault(
                _("There are more than %(deepest)d levels above it.") % {"deepest": DEEPEST}, line.row, "parent"
            )


def _check_pointers(table: Table, plan: Plan) -> None:
    """What a unit points to is there, open, and stays."""
    closing = {unit.code for unit in plan.closing}
    for line in plan.lines.values():
        pointers = [("parent", line.parent), ("continues_at", line.continues_at)]
        pointers += [("serves", code) for code in line.serves]
        for column, code in pointers:
            if not code:
                continue
            unit = plan.present.get(code)
            if code not in plan.lines and (unit is None or not unit.is_open):
                table.fault(_("There is no unit with the code %(code)s.") % {"code": code}, line.row, column)
            elif code in closing:
                table.fault(_("%(code)s is not in the file and is to be closed.") % {"code": code}, line.row, column)
            elif code == line.code and column != "parent":
                table.fault(_("points to the unit itself"), line.row, column)


def _compare(plan: Plan) -> Report:
    report = Report()
    for line in plan.top_down():
        unit = plan.present.get(line.code)
        if unit is None:
            above = line.parent and _("below %(parent)s") % {"parent": line.parent}
            words = ", ".join(part for part in (line.name, line.kind.label if line.kind else "", above) if part)
            relations = [change for change in _changes(plan, line, None) if change.after]
            report.differences.append(Difference(Sign.NEW, line.code, words, relations))
        elif changes := _changes(plan, line, unit):
            report.differences.append(Difference(Sign.CHANGED, line.code, unit.name, changes))
    for unit in plan.closing:
        words = _("%(name)s: is closed, for it is not in the file") % {"name": unit.name}
        report.differences.append(Difference(Sign.ENDED, unit.code, words))
    for unit in plan.missing:
        words = _("%(name)s: not in the file, stays open (--close-missing closes it)") % {"name": unit.name}
        report.differences.append(Difference(Sign.MISSING, unit.code, words))
    return report


def _changes(plan: Plan, line: UnitLine, unit: Unit | None) -> list[Change]:
    """List the fields that read differently; of a new unit those that its first line does not tell."""
    found: list[tuple[str, str, str]] = []
    if unit is not None:
        found = [
            (_("name"), unit.name, line.name),
            (_("kind"), unit.kind.label, line.kind.label if line.kind else ""),
            (_("parent"), unit.parent.code if unit.parent else "", line.parent),
        ]
    phone = unit.phone if unit else ""
    goes_on = unit.continues_at.code if unit and unit.continues_at else ""
    found += [
        (_("phone"), phone, phone if line.phone is None else line.phone),
        (_("works for"), ", ".join(sorted(plan.serves.get(line.code, ()))), ", ".join(sorted(line.serves))),
        (_("older pupils go on at"), goes_on, line.continues_at),
    ]
    return [Change(label, before, after) for label, before, after in found if before != after]


def _carry_out(plan: Plan, report: Report, *, actor: User | None, now: datetime) -> None:
    touched = {difference.code for difference in report.differences if difference.sign in (Sign.NEW, Sign.CHANGED)}
    units = {code: unit.pk for code, unit in plan.present.items()}
    lines = [line for line in plan.top_down() if line.code in touched]
    for line in lines:
        draft = _draft(line, plan, units)
        if line.code in plan.present:
            change_unit(unit=plan.present[line.code], draft=draft, actor=actor, now=now)
        else:
            units[line.code] = place_unit(draft=draft, actor=actor, now=now).pk
    for line, serves, continues_at in _relations(lines, units):
        unit = Unit.objects.get(pk=units[line.code])
        set_relations(unit=unit, serves=serves, continues_at=continues_at, actor=actor, now=now)
    for closing in plan.closing:
        close_unit(unit=closing, actor=actor, now=now)


def _draft(line: UnitLine, plan: Plan, units: dict[str, int]) -> UnitDraft:
    if line.kind is None:
        raise ValueError("a line without a kind is a fault")
    present = plan.present.get(line.code)
    phone = line.phone if line.phone is not None else (present.phone if present else "")
    # Read anew: the unit above may just have been placed or moved.
    parent = Unit.objects.get(pk=units[line.parent]) if line.parent else None
    return UnitDraft(code=line.code, name=line.name, kind=line.kind, parent=parent, phone=phone)


def _relations(lines: list[UnitLine], units: dict[str, int]) -> Iterator[tuple[UnitLine, list[Unit], Unit | None]]:
    found = Unit.objects.in_bulk(units.values())
    for line in lines:
        serves = [found[units[code]] for code in line.serves]
        yield line, serves, found[units[line.continues_at]] if line.continues_at else None
