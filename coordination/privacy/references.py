"""References at rest: encrypted for their row under the key of their case, and found again through a blind index.

The index is keyed: by the first of ``settings.INDEX_KEYS``, else by ``settings.INDEX_KEY``. Both are keys of their own,
beside those of ``coordination.privacy.sealing``. A reference from before cases had keys is sealed under one of those;
it stays readable until it has been sealed anew.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.errors import Unacceptable
from coordination.models import Reference, ReferenceSystem
from coordination.privacy.case_keys import open_key
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.sealing import SealBroken, decrypt, encrypt, split_key_id, unseal

MAX_NUMBER_LENGTH = 40
# Names of index keys that no operator can give: that of ``settings.INDEX_KEY``, and that of an index which is still to
# be made (a backup has none). Rows from before index keys had names have none, and mean the former.
FIRST_INDEX_KEY, NO_INDEX = "first:", "none:"
# What stands for the id of the key before a number that is encrypted under the key of its case.
_OF_THE_CASE = ""


class ReferenceLost(Exception):
    """The number cannot be opened: its key is gone, or the row was tampered with."""


def read_number(system: ReferenceSystem, typed: str) -> str:
    """Read a typed number: trimmed, in capital letters, as its system's pattern wants it.

    Raises ``Unacceptable``, which never repeats what was typed, for anything in which a CPR number may be hidden
    (whatever the pattern says) and for a number that the system does not have.
    """
    if may_hide_cpr(typed):
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


def seal_number(number: str, key: bytes, *, uid: UUID, case_code: str) -> bytes:
    """Encrypt a number for the row ``uid`` of the case, under the key of the case."""
    return f"{_OF_THE_CASE}:".encode() + encrypt(number, key, place=_place(uid, case_code))


def open_number(reference: Reference) -> str:
    """Decrypt the number of a reference whose case has been read with it. Raises ``ReferenceLost``."""
    place = _place(reference.uid, reference.case.code)
    try:
        key_id, rest = split_key_id(reference.sealed_number)
        if key_id == _OF_THE_CASE:
            return decrypt(rest, open_key(reference.case), place=place)
        return unseal(reference.sealed_number, place=place)
    except SealBroken as error:
        raise ReferenceLost(str(error)) from error


def is_under_case_key(reference: Reference) -> bool:
    """Whether the number is encrypted under the key of its case already."""
    return split_key_id(reference.sealed_number)[0] == _OF_THE_CASE


def index_keys() -> dict[str, bytes]:
    """Give the keys of the blind index by their ids, the current one first."""
    return {**settings.INDEX_KEYS, FIRST_INDEX_KEY: settings.INDEX_KEY}


def current_index_key() -> str:
    """Name the key under which an index is made today."""
    return next(iter(index_keys()))


def index_number(system: ReferenceSystem, number: str, *, key_id: str | None = None) -> bytes:
    """Make the blind index of a number: one record gives the same 32 bytes, which tell nothing without the key.

    ``key_id``: under which key; else under the current one.
    """
    bare = re.sub(r"[^0-9A-ZÆØÅ]", "", number.upper())
    key = index_keys()[current_index_key() if key_id is None else key_id]
    return hmac.new(key, f"{system.code}|{bare}".encode(), hashlib.sha256).digest()


def indexes_of(system: ReferenceSystem, number: str) -> list[bytes]:
    """Make every index that a number may have: while keys are being changed, rows stand under the old and the new."""
    return [index_number(system, number, key_id=key_id) for key_id in index_keys()]


def indexes_of_reference(reference: Reference) -> list[bytes]:
    """Give every index under which the same number may stand elsewhere; only its own where it cannot be opened."""
    try:
        return indexes_of(reference.system, open_number(reference))
    except ReferenceLost:
        return [bytes(reference.number_index)]


def _place(uid: UUID, case_code: str) -> str:
    return f"coordination.Reference.sealed_number:{case_code}:{uid}"
