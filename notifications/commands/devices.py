"""Devices: browsers that people let Involver push to, added, removed, and let go of when somebody else sits there."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, lock_people
from coordination.errors import Unacceptable
from coordination.models import User
from notifications.channels.outward import AddressRefused, require_outward
from notifications.models import Device

MOST_DEVICES = 10
_LONGEST_ENDPOINT, _LONGEST_NAME = 600, 60
_POINT_BYTES, _AUTH_BYTES = 65, 16


@dataclass(frozen=True)
class DeviceDraft:
    """What a browser says of itself: its push address, its keys in base64url, and what people call it."""

    endpoint: str
    p256dh: str
    auth: str
    name: str = ""


@again_after_deadlock
def add_device(*, draft: DeviceDraft, actor: User, now: datetime) -> Device:
    """Push to this browser from now on, what concerns the actor. One that pushed to somebody else is theirs no longer.

    Raises ``Unacceptable`` for an address that is not a push service's, keys that are none, and one device too many.
    """
    _require_a_browser(draft)
    with transaction.atomic():
        lock_people([actor.pk])
        if Device.objects.filter(person=actor).exclude(endpoint=draft.endpoint).count() >= MOST_DEVICES:
            raise Unacceptable(
                _("You have %(count)s devices already. Remove one that you no longer use.") % {"count": MOST_DEVICES}
            )
        device, _is_new = Device.objects.update_or_create(
            endpoint=draft.endpoint,
            defaults={
                "person": actor,
                "p256dh": draft.p256dh,
                "auth": draft.auth,
                "name": draft.name[:_LONGEST_NAME],
                "added_at": now,
            },
        )
        return device


@again_after_deadlock
def remove_device(*, device_id: int, actor: User, now: datetime) -> bool:
    """Push no longer to one of the actor's devices; say whether it was one."""
    deleted, _which = Device.objects.filter(pk=device_id, person=actor).delete()
    return bool(deleted)


@again_after_deadlock
def leave_device(*, device_id: int, actor: User, now: datetime) -> bool:
    """Push no longer to this browser what concerns anybody but the actor, who sits there now; say whether it did."""
    deleted, _which = Device.objects.filter(pk=device_id).exclude(person=actor).delete()
    return bool(deleted)


def _require_a_browser(draft: DeviceDraft) -> None:
    try:
        require_outward(draft.endpoint)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(draft.p256dh, _POINT_BYTES))
        _decode(draft.auth, _AUTH_BYTES)
    except (AddressRefused, ValueError) as error:
        raise Unacceptable(_("This browser cannot be pushed to.")) from error
    if len(draft.endpoint) > _LONGEST_ENDPOINT:
        raise Unacceptable(_("This browser cannot be pushed to."))


def _decode(text: str, length: int) -> bytes:
    """Read base64url, with or without its padding. Raises ``ValueError`` unless it holds so many bytes."""
    try:
        decoded = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if len(decoded) != length:
        raise ValueError("too short or too long")
    return decoded
