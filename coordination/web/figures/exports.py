"""Files: the figures as CSV for Danish spreadsheets, and as XLSX. What a cell says is never taken for a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple

import xlsxwriter
from django.utils.translation import gettext as _

from coordination.web.figures.rows import Record
from coordination.web.spreadsheets import csv_lines

_WIDTHS = (18, 12, 12, 40, 40, 30, 20, 12)


def headings() -> list[str]:
    """Name the columns."""
    return [
        _("Period"),
        _("From"),
        _("To"),
        _("Unit"),
        _("Figure"),
        _("What"),
        _("Count"),
        _("In all"),
    ]


def as_csv(records: Iterable[Record]) -> bytes:
    """Write a CSV file."""
    return b"".join(csv_lines(headings(), (astuple(record) for record in records)))


def as_xlsx(records: Iterable[Record]) -> bytes:
    """Write a workbook: one sheet, numbers as numbers and everything else as plain text."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Figures"))
        for column, (heading, width) in enumerate(zip(headings(), _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, bold)
        last = 0
        for last, record in enumerate(records, start=1):
            _write_row(sheet, last, astuple(record))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(_WIDTHS) - 1)
    return data.getvalue()


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: Sequence[int | str]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(row, column, cell)
        else:
            sheet.write_string(row, column, cell)
