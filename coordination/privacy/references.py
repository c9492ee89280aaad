"""References at rest: encrypted with AES-256-GCM, and found again through a keyed blind index.

``settings.REFERENCE_KEYS`` maps key ids to 32 bytes, the first being the current one; ``settings.INDEX_KEY`` is a key
of its own. The row that a number belongs to is bound into the encryption, so that swapped rows do not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from coordination.errors import Unacceptable
from coordination.models import Reference, ReferenceSystem
from coordination.privacy.cpr import looks_like_cpr

_NONCE_BYTES = 12
MAX_NUMBER_LENGTH = 40


class ReferenceLost(Exception):
    """The number cannot be opened: its key is gone, or the row was tampered with."""


def read_number(system: ReferenceSystem, typed: str) -> str:
    """Read a typed number: trimmed, in capital letters, as its system's pattern wants it.

    Raises ``Unacceptable``, which never repeats what was typed, for anything that looks like a CPR number (whatever
    the pattern says) and for a number that the system does not have.
    """
    if looks_like_cpr(typed):
        raise Unacceptable(
            _("This looks like a CPR number. Write the number of the record in the journal system instead."),
            field="number",
        )
    number = " ".join(typed.split()).upper()
    if len(number) > MAX_NUMBER_LENGTH or not re.fullmatch(system.pattern, number, re.IGNORECASE):
        raise Unacceptable(
            _("A number in %(system)s looks like %(example)s.") % {"system": system.label, "example": system.example},
            field="number",
        )
    return number


def seal_number(number: str, *, uid: UUID, case_code: str) -> bytes:
    """Encrypt a number for the row ``uid`` of the case, under the current key."""
    key_id, key = next(iter(settings.REFERENCE_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, number.encode(), _row(uid, case_code))
    return key_id.encode() + b":" + nonce + sealed


def open_number(reference: Reference) -> str:
    """Decrypt the number of a reference whose case has been read with it. Raises ``ReferenceLost``."""
    key_id, sealed = split_key_id(reference)
    key = settings.REFERENCE_KEYS.get(key_id)
    if key is None:
        raise ReferenceLost(f"no key {key_id!r}")
    try:
        number = AESGCM(key).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _row(reference.uid, reference.case.code)
        )
    except InvalidTag as error:
        raise ReferenceLost("the row does not open") from error
    return number.decode()


def split_key_id(reference: Reference) -> tuple[str, bytes]:
    """Split what is stored into the id of its key and the rest."""
    key_id, _colon, sealed = bytes(reference.sealed_number).partition(b":")
    return key_id.decode(), sealed


def index_number(system: ReferenceSystem, number: str) -> bytes:
    """Make the blind index of a number: one record gives the same 32 bytes, which tell nothing without the key."""
    bare = re.sub(r"[^0-9A-ZÆØÅ]", "", number.upper())
    return hmac.new(settings.INDEX_KEY, f"{system.code}|{bare}".encode(), hashlib.sha256).digest()


def _row(uid: UUID, case_code: str) -> bytes:
    return f"coordination.Reference.sealed_number:{case_code}:{uid}".encode()
