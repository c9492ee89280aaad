"""What spreadsheets, as they are used in Denmark, expect of a file; and cells that they never take for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

CONTENT_TYPE = "text/csv; charset=utf-8"
_BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that what follows is UTF-8
# What a spreadsheet may take for the beginning of a formula, and what it passes over before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PASSED_OVER = " \u00a0"


def csv_lines(columns: Sequence[str], records: Iterable[Sequence[int | str]]) -> Iterator[bytes]:
    """Write a CSV file row by row: semicolons, and UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    text.write(_BYTE_ORDER_MARK)
    writer.writerow(columns)
    for record in records:
        writer.writerow([harmless(cell) for cell in record])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def harmless(cell: int | str) -> int | str:
    """Put an apostrophe before what could be taken for a formula, as spreadsheets themselves do."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(_PASSED_OVER).startswith(_FORMULA) else cell
