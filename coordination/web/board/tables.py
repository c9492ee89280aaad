"""Tables for spreadsheets: as Danish ones expect them, with cells that they never take for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse, StreamingHttpResponse

# What a list of moves is read from, and written as.
COLUMNS = ("code", "from", "to", "day", "kind")
_BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that what follows is UTF-8
# What a spreadsheet may take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_answer(columns: Sequence[str], records: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    """Answer with a CSV file called ``name``: semicolons, and UTF-8 with its mark; written row by row."""
    answer = StreamingHttpResponse(_written(columns, records), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer  # type: ignore[return-value]


def harmless(cell: str) -> str:
    """Put an apostrophe before what could be taken for a formula, as spreadsheets themselves do."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


def _written(columns: Sequence[str], records: Iterable[Sequence[str]]) -> Iterator[bytes]:
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
