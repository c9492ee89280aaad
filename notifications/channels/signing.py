"""The secrets of webhooks, and the signatures made with them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from coordination.privacy.sealing import seal, unseal
from notifications.models import Webhook

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def sign(body: bytes, webhook: Webhook, *, uid: str, now: datetime) -> dict[str, str]:
    """Make the headers of a call, signed with the secret, and with the previous one for as long as it is good.

    Raises ``SealBroken``.
    """
    keys = [_key(open_secret(webhook))]
    if webhook.sealed_previous_secret and webhook.previous_secret_until and now < webhook.previous_secret_until:
        keys.append(_key(open_secret(webhook, "sealed_previous_secret")))
    timestamp = str(int(now.timestamp()))
    signed = f"{uid}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys]
    return {
        "Content-Type": "application/json",
        "webhook-id": uid,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def make_secret() -> str:
    """Make a secret in the form that the libraries of other systems take."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal_secret(secret: str, webhook: Webhook, column: str = "sealed_secret") -> bytes:
    """Seal a secret for a column of this webhook."""
    return seal(secret, place=_place(webhook, column))


def open_secret(webhook: Webhook, column: str = "sealed_secret") -> str:
    """Open what stands in a column of this webhook. Raises ``SealBroken``."""
    return unseal(getattr(webhook, column), place=_place(webhook, column))


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX))


def _place(webhook: Webhook, column: str) -> str:
    return f"notifications.Webhook.{column}:{webhook.uid}"
