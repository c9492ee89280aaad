"""The keys of cases: made at random, kept sealed under the current key of ``settings.REFERENCE_KEYS``."""

from __future__ import annotations

import os

from coordination.models import Case, CaseKey
from coordination.privacy.sealing import SealBroken, seal, unseal

_KEY_BYTES = 32


def new_key() -> bytes:
    """Make a key."""
    return os.urandom(_KEY_BYTES)


def wrap_key(key: bytes, *, case_code: str) -> bytes:
    """Seal the key of a case, for this case only."""
    return seal(key.hex(), place=_place(case_code))


def open_key(case: Case) -> bytes:
    """Open the key of a case. Raises ``SealBroken`` where it has none, or none that opens."""
    try:
        return bytes.fromhex(unseal(case.own_key.sealed_key, place=_place(case.code)))
    except CaseKey.DoesNotExist:
        raise SealBroken("the case has no key") from None


def _place(case_code: str) -> str:
    return f"coordination.CaseKey.sealed_key:{case_code}"
