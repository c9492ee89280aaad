"""What the database itself refuses of messages and choices, whatever the code does: every constraint, by a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from coordination.models import Event, EventKind, StepTaken
from notifications.models import Channel, Message, MessageState, Preference, Receiver, Webhook
from tests.builders import World, day, on
from tests.notifications.making import due
from tests.promises.no_ask_dies_in_silence.what_is_owed import unanswered_invitation
from tests.promises.test_constraints import again, change

Cause = Callable[[World], dict[str, Any]]
Write = Callable[[World], object]


def an_event(_world: World) -> dict[str, Any]:
    """An event."""
    return {"event": Event.objects.create(kind=EventKind.PERSON_CHANGED, at=on(0))}


def a_step(world: World) -> dict[str, Any]:
    """A step of a deadline."""
    tells = dict.fromkeys(("tells_owner", "tells_asker", "tells_leader", "tells_leader_above"), False)
    deadline = unanswered_invitation(world)
    step = StepTaken.objects.create(deadline=deadline, planned_on=day(2), taken_at=on(2), **tells)
    return {"event": None, "step": step}


def a_failed_message(world: World) -> dict[str, Any]:
    """A message that did not reach anybody."""
    return {"event": None, "failed": due(world.anna)}


def a_day(_world: World) -> dict[str, Any]:
    """The day of a digest."""
    return {"event": None, "digest_on": day(0)}


def a_webhook(world: World) -> Webhook:
    """Another system."""
    return Webhook.objects.create(
        name="ESDH", unit=world.town, url="https://esdh.example/", sealed_secret=b"-", made_at=on(0)
    )


def to_a_system(world: World) -> Message:
    """A message to another system."""
    return due(None, webhook=a_webhook(world), channel=Channel.WEBHOOK)


REFUSED: dict[str, tuple[Write, ...]] = {
    "message_once_per_event": (lambda w: again(due(w.maja, **an_event(w)), uid=uuid4()),),
    "message_once_per_step": (lambda w: again(due(w.maja, **a_step(w)), uid=uuid4()),),
    "message_once_per_failed": (lambda w: again(due(w.maja, **a_failed_message(w)), uid=uuid4()),),
    "message_once_per_digest_on": (lambda w: again(due(w.maja, **a_day(w)), uid=uuid4()),),
    "message_once_per_webhook": (lambda w: again(to_a_system(w), uid=uuid4()),),
    "message_one_cause": (
        lambda w: change(due(w.maja), event=None),
        lambda w: change(due(w.maja), digest_on=day(0)),
        lambda w: change(due(w.maja), failed=due(w.maja)),
    ),
    "message_one_receiver": (
        lambda w: change(due(w.maja), person=None),
        lambda w: change(due(w.maja), webhook=a_webhook(w)),
        lambda w: change(due(w.maja), channel=Channel.WEBHOOK),
        lambda w: change(to_a_system(w), channel=Channel.EMAIL),
        lambda w: change(to_a_system(w), person=w.maja),
        lambda w: change(to_a_system(w), event=None, digest_on=day(0)),
    ),
    "message_settled_iff_settled_at": (
        lambda w: change(due(w.maja), settled_at=on(1)),
        lambda w: change(due(w.maja), state=MessageState.SENT),
        lambda w: change(due(w.maja), state=MessageState.DISCARDED),
    ),
    "preference_digest_on_a_weekday": (lambda w: Preference.objects.create(person=w.maja, digest_weekday=5),),
    "receiver_once_per_unit": (lambda w: again(Receiver.objects.create(unit=w.ppr, person=w.anna)),),
    "webhook_once_per_unit": (lambda w: again(a_webhook(w), name="Another"),),
}


def test_every_constraint_is_tried() -> None:
    found = {
        constraint.name
        for model in apps.get_app_config("notifications").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.BaseConstraint)
    }
    assert set(REFUSED) == found


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(world: World, name: str) -> None:
    for write in REFUSED[name]:
        with pytest.raises(IntegrityError), transaction.atomic():
            write(world)


@pytest.mark.parametrize("cause", [an_event, a_step, a_failed_message, a_day], ids=lambda cause: cause.__name__)
def test_a_message_has_a_second_one_only_to_somebody_else_or_over_another_channel(world: World, cause: Cause) -> None:
    fields = cause(world)
    first = due(world.maja, **fields)
    due(world.mads, **fields)
    due(world.maja, **fields, channel=Channel.PUSH)
    for state in (MessageState.SENT, MessageState.UNWANTED, MessageState.DISCARDED, MessageState.BUNDLED):
        change(first, state=state, settled_at=on(1))
        with pytest.raises(IntegrityError), transaction.atomic():
            due(world.maja, **fields)
