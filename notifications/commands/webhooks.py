"""Webhooks: added, changed, given another secret, stopped, started again, and told anew what they have missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock
from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import Unit, User
from notifications.channels.outward import AddressRefused, require_outward
from notifications.channels.signing import make_secret, open_secret, seal_secret
from notifications.models import Channel, Message, MessageState, Webhook
from notifications.planning.systems import events_for

# For so long a secret that has been replaced still signs: time for the other side to change, over a weekend too.
PREVIOUS_SECRET_LASTS = timedelta(days=7)
_BATCH = 500


@dataclass(frozen=True)
class Told:
    """What a replay has put on its way: messages sent ``again``, and ``new`` ones that had never been made."""

    again: int
    new: int


@again_after_deadlock
def add_webhook(*, name: str, unit: Unit, url: str, actor: User, now: datetime) -> tuple[Webhook, str]:
    """Tell another system of what happens in a unit and below it from now on; give its secret, for this once.

    Raises ``Unacceptable`` for an address that Involver does not speak to.
    """
    _require_administrator(actor)
    _require_address(url)
    secret = make_secret()
    with transaction.atomic():
        if Webhook.objects.filter(unit=unit, url=url).exists():
            raise MovedOn(_("This address is told of this unit already."), field="url")
        webhook = Webhook(name=name, unit=unit, url=url, made_at=now)
        webhook.sealed_secret = seal_secret(secret, webhook)
        webhook.save()
    return webhook, secret


@again_after_deadlock
def change_webhook(*, webhook: Webhook, name: str, url: str, actor: User, now: datetime) -> Webhook:
    """Give a webhook another name or address. What waits goes to the new one, at once.

    Raises ``Unacceptable`` for an address that Involver does not speak to.
    """
    _require_administrator(actor)
    _require_address(url)
    with transaction.atomic():
        webhook = _locked(webhook)
        if Webhook.objects.filter(unit=webhook.unit, url=url).exclude(pk=webhook.pk).exists():
            raise MovedOn(_("This address is told of this unit already."), field="url")
        if url != webhook.url:
            _begin_anew(webhook, now)
        webhook.name, webhook.url = name, url
        webhook.save()
    return webhook


@again_after_deadlock
def rotate_secret(*, webhook: Webhook, actor: User, now: datetime) -> str:
    """Give a webhook another secret, and give it back, for this once. The one of before signs too for seven days.

    Raises ``SealBroken`` where the one of before cannot be opened any more.
    """
    _require_administrator(actor)
    secret = make_secret()
    with transaction.atomic():
        webhook = _locked(webhook)
        before = open_secret(webhook)
        webhook.sealed_previous_secret = seal_secret(before, webhook, "sealed_previous_secret")
        webhook.previous_secret_until = now + PREVIOUS_SECRET_LASTS
        webhook.sealed_secret = seal_secret(secret, webhook)
        webhook.save()
    return secret


@again_after_deadlock
def stop_webhook(*, webhook: Webhook, actor: User, now: datetime) -> Webhook:
    """Tell a system nothing more; what waits for it is not sent."""
    _require_administrator(actor)
    with transaction.atomic():
        webhook = _locked(webhook)
        if not webhook.is_active:
            raise MovedOn(_("It has been stopped already."))
        webhook.is_active = False
        webhook.save()
    return webhook


@again_after_deadlock
def start_webhook(*, webhook: Webhook, actor: User, now: datetime) -> Webhook:
    """Tell a system again of what happens from now on. What it has missed, ``replay_events`` tells it."""
    _require_administrator(actor)
    with transaction.atomic():
        webhook = _locked(webhook)
        if webhook.is_active:
            raise MovedOn(_("It is active already."))
        webhook.is_active = True
        _begin_anew(webhook, now)
        webhook.save()
    return webhook


@again_after_deadlock
def replay_events(*, webhook: Webhook, since: int, everything: bool, actor: User | None, now: datetime) -> Told:
    """Tell a webhook of the events after the id ``since`` that it has missed; with ``everything`` of all of them.

    Whatever was discarded is tried again, under the id that it had. It reaches back to the day on which the webhook was
    added and no further. ``actor`` is None for the command line. Raises ``MovedOn`` for one that has been stopped.
    """
    if actor is not None:
        _require_administrator(actor)
    with transaction.atomic():
        webhook = _locked(webhook)
        if not webhook.is_active:
            raise MovedOn(_("It has been stopped already."))
        _begin_anew(webhook, now)
        webhook.save()
        events = events_for(webhook).filter(pk__gt=since)
        ends = [MessageState.DISCARDED, MessageState.UNWANTED, *([MessageState.SENT] if everything else [])]
        ended = Message.objects.filter(webhook=webhook, event__in=events, state__in=ends)
        again = ended.update(
            state=MessageState.WAITING, settled_at=None, claim=None, attempts=0, failure="", due_at=now, next_at=now
        )
        missing = events.exclude(messages__webhook=webhook).order_by("pk").values_list("pk", flat=True)
        made = Message.objects.bulk_create(
            [
                Message(event_id=pk, webhook=webhook, channel=Channel.WEBHOOK, made_at=now, due_at=now, next_at=now)
                for pk in missing.iterator(chunk_size=_BATCH)
            ],
            batch_size=_BATCH,
            ignore_conflicts=True,
        )
    return Told(again=again, new=len(made))


def _begin_anew(webhook: Webhook, now: datetime) -> None:
    """Forget that it did not answer, so that it is tried at once."""
    webhook.failures, webhook.failure, webhook.paused_until = 0, "", None
    waiting = Message.objects.filter(webhook=webhook, state=MessageState.WAITING, claim=None, next_at__gt=now)
    waiting.update(next_at=now)


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=webhook.pk)


def _require_administrator(actor: User) -> None:
    if not (actor.is_active and actor.is_staff):
        raise Forbidden(_("This is for somebody else to do."))


def _require_address(url: str) -> None:
    try:
        require_outward(url)
    except AddressRefused as error:
        raise Unacceptable(
            _("Involver speaks to public addresses over https only. Others have to be named in OUTWARD_ALLOWED_HOSTS."),
            field="url",
        ) from error
