"""The chain in bytes: how a row of a log and a link are written down to be hashed, and how a head is signed.

Pure. What is written here stays as it is for ever: a row that has been linked is reckoned in the same way in ten years.
A new column comes with a new form, beside this one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from coordination.models import LogLink

FORM = "involver-log-1"
START = bytes(32)
FIELDS: Mapping[str, tuple[str, ...]] = {
    "event": ("id", "kind", "at", "actor_id", "case_id", "unit_id", "person_id", "subject", "subject_id", "data"),
    "access": ("id", "case_id", "viewer_id", "at", "reference_id", "reason_id"),
}


@dataclass(frozen=True)
class Head:
    """Where the chain stood at a moment: everything up to ``position`` is held fast by ``chain``, in hexadecimal.

    ``counts``: the links of each log up to there. ``day``: the Danish day, ``linked_at``: when the last one was made.
    """

    position: int
    chain: str
    day: str
    linked_at: str
    counts: dict[str, int]


def digest_of(log: str, row: Mapping[str, Any]) -> bytes:
    """Reckon SHA-256 of a row of a log, given by the names of its columns."""
    return hashlib.sha256(_written([FORM, log, [row[field] for field in FIELDS[log]]])).digest()


def chain_after(before: bytes, link: LogLink) -> bytes:
    """Reckon the chain after one more link; ``before`` is the chain up to it, ``START`` for the first."""
    fields = [link.position, link.log, link.row_id, link.case_number, bytes(link.digest).hex(), link.linked_at]
    return hashlib.sha256(bytes(before) + _written([FORM, *fields])).digest()


def sign_head(head: Head, key: bytes | None) -> str:
    """Write a head as one line of JSON; with a key of 32 bytes signed by Ed25519, and with the public key beside."""
    fields: dict[str, Any] = {"form": FORM, **vars(head)}
    if key is not None:
        private = Ed25519PrivateKey.from_private_bytes(key)
        signature = private.sign(_written(fields))
        fields = {**fields, "public_key": public_key_of(key), "signature": base64.b64encode(signature).decode()}
    return json.dumps(fields, sort_keys=True)


def public_key_of(key: bytes) -> str:
    """Give the public key that belongs to a signing key, in base64."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()).decode()


def parse_head(line: str) -> tuple[Head, str | None]:
    """Read what ``sign_head`` has written, and its signature if there is one. Raises ValueError for anything else."""
    try:
        fields = json.loads(line)
        signature = fields.pop("signature", None)
        fields.pop("public_key", None)
        if fields.pop("form") != FORM:
            raise ValueError(line)
        head = Head(**{**fields, "position": int(fields["position"])})
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(line) from error
    return head, signature


def is_signed_by(head: Head, signature: str, public_key: str) -> bool:
    """Say whether the signature of a head was made with the key that belongs to ``public_key`` (base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), _written({"form": FORM, **vars(head)}))
    except (InvalidSignature, ValueError):
        return False
    return True


def _written(value: Any) -> bytes:
    """Write down in one way only: keys in order, no spaces, ASCII, times in UTC to the microsecond."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_time).encode("ascii")


def _time(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"a log holds no {type(value).__name__}")
    return value.astimezone(UTC).isoformat(timespec="microseconds")
