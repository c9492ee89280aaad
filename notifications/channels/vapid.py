"""VAPID: by which push services know that it is this Involver that pushes (RFC 8292)."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

_GOOD_FOR = timedelta(hours=12)  # a push service takes 24 at most


def public_key() -> str:
    """Give the key that browsers subscribe with, in base64url; push must be offered here."""
    point = _private_key(_raw()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def authorization(endpoint: str, *, now: datetime) -> str:
    """Make the header that goes with a push to this endpoint; good for every one of the same service, for 12 hours.

    Raises ``VapidException`` for an endpoint of which no service can be told.
    """
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _GOOD_FOR).timestamp()),
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    # Not strict: whether a sender's address without a dot is good is for the push service to say.
    headers: dict[str, str] = Vapid02(_private_key(_raw()), conf={"no-strict": True}).sign(claims)
    return headers["Authorization"]


def _raw() -> bytes:
    key: bytes | None = settings.VAPID_PRIVATE_KEY
    if key is None:
        raise RuntimeError("push is not offered here")
    return key


@cache
def _private_key(raw: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())
