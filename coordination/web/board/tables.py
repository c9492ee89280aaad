"""The board's moves as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse, StreamingHttpResponse

from coordination.web.spreadsheets import CONTENT_TYPE, csv_lines

# What a list of moves is read from, and written as.
COLUMNS = ("code", "from", "to", "day", "kind")


def csv_answer(columns: Sequence[str], records: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    """Answer with a CSV file called ``name``, written row by row."""
    answer = StreamingHttpResponse(csv_lines(columns, records), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer  # type: ignore[return-value]
