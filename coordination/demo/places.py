"""What the units of the demonstration can be asked for, where they meet, and when they are closed."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.utils import timezone

from coordination.commands.units import UnitDraft, change_unit, set_offers
from coordination.models import Ask, ClosingPeriod, Room, Unit

OFFERS: dict[str, tuple[str, ...]] = {
    "PPR": ("sparring", "meeting", "observe", "joint_plan", "guidance"),
    "SPL": ("sparring", "meeting", "observe", "guidance"),
    "FAM": ("sparring", "meeting", "joint_plan", "take_over"),
    "TAND": ("sparring", "meeting"),
    "UU": ("sparring", "meeting", "joint_plan", "take_over"),
    "LC": ("sparring", "guidance", "joint_plan"),
    "UNGS": ("sparring", "meeting", "joint_plan"),
    "SKOLE": ("sparring", "meeting"),
    "BOERN": ("sparring", "meeting"),
}
OFFERS_BY_KIND: dict[str, tuple[str, ...]] = {
    "skole": ("meeting", "joint_plan", "receive"),
    "specialskole": ("sparring", "meeting", "observe", "receive"),
    "dagtilbud": ("meeting", "joint_plan"),
    "boernehus": ("meeting", "joint_plan", "receive"),
    "vuggestue": ("meeting", "joint_plan", "receive"),
    "dagpleje": ("meeting", "joint_plan", "receive"),
}
ROOMS: dict[str, tuple[str, ...]] = {
    "SK-HOR": ("Biblioteket", "Mødelokale 2"),
    "PPR": ("Samtalerum 1", "Samtalerum 2", "Stort mødelokale"),
    "FAM": ("Mødelokale Gudenåen", "Mødelokale Fjorden"),
    "SPL": ("Konsultationen",),
    "BH-LIN": ("Personalestuen",),
    "BS": ("Mødelokale A",),
}
SCHOOL_MEETING_ROOM = "Mødelokalet"


def furnish(units: dict[str, Unit], *, now: datetime, rng: random.Random) -> None:
    """Give the units their offers, phones (of a range that no Danish number begins with), rooms and closing days."""
    asks = {ask.code: ask for ask in Ask.objects.all()}
    for code, unit in units.items():
        offers = OFFERS.get(code) or OFFERS_BY_KIND.get(unit.kind.code, ())
        if offers:
            set_offers(unit=unit, offers=[asks[ask] for ask in offers], actor=None, now=now)  # type: ignore[misc]
        draft = UnitDraft(code=code, name=unit.name, kind=unit.kind, parent=unit.parent, phone=fictional_phone(rng))
        change_unit(unit=unit, draft=draft, actor=None, now=now)
        rooms = ROOMS.get(code) or ((SCHOOL_MEETING_ROOM,) if unit.kind.code == "skole" else ())
        for name in rooms:
            Room.objects.create(unit=unit, name=name)
    today = timezone.localdate(now)
    for year in (today.year, today.year + 1):
        for first_on, last_on in (summer_of(year), autumn_of(year)):
            ClosingPeriod.objects.create(unit=units["SKOLE"], first_on=first_on, last_on=last_on)


def fictional_phone(rng: random.Random) -> str:
    """Draw a number: none in Denmark begins with 09."""
    digits = f"09{rng.randrange(10**6):06d}"
    return " ".join(digits[place : place + 2] for place in range(0, 8, 2))


def summer_of(year: int) -> tuple[date, date]:
    """The schools' summer: six weeks from the last Monday of June (28 June to 8 August in 2027)."""
    last_of_june = date(year, 6, 30)
    monday = last_of_june - timedelta(days=last_of_june.weekday())
    return monday, monday + timedelta(days=41)


def autumn_of(year: int) -> tuple[date, date]:
    """The schools' autumn holiday: week 42."""
    return date.fromisocalendar(year, 42, 1), date.fromisocalendar(year, 42, 7)
