"""Keys: the secrets of webhooks sealed anew under the current key, so that an old one can be taken away."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db import transaction

from coordination.commands.changing import again_after_deadlock
from coordination.privacy.sealing import SealBroken, split_key_id
from notifications.channels.signing import open_secret, seal_secret
from notifications.models import Webhook

_COLUMNS = ("sealed_secret", "sealed_previous_secret")


@again_after_deadlock
def reseal_secrets() -> int:
    """Seal anew every secret that is under another key than the current one; say how many.

    Those that do not open are passed over and stay as they are.
    """
    with transaction.atomic():
        webhooks = Webhook.objects.select_for_update(no_key=True).order_by("pk")
        return sum(_reseal(webhook, column) for webhook in webhooks for column in _COLUMNS)


def count_left() -> dict[str, int]:
    """Count the secrets that are not under the current key, by the id of the key they are under."""
    webhooks = Webhook.objects.only(*_COLUMNS)
    left = (_other_key(webhook, column) for webhook in webhooks for column in _COLUMNS)
    return dict(Counter(key_id for key_id in left if key_id))


def _reseal(webhook: Webhook, column: str) -> bool:
    if not _other_key(webhook, column):
        return False
    try:
        secret = open_secret(webhook, column)
    except SealBroken:
        return False
    setattr(webhook, column, seal_secret(secret, webhook, column))
    webhook.save(update_fields=[column])
    return True


def _other_key(webhook: Webhook, column: str) -> str:
    """Name the key that a column is sealed under; nothing where it is empty, or under the current one."""
    sealed = getattr(webhook, column)
    key_id = split_key_id(sealed)[0] if sealed is not None else ""
    return "" if key_id == next(iter(settings.REFERENCE_KEYS)) else key_id
