"""Days as people say them: "tomorrow", "on Thursday", "3 August 2027". Pure: a day and the day it is said on."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

# So far from today a day goes without its year, even over New Year.
_NEAR = 90


def day_words(day: date, today: date) -> str:
    """Say a day as an answer to "when?": "today", "on Thursday", "3 days ago", "Thursday 17 September"."""
    days = (day - today).days
    if 1 < days < 7:
        return pgettext("a coming day", "on %(weekday)s") % {"weekday": _weekday(day)}
    return _close_by(days) or _date_words(day, days, same_year=day.year == today.year)


def due_words(day: date, today: date) -> str:
    """Say a day as it follows "by" or "at the latest": as ``day_words``, but "Thursday" for "on Thursday"."""
    days = (day - today).days
    if 1 < days < 7:
        return _weekday(day)
    return _close_by(days) or _date_words(day, days, same_year=day.year == today.year)


def whole_day(day: date) -> str:
    """Say a day with everything: "Thursday 17 September 2026"."""
    # Translators: a date format of Django's; Danish puts a full stop after the day of the month.
    return date_format(day, pgettext("date format with year", "l j F Y"))


def _close_by(days: int) -> str:
    named = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get(days, "")
    if not named and -7 < days < 0:
        return ngettext("%(count)s day ago", "%(count)s days ago", -days) % {"count": -days}
    return named


def _date_words(day: date, days: int, *, same_year: bool) -> str:
    if same_year or abs(days) <= _NEAR:
        return date_format(day, pgettext("date format", "l j F"))
    return pgettext("a day of another year", "%(day)s") % {
        "day": date_format(day, pgettext("date format of another year", "j F Y"))
    }


def _weekday(day: date) -> str:
    return date_format(day, "l")
