"""Browsers as a push service knows them: each has a key of its own, and reads only what was encrypted for it."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from coordination.models import User
from notifications.commands.devices import DeviceDraft, add_device
from notifications.models import Device
from tests.builders import on


@dataclass
class Browser:
    """A browser that has subscribed at an address of a push service."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def said(self) -> dict[str, str]:
        """What the browser says of itself."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": in_base64(point), "auth": in_base64(self.secret)}

    def read(self, body: bytes) -> dict[str, Any]:
        """Decrypt a push."""
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        shown: dict[str, Any] = json.loads(plain)
        return shown


def in_base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def has_browser(person: User, endpoint: str, name: str = "Firefox, Windows") -> tuple[Device, Browser]:
    """Somebody has push switched on in a browser."""
    browser = Browser(endpoint)
    return add_device(draft=DeviceDraft(**browser.said, name=name), actor=person, now=on(-1)), browser
