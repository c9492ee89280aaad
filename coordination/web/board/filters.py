"""What a leader wants to see of the board, as it stands in the address: codes, ids and days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from coordination.errors import Unseen
from coordination.models import Unit
from coordination.queries.board import INWARDS, LACKS, OUTWARDS, BoardFilter
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor
from coordination.web.requests import PageRequest
from coordination.web.unit_picker import as_id

ENDED = "afsluttede"


@dataclass(frozen=True)
class Address:
    """The filter of a page, and how it is written. ``unit``: the one asked for; ``after``: where the page begins."""

    wanted: BoardFilter
    unit: Unit | None = None
    after: tuple[date, int] | None = None

    def query(self, **changes: Any) -> str:
        """Write the filter with changes as it follows the path, with its question mark; the first page of it."""
        wanted = replace(self.wanted, **changes)
        parts = {
            "retning": wanted.direction,
            "dag": wanted.move_on.isoformat() if wanted.move_on else "",
            "slags": wanted.kind,
            "enhed": self.unit.pk if self.unit else "",
            "mangler": wanted.lack,
            "ogsaa": ENDED if wanted.with_ended else "",
        }
        written = urlencode({name: value for name, value in parts.items() if value})
        return f"?{written}" if written else ""

    def query_after(self, after: tuple[date, int]) -> str:
        """Write the filter, and that the page begins after a move."""
        where = urlencode({"efter": f"{after[0].isoformat()}_{after[1]}"})
        return f"{self.query()}&{where}" if self.query() else f"?{where}"


def require_leader(request: PageRequest) -> None:
    """Answer whoever leads nothing as if there were no board."""
    if not request.actor.led_paths:
        raise Unseen(_("Not found."))


def units_led(actor: Actor) -> list[Unit]:
    """List the open units that the actor leads, and all below them, by name."""
    return list(Unit.objects.open().filter(at_or_below(actor.led_paths, "path")).order_by("name", "pk"))


def read_address(request: PageRequest, given: QueryDict | None = None) -> Address:
    """Read what is asked for. What means nothing is passed over; a unit that one does not lead was never there."""
    asked = request.GET if given is None else given
    unit = None
    if asked.get("enhed"):
        unit = Unit.objects.filter(
            at_or_below(request.actor.led_paths, "path"), pk=as_id(asked.get("enhed", ""))
        ).first()
        if unit is None:
            raise Unseen(_("Not found."))
    direction, lack = asked.get("retning", ""), asked.get("mangler", "")
    return Address(
        BoardFilter(
            direction=direction if direction in (INWARDS, OUTWARDS) else "",
            unit_path=unit.place if unit else "",
            kind=asked.get("slags", "")[:40],
            move_on=as_day(asked.get("dag", "")),
            lack=lack if lack in LACKS else "",
            with_ended=asked.get("ogsaa") == ENDED,
        ),
        unit,
        _as_place(asked.get("efter", "")),
    )


def as_day(text: str) -> date | None:
    """Read a day as an address has it; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _as_place(text: str) -> tuple[date, int] | None:
    day, _dash, number = text.partition("_")
    found = as_day(day)
    return (found, as_id(number)) if found and as_id(number) else None
