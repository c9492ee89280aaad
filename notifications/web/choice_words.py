"""What somebody's choices mean, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from notifications.models import Channel, Pace, Preference, Weekday

_MIDNIGHT = time(0)


def choice_words(preference: Preference, channels: Iterable[Channel]) -> list[str]:
    """Say how and when a person is told over each of ``channels``, which are set up for them; last what is urgent."""
    paces = {channel: _pace(preference, channel) for channel in channels}
    said = [_("Here in Involver you see everything at once.")]
    said += [
        _("%(channel)s: %(pace)s") % {"channel": capfirst(channel.label), "pace": _pace_words(preference, pace)}
        for channel, pace in paces.items()
    ]
    if any(pace in (Pace.DAILY, Pace.WEEKLY) for pace in paces.values()):
        said.append(_("What is urgent and for you to do comes before the rest, but never while it is quiet."))
        calls = _(
            "Calls to meetings, and changes of meetings, never wait for the rest. "
            "But they never come while it is quiet."
        )
        said.append(calls)
    return said


def _pace(preference: Preference, channel: Channel) -> Pace:
    return Pace(preference.push_pace if channel == Channel.PUSH else preference.email_pace)


def _pace_words(preference: Preference, pace: Pace) -> str:
    words = {"time": _clock(preference.digest_at), "weekday": Weekday(preference.digest_weekday).label}
    if pace == Pace.NEVER:
        return _("nothing.")
    if pace == Pace.DAILY:
        return _("all together, on working days at %(time)s.") % words
    if pace == Pace.WEEKLY:
        return _("all together, once a week: %(weekday)s at %(time)s.") % words
    return _at_once_words(preference)


def _at_once_words(preference: Preference) -> str:
    begins, ends = preference.quiet_from, preference.quiet_until
    words = {
        "days": _("on working days") if preference.quiet_days_off else _("every day"),
        "from": _clock(begins),
        "until": _clock(ends),
    }
    if begins == ends:
        return _("at once, %(days)s at any hour.") % words
    if begins < ends and begins != _MIDNIGHT:
        said = _("at once %(days)s before %(from)s and after %(until)s.") % words
    elif begins < ends:
        said = _("at once %(days)s after %(until)s.") % words
    elif ends == _MIDNIGHT:
        said = _("at once %(days)s before %(from)s.") % words
    else:
        said = _("at once %(days)s between %(until)s and %(from)s.") % words
    return f"{said} {_('What comes at another time waits until then.')}"


def _clock(value: time) -> str:
    return time_format(value, pgettext("time format", "H:i"))
