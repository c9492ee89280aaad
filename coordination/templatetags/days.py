"""Days and times in templates, as people say them; the exact one stands beside it for machines and doubters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.rules import day_words as words

register = template.Library()


@register.filter
def day_words(value: date | None, today: Any = None) -> str:
    """Say when: ``{{ day|day_words:today }}`` gives "today", "on Thursday", "3 days ago". Times are Danish days."""
    return _say(words.day_words, value, today)


@register.filter
def due_words(value: date | None, today: Any = None) -> str:
    """Say by when, after "by": ``{{ day|due_words:today }}`` gives "today", "Thursday", "Thursday 17 September"."""
    return _say(words.due_words, value, today)


@register.filter
def whole_day(value: date | None) -> str:
    """Say a day so that it can be read at any time: "Thursday 17 September 2026"."""
    return words.whole_day(_day(value)) if value is not None else ""


@register.filter
def clock_words(value: datetime | None) -> str:
    """Say the Danish time of day: "14:30" (in Danish "14.30")."""
    if value is None:
        return ""
    return date_format(timezone.localtime(value), pgettext("time format", "H:i"))


@register.filter
def moment_words(value: datetime | None, today: Any = None) -> str:
    """Say the day and the time of day: "tomorrow at 14:30"."""
    if value is None:
        return ""
    return _("%(day)s at %(time)s") % {"day": day_words(value, today), "time": clock_words(value)}


@register.simple_tag(takes_context=True)
def day_time(context: Context, value: date | None, form: str = "day") -> str:
    """Mark a day up: ``{% day_time day %}``; ``{% day_time day "due" %}`` after "by"; "moment" adds the time."""
    if value is None:
        return ""
    today = context.get("today")
    if form == "moment" and isinstance(value, datetime):
        said = moment_words(value, today)
    else:
        said = due_words(value, today) if form == "due" else day_words(value, today)
    return _marked_up(value, said)


def _marked_up(value: date, said: str) -> SafeString:
    exact = timezone.localtime(value).isoformat("T", "minutes") if isinstance(value, datetime) else value.isoformat()
    return format_html('<time datetime="{}" title="{}">{}</time>', exact, words.whole_day(_day(value)), said)


def _say(how: Callable[[date, date], str], value: date | None, today: Any) -> str:
    # An include with "only" has no ``today``: then it is the day on which the page is drawn.
    said_on = today if isinstance(today, date) else timezone.localdate()
    return how(_day(value), _day(said_on)) if value is not None else ""


def _day(value: date) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value
