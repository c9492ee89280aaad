"""Choosing how one is told, and when not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, lock_people
from coordination.errors import Unacceptable
from coordination.models import User
from notifications.models import Channel, Message, MessageState, Pace, Preference, Weekday
from notifications.planning.choices import Choices

LEAST_LOUD = timedelta(hours=1)


@dataclass(frozen=True)
class PreferenceDraft:
    """What somebody chooses. Times are Danish; where both quiet times are the same, no hour is quiet."""

    email_pace: Pace
    push_pace: Pace
    quiet_from: time
    quiet_until: time
    quiet_days_off: bool
    digest_at: time
    digest_weekday: Weekday


@again_after_deadlock
def choose(*, draft: PreferenceDraft, actor: User, now: datetime) -> Preference:
    """Choose for oneself how one is told. What waits already comes when the new choice says.

    Raises ``Unacceptable`` where hardly a time would be left at which one can be told.
    """
    with transaction.atomic():
        lock_people([actor.pk])
        if _quiet(draft) > timedelta(days=1) - LEAST_LOUD:
            raise Unacceptable(_("Leave at least an hour in which you can be told."), field="quiet_until")
        preference, _is_new = Preference.objects.update_or_create(
            person=actor,
            defaults={
                "email_pace": draft.email_pace,
                "push_pace": draft.push_pace,
                "quiet_from": draft.quiet_from,
                "quiet_until": draft.quiet_until,
                "quiet_days_off": draft.quiet_days_off,
                "digest_at": draft.digest_at,
                "digest_weekday": draft.digest_weekday,
            },
        )
        for channel in (Channel.EMAIL, Channel.PUSH):
            _time_anew(actor, channel, now)
        return preference


def _quiet(draft: PreferenceDraft) -> timedelta:
    """Say for how long of each day it is quiet."""
    begins, ends = (
        timedelta(hours=clock.hour, minutes=clock.minute) for clock in (draft.quiet_from, draft.quiet_until)
    )
    return ends - begins if ends >= begins else timedelta(days=1) + ends - begins


def _time_anew(person: User, channel: Channel, now: datetime) -> None:
    """Give what waits for its time, and nobody has tried to send yet, the time that is right now.

    What was not gathered stays on its own: it was urgent, or was to come at once when it was planned.
    """
    choices = Choices([person.pk])
    waiting = Message.objects.filter(
        person=person, channel=channel, state=MessageState.WAITING, claim=None, attempts=0, next_at__gt=now
    )
    for is_gathered in (True, False):
        when = choices.when(person.pk, channel, now=now, is_urgent=not is_gathered)
        waiting.filter(is_gathered=is_gathered).update(
            due_at=when.next_at, next_at=when.next_at, is_gathered=when.is_gathered
        )
