"""Sealing: text encrypted with AES-256-GCM for the one place where it is stored.

``settings.REFERENCE_KEYS`` maps key ids to 32 bytes: the first one seals, all of them open. The place is bound into the
encryption, so that what is moved to another row or column does not open there.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


class SealBroken(Exception):
    """What was sealed cannot be opened: its key is gone, or it was tampered with or moved."""


def seal(text: str, *, place: str) -> bytes:
    """Seal a text for a place, under the current key."""
    key_id, key = next(iter(settings.REFERENCE_KEYS.items()))
    return f"{key_id}:".encode() + encrypt(text, key, place=place)


def unseal(sealed: bytes | memoryview, *, place: str) -> str:
    """Open what was sealed for a place. Raises ``SealBroken``."""
    key_id, rest = split_key_id(sealed)
    key = settings.REFERENCE_KEYS.get(key_id)
    if key is None:
        raise SealBroken(f"no key {key_id!r}")
    return decrypt(rest, key, place=place)


def encrypt(text: str, key: bytes, *, place: str) -> bytes:
    """Encrypt a text for a place under a key."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())


def decrypt(encrypted: bytes, key: bytes, *, place: str) -> str:
    """Decrypt what was encrypted for a place. Raises ``SealBroken``."""
    try:
        return AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("it does not open") from error


def split_key_id(sealed: bytes | memoryview) -> tuple[str, bytes]:
    """Split what is stored into the id of its key and the rest."""
    key_id, _colon, rest = bytes(sealed).partition(b":")
    return key_id.decode(), rest
