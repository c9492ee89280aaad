"""What the database itself refuses of messages and choices, whatever the code does: every constraint, by a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from coordination.models import Event, EventKind, StepTaken
from notifications.models import Channel, Device, Feed, Message, MessageState, Preference, Receiver, Webhook
from tests.builders import World, day, on
from tests.notifications.making import due
from tests.promises.constraints_of_moves import again, change
from tests.promises.no_ask_dies_in_silence.what_is_owed import unanswered_invitation
from tests.promises.test_constraints import constraints, is_named

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
    "webhook_once_per_unit": (lambda w: again(a_webhook(w), uid=uuid4()),),
}


def a_device(world: World) -> Device:
    """A browser of Maja's."""
    return Device.objects.create(
        person=world.maja, endpoint="https://push.example/1", p256dh="-", auth="-", added_at=on(0)
    )


def a_feed(world: World) -> Feed:
    """Maja's feed."""
    return Feed.objects.create(person=world.maja, token_hash="-", made_at=on(0))


# What stands there only once, in all rows: what reaches a person, a browser or another system by one key alone.
ONLY_ONCE: dict[str, Write] = {
    "device.endpoint": lambda w: again(a_device(w), person=w.anna),
    "feed.person": lambda w: again(a_feed(w), token_hash="another"),
    "feed.token_hash": lambda w: again(a_feed(w), person=w.anna),
    "message.uid": lambda w: again(due(w.maja), person=w.anna),
    "preference.person": lambda w: again(Preference.objects.create(person=w.maja)),
    "webhook.uid": lambda w: again(a_webhook(w), url="https://another.example/"),
}


def test_every_constraint_is_tried() -> None:
    assert set(REFUSED) == set(constraints("notifications"))


def test_every_column_that_is_unique_is_tried() -> None:
    columns = {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_app_config("notifications").get_models()
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    }
    assert set(ONLY_ONCE) == columns


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(world: World, name: str) -> None:
    for write in REFUSED[name]:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            write(world)
        assert is_named(name, str(refused.value)), str(refused.value)


@pytest.mark.parametrize("name", ONLY_ONCE)
def test_what_is_unique_is_there_once(world: World, name: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ONLY_ONCE[name](world)
    model, column = name.split(".")
    field = apps.get_model("notifications", model)._meta.get_field(column)
    assert f"notifications_{model}" in str(refused.value)
    assert str(getattr(field, "column", "")) in str(refused.value)


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
