"""Secrets from the environment, from files it names, or made once for the embedded database."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
LONGEST_ID = 40  # each row that has an index names its key


def read_variable(name: str) -> str | None:
    """Read NAME, or the file that NAME_FILE names (first, and without the line end that editors add).

    Raises ImproperlyConfigured for a file that cannot be read.
    """
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return os.environ.get(name) or None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


def read_secret(name: str, make: Callable[[], str], kept_in: Path | None) -> str:
    """Read a secret from the environment; without one, make it once and keep it in the folder `kept_in`.

    Raises ImproperlyConfigured when nothing is set and there is no folder to keep it in: a secret that
    changes with every start would make what it has encrypted unreadable.
    """
    value = read_variable(name)
    if value is not None:
        return value
    if kept_in is None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE: with a database server no secret is made up.")
    return _read_or_make(kept_in / name.lower(), make)


def _read_or_make(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written beside and then linked: two processes starting at once agree on one whole secret.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def make_key() -> str:
    """Make a random key of 32 bytes, written in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def make_reference_keys() -> str:
    """Make the first list of reference keys: one key, called 1."""
    return f"1:{make_key()}"


def parse_key(name: str, text: str) -> bytes:
    """Turn base64 into a key. Raises ImproperlyConfigured unless it holds exactly 32 bytes."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(f"{name} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must hold {KEY_BYTES} bytes, not {len(key)}.")
    return key


def parse_vapid_key(text: str) -> bytes:
    """Turn base64, or what web push tools write, into a private key. Raises ImproperlyConfigured as ``parse_key``."""
    return parse_key("VAPID_PRIVATE_KEY", text.translate(str.maketrans("-_", "+/")).rstrip("=") + "=")


def parse_reference_keys(text: str) -> dict[str, bytes]:
    """Turn "id:base64,id:base64" into keys by id; the first is the current one.

    Raises ImproperlyConfigured.
    """
    return _parse_keys("REFERENCE_KEYS", text)


def parse_index_keys(text: str) -> dict[str, bytes]:
    """Turn the same into index keys; nothing gives none. Raises ImproperlyConfigured."""
    keys = _parse_keys("INDEX_KEYS", text) if text else {}
    if any(len(name) > LONGEST_ID for name in keys):
        raise ImproperlyConfigured(f"An id in INDEX_KEYS may have {LONGEST_ID} characters.")
    return keys


def _parse_keys(setting: str, text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for entry in text.split(","):
        name, colon, value = entry.strip().partition(":")
        if not name or not colon:
            raise ImproperlyConfigured(f'{setting} must be written as "id:base64,id:base64".')
        if name in keys:
            raise ImproperlyConfigured(f"{setting} names the key {name} twice.")
        keys[name] = parse_key(setting, value)
    return keys
