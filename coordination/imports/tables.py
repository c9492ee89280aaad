"""Tables: what a spreadsheet saved as CSV, read with patience and refused with everything that is wrong at once."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.privacy.cpr import looks_like_cpr

MOST_SHOWN = 100
# UTF-8 that has been read as Windows-1252 somewhere on its way: Ã¸ for ø.
_TWICE_ENCODED = re.compile(
    "[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u017d\u017e\u0178\u0192\u02c6\u02dc\u2013-\u203a€™]"
)
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which row (as a spreadsheet counts, the header being row 1) and column."""

    message: str
    row: int | None = None
    column: str | None = None


class Refused(Exception):
    """A file that cannot be imported, with everything that is wrong in it. Nothing has been written."""

    def __init__(self, file_name: str, faults: Collection[Fault]) -> None:
        super().__init__(file_name)
        self.file_name = file_name
        self.faults = sorted(faults, key=lambda fault: (fault.row or 0, fault.column or ""))

    def __str__(self) -> str:
        shown = [self._sentence(fault) for fault in self.faults[:MOST_SHOWN]]
        more = len(self.faults) - len(shown)
        if more:
            shown.append(ngettext("… and %(count)d more.", "… and %(count)d more.", more) % {"count": more})
        return "\n".join(shown)

    def _sentence(self, fault: Fault) -> str:
        place = [self.file_name]
        if fault.row is not None:
            place.append(_("row %(row)d") % {"row": fault.row})
        if fault.column is not None:
            place.append(_("column %(column)s") % {"column": fault.column})
        return f"{', '.join(place)}: {fault.message}"


@dataclass(frozen=True)
class Row:
    """The cells of one row by column, tidied; ``number`` is the row's number in the spreadsheet."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Table:
    """The rows of a file, and what is wrong with it so far."""

    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, message: str, row: Row | int | None = None, column: str | None = None) -> None:
        """Note that something is wrong, and go on reading."""
        self.faults.append(Fault(message, row.number if isinstance(row, Row) else row, column))

    def is_faulty(self, row: Row, column: str) -> bool:
        """Whether something is already known to be wrong with a cell."""
        return any(fault.row == row.number and fault.column == column for fault in self.faults)


def read_table(data: bytes, *, required: Collection[str], optional: Collection[str] = ()) -> Table:
    """Read a CSV file: UTF-8 or Windows-1252, comma or semicolon. Other columns than those named are passed over.

    What is wrong stands in the table's faults; the rows are those that could be read nevertheless.
    """
    table = Table()
    text = _decode(data, table)
    if text is None:
        return table
    records = _records(text, table)
    header = next(records, None)
    if header is None:
        if not table.faults:
            table.fault(_("The file is empty."))
        return table
    _read_header(header, table, required)
    if table.faults:
        return table
    wanted = {*required, *optional}
    for number, cells in enumerate(records, start=2):
        _read_row(number, cells, table, wanted)
    if not table.rows and not table.faults:
        table.fault(_("There is nothing below the header."))
    return table


def require(table: Table, row: Row, column: str, *, longest: int) -> bool:
    """Note a cell that is empty or too long; say whether it is neither."""
    if not row[column]:
        if not table.is_faulty(row, column):
            table.fault(_("is empty"), row, column)
        return False
    return fits(table, row, column, longest=longest)


def fits(table: Table, row: Row, column: str, *, longest: int) -> bool:
    """Note a cell that is too long; say whether it is not."""
    if len(row[column]) > longest:
        table.fault(_("is longer than %(longest)d characters") % {"longest": longest}, row, column)
        return False
    return True


def listed(words: Iterable[str]) -> str:
    """Put words into one line; a dash where there are none."""
    return ", ".join(words) or "–"


def _decode(data: bytes, table: Table) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        table.fault(_("The file is UTF-16. Save it as “CSV UTF-8” instead."))
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and _TWICE_ENCODED.search(text):
            break  # UTF-8 with a broken character in it: guessing on would spoil every Danish letter
        return text
    table.fault(_("The file is neither UTF-8 nor Windows-1252. Save it as “CSV UTF-8”."))
    return None


def _records(text: str, table: Table) -> Iterator[list[str]]:
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for record in reader:
            yield record
            number += 1
    except csv.Error:
        table.fault(_("The quotation marks do not match, or a line break is damaged."), number)


def _read_header(header: list[str], table: Table, required: Collection[str]) -> None:
    table.columns = [" ".join(cell.split()).casefold() for cell in header]
    for column in required:
        if column not in table.columns:
            table.fault(
                _("This column is missing. The header reads: %(header)s") % {"header": _short(header)}, 1, column
            )
    for column in sorted({column for column in table.columns if column and table.columns.count(column) > 1}):
        table.fault(_("There are two columns with this name."), 1, _short([column]))


def _read_row(number: int, cells: list[str], table: Table, wanted: Collection[str]) -> None:
    if not any(cell.strip() for cell in cells):
        return  # spreadsheets leave empty rows behind
    if any(cell.strip() for cell in cells[len(table.columns) :]):
        table.fault(_("The row has more cells than the header (%(count)d).") % {"count": len(table.columns)}, number)
        return
    if len(cells) < len(table.columns):
        table.fault(_("The row has fewer cells than the header (%(count)d).") % {"count": len(table.columns)}, number)
        return
    row = Row(number, {})
    for column, cell in zip(table.columns, cells, strict=False):
        if column in wanted:
            row.cells[column] = _tidy(cell, table, number, column)
    table.rows.append(row)


def _tidy(cell: str, table: Table, number: int, column: str) -> str:
    bad = next((letter for letter in cell.strip() if unicodedata.category(letter) in _INVISIBLE), None)
    if bad is None and "\ufffd" in cell:
        bad = "\ufffd"
    if bad is not None:
        table.fault(_("has a character that cannot be used: %(sign)s") % {"sign": f"U+{ord(bad):04X}"}, number, column)
        return ""
    if _TWICE_ENCODED.search(cell):
        table.fault(_("has letters that were damaged when the file was saved"), number, column)
        return ""
    if looks_like_cpr(cell):
        table.fault(_("looks like a CPR number"), number, column)
        return ""  # not to be repeated by any message
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _short(header: list[str]) -> str:
    line = "".join(letter if letter.isprintable() else "?" for letter in ", ".join(header))
    if looks_like_cpr(line):
        return "…"
    return line if len(line) <= 80 else f"{line[:79]}…"
