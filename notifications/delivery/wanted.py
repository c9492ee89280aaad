"""Whether messages are still wanted when their turn comes: asked again just before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from coordination.models import Deadline, DeadlineKind, Event, Membership, StepTaken
from notifications.models import Audience, Channel, Message, MessageState
from notifications.planning.asks import Waiting, asks_that_wait, deadline_of, is_ask, waits
from notifications.planning.choices import Choices
from notifications.planning.people import told_by


@dataclass
class Verdict:
    """The ids of messages that nobody needs any more, and when others may be sent that are due in somebody's quiet.

    ``steps`` and ``events`` hold the ids of those of which somebody else is to be told by now.
    """

    unwanted: set[int] = field(default_factory=set)
    later: dict[int, datetime] = field(default_factory=dict)
    steps: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)


def judge(messages: Iterable[Message], *, now: datetime) -> Verdict:
    """Find the messages that are no longer wanted, or not now.

    What has been settled or moved meanwhile, an earlier step of a deadline where a later one tells the same person,
    what is for somebody else to do by now, and what goes to somebody who has left or no longer wants this channel. What
    has passed to somebody else is owed to them instead.
    """
    messages = list(messages)
    choices = Choices(message.person_id for message in messages if message.person_id)
    steps = [message for message in messages if message.step is not None]
    overtaken, moved = _overtaken(steps), _moved(steps)
    waiting = asks_that_wait([message.event for message in messages if message.event and is_ask(message)])
    left, verdict = [], Verdict()
    for message in messages:
        is_over = message.pk in overtaken or _is_settled(message, waiting) or _is_moved(message, moved)
        if is_over or not _can_be_told(message, choices):
            verdict.unwanted.add(message.pk)
        else:
            left.append(message)
    whose = _Whose(left, waiting, now)
    for message in left:
        if not whose.is_theirs(message):
            verdict.unwanted.add(message.pk)
            verdict.steps |= {message.step_id} if message.step_id else set()
            verdict.events |= {message.event_id} if message.event_id else set()
        elif later := _quiet_until(message, choices, now):
            verdict.later[message.pk] = later
    return verdict


def _can_be_told(message: Message, choices: Choices) -> bool:
    if message.webhook is not None:
        return message.webhook.is_active
    person = message.person
    return person is not None and person.is_active and Channel(message.channel) in choices.channels(person.pk)


def _quiet_until(message: Message, choices: Choices, now: datetime) -> datetime | None:
    if message.person_id is None:
        return None
    is_digest = message.digest_on is not None
    return choices.quiet_until(message.person_id, Channel(message.channel), now=now, is_digest=is_digest)


def _is_settled(message: Message, waiting: Waiting) -> bool:
    if message.step is not None:
        return not message.step.deadline.is_open
    return message.event is not None and is_ask(message) and not waits(message, message.event, waiting)


def _overtaken(messages: list[Message]) -> set[int]:
    """Several late steps of one deadline become one message: the last of those that tell the same person."""
    if not messages:
        return set()
    rows = Message.objects.filter(
        step__deadline_id__in={message.step.deadline_id for message in messages if message.step},
        person_id__in={message.person_id for message in messages},
    ).exclude(state__in=(MessageState.UNWANTED, MessageState.DISCARDED))
    newest: dict[tuple[int, int | None, str], int] = {}
    for deadline_id, person_id, channel, step_id in rows.values_list(
        "step__deadline_id", "person_id", "channel", "step_id"
    ):
        key = (deadline_id, person_id, channel)
        newest[key] = max(newest.get(key, 0), step_id)
    return {
        message.pk
        for message in messages
        if message.step
        and message.step.pk < newest.get((message.step.deadline_id, message.person_id, message.channel), 0)
    }


def _moved(messages: list[Message]) -> set[int]:
    """Find the deadlines that have been given another day since their last step: what was late is so no longer."""
    deadlines = {message.step.deadline_id: message.step.deadline for message in messages if message.step}
    if not deadlines:
        return set()
    last = StepTaken.objects.filter(deadline_id__in=deadlines).values("deadline_id").annotate(day=Max("planned_on"))
    days: dict[int, date] = {row["deadline_id"]: row["day"] for row in last}
    return {pk for pk, deadline in deadlines.items() if deadline.steps_until and deadline.steps_until > days[pk]}


def _is_moved(message: Message, moved: set[int]) -> bool:
    step = message.step
    if step is None:
        return False
    deadline = step.deadline
    # A next step is put off by whatever happens in its case, be it on the very day of the step.
    put_off = deadline.kind == DeadlineKind.NEXT_STEP and deadline.case.last_event_at > step.taken_at
    return put_off or deadline.pk in moved


class _Whose:
    """Whose to do, or to know, it is what messages say, as things are now."""

    def __init__(self, messages: list[Message], waiting: Waiting, now: datetime) -> None:
        """Read what most messages need; only for the others is it worked out anew whom their causes tell."""
        self._waiting = waiting
        of_units = [(message.person_id, owed.unit_id) for message in messages if (owed := self._owed_by_unit(message))]
        people, units = {person_id or 0 for person_id, _unit in of_units}, {unit_id for _person, unit_id in of_units}
        members = Membership.objects.live().filter(user_id__in=people, unit_id__in=units)
        self._members: set[tuple[int | None, int]] = set(members.values_list("user_id", "unit_id")) if units else set()
        others = (message for message in messages if not self._owes(message))
        causes = list({cause for message in others if (cause := _cause(message)) is not None})
        told = told_by(causes, today=timezone.localdate(now)) if causes else []
        self._told = dict(zip(causes, told, strict=True))

    def is_theirs(self, message: Message) -> bool:
        """Say whether the message's reader is still one of those who are told."""
        cause = _cause(message)
        if cause is None or self._owes(message):
            return True
        audience = self._told[cause].get(message.person_id or 0)
        return audience is not None if isinstance(cause, StepTaken) else audience == Audience.OWNER

    def _owes(self, message: Message) -> bool:
        owed = self._owed(message) if message.audience == Audience.OWNER else None
        if owed is None:
            return False
        if owed.owner_id is not None:
            return owed.owner_id == message.person_id
        return (message.person_id, owed.unit_id) in self._members

    def _owed(self, message: Message) -> Deadline | None:
        if message.step is not None:
            return message.step.deadline
        return deadline_of(message.event, self._waiting) if message.event is not None and is_ask(message) else None

    def _owed_by_unit(self, message: Message) -> Deadline | None:
        owed = self._owed(message)
        return owed if owed is not None and owed.owner_id is None else None


def _cause(message: Message) -> StepTaken | Event | None:
    """Give what a message is told of where that can be for somebody else by now: news stays theirs."""
    if message.step is not None:
        return message.step
    return message.event if is_ask(message) else None
