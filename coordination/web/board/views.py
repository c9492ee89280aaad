"""Pages: the board of moves; the same as a calendar, as a list to print and as a table for spreadsheets."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from coordination.models import TransitionKind
from coordination.queries.board import (
    INWARDS,
    LACKS,
    OUTWARDS,
    Board,
    days_of_moves,
    moves_around,
    moves_by_day,
    moves_to_write,
    read_board,
)
from coordination.rules.day_words import whole_day
from coordination.web.board.filters import ENDED, Address, read_address, require_leader, units_led
from coordination.web.board.rows import LACK_WORDS, lines_of, readiness
from coordination.web.board.tables import COLUMNS, csv_answer
from coordination.web.requests import PageRequest

MOST_PRINTED = 1000


@dataclass(frozen=True)
class Link:
    """One way to look at the board. ``is_current``: it is the one shown."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Choice:
    """One choice of a select of the filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Cell:
    """A day of the calendar. ``url``: its moves on the board, where there are any."""

    day: date
    is_of_month: bool
    moves: str
    url: str


@require_safe
def show(request: PageRequest) -> HttpResponse:
    """Show the moves into and out of the units that one leads, by their day, and what they lack."""
    require_leader(request)
    address = read_address(request)
    board = read_board(request.actor, address.wanted, after=address.after)
    lines = lines_of(board.rows, request.actor)
    here = reverse("board")
    context = {
        "tabs": _tabs(address, here),
        "total": _total_words(board.total),
        "lacks": _lack_links(address, board, here),
        "all_url": f"{here}{address.query(lack='')}",
        "lines": lines,
        "has_reviews": any(line.can_review for line in lines),
        "next_url": f"{here}{address.query_after(board.next_after)}" if board.next_after else "",
        "first_url": f"{here}{address.query()}" if address.after else "",
        "query": address.query(),
        "submission": uuid4(),
        **_choices(request, address),
    }
    return render(request, "board/board.html", context)


@require_safe
def show_list(request: PageRequest) -> HttpResponse:
    """Show the moves of the filter as a list to print: codes, units, days and where they stand, and nothing else."""
    require_leader(request)
    address = read_address(request)
    board = read_board(request.actor, address.wanted, limit=MOST_PRINTED)
    context = {
        "lines": [
            (line, readiness(row.lacks, row.transition.state))
            for line, row in zip(lines_of(board.rows, request.actor), board.rows, strict=True)
        ],
        "total": _total_words(board.total),
        "says": _filter_words(address),
        "most": MOST_PRINTED if board.next_after else 0,
        "back_url": f"{reverse('board')}{address.query()}",
    }
    return render(request, "board/print.html", context)


@require_safe
def show_calendar(request: PageRequest) -> HttpResponse:
    """Show the moves of the filter in the days of a month."""
    require_leader(request)
    address = read_address(request)
    today = request.actor.today
    month = _as_month(request.GET.get("maaned", "")) or (address.wanted.move_on or today).replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    moves = moves_by_day(request.actor, address.wanted, first=weeks[0][0], last=weeks[-1][-1])
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    before, after = moves_around(request.actor, address.wanted, first=month, last=last)
    context = {
        "heading": date_format(month, pgettext("a month of a year", "F Y")),
        "weekdays": [date_format(day, "l") for day in weeks[0]],
        "weeks": [[_cell(day, month, moves.get(day, 0), address) for day in week] for week in weeks],
        "has_moves": any(moves.get(month + timedelta(days=days)) for days in range((last - month).days + 1)),
        "previous_url": _month_url(address, month - timedelta(days=1)),
        "next_url": _month_url(address, last + timedelta(days=1)),
        "before": _around(address, before),
        "after": _around(address, after),
        "board_url": f"{reverse('board')}{address.query(move_on=None)}",
        "says": _filter_words(address, with_day=False),
    }
    return render(request, "board/calendar.html", context)


@require_safe
def download(request: PageRequest) -> HttpResponse:
    """Give the moves of the filter as a file for spreadsheets."""
    require_leader(request)
    address = read_address(request)

    def records() -> Iterator[tuple[str, ...]]:
        for move in moves_to_write(request.actor, address.wanted):
            lacks = frozenset(lack for lack in LACKS if getattr(move, lack))
            yield (
                move.case.code,
                move.from_unit.code,
                move.to_unit.code if move.to_unit else "",
                move.move_on.isoformat(),
                move.template.kind.code,
                move.from_unit.name,
                move.to_unit.name if move.to_unit else "",
                move.template.kind.label,
                str(move.get_state_display()),
                readiness(lacks, move.state) if lacks else "",
            )

    columns = (*COLUMNS, _("From"), _("To"), _("Kind"), _("State"), _("Lacks"))
    return csv_answer(columns, records(), name=f"overgange-{request.actor.today.isoformat()}.csv")


def _tabs(address: Address, here: str) -> list[Link]:
    words = {"": _("All"), INWARDS: _("To us"), OUTWARDS: _("From us")}
    return [
        Link(label, f"{here}{address.query(direction=direction)}", address.wanted.direction == direction)
        for direction, label in words.items()
    ]


def _lack_links(address: Address, board: Board, here: str) -> list[Link]:
    return [
        Link(LACK_WORDS[lack](board.counts[lack]), f"{here}{address.query(lack=lack)}", address.wanted.lack == lack)
        for lack in LACKS
        if board.counts[lack] or address.wanted.lack == lack
    ]


def _choices(request: PageRequest, address: Address) -> dict[str, object]:
    wanted, unit_id = address.wanted, address.unit.pk if address.unit else 0
    days = days_of_moves(request.actor)
    if wanted.move_on is not None and wanted.move_on not in {day for day, _moves in days}:
        days.append((wanted.move_on, 0))
    return {
        "days": [Choice(day.isoformat(), f"{whole_day(day)} ({moves})", day == wanted.move_on) for day, moves in days],
        "kinds": [
            Choice(kind.code, kind.label, kind.code == wanted.kind)
            for kind in TransitionKind.objects.order_by("position")
        ],
        "units": [Choice(str(unit.pk), unit.name, unit.pk == unit_id) for unit in units_led(request.actor)],
        "direction": wanted.direction,
        "lack": wanted.lack,
        "with_ended": wanted.with_ended,
        "ended": ENDED,
    }


def _filter_words(address: Address, *, with_day: bool = True) -> str:
    """Say the filter in words, for pages that do not show its fields."""
    wanted = address.wanted
    kind = TransitionKind.objects.filter(code=wanted.kind).first() if wanted.kind else None
    words = {INWARDS: _("To us"), OUTWARDS: _("From us")}.get(wanted.direction, "")
    parts = [
        words,
        whole_day(wanted.move_on) if with_day and wanted.move_on else "",
        kind.label if kind else "",
        address.unit.name if address.unit else "",
        readiness(frozenset({wanted.lack}), "") if wanted.lack else "",
    ]
    return " · ".join(part for part in parts if part)


def _total_words(total: int) -> str:
    return ngettext("%(count)s move", "%(count)s moves", total) % {"count": total}


def _cell(day: date, month: date, moves: int, address: Address) -> Cell:
    is_of_month = day.month == month.month
    url = f"{reverse('board')}{address.query(move_on=day)}" if moves else ""
    return Cell(day, is_of_month, _total_words(moves) if moves else "", url)


def _as_month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _month_url(address: Address, day: date) -> str:
    query = address.query(move_on=None)
    return f"{reverse('board_calendar')}{query}{'&' if query else '?'}maaned={day:%Y-%m}"


def _around(address: Address, day: date | None) -> Link | None:
    return Link(whole_day(day), _month_url(address, day), is_current=False) if day else None
