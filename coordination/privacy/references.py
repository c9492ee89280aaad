"""References at rest: sealed for their row and their case, and found again through a keyed blind index.

``settings.INDEX_KEY`` is a key of its own, beside those of ``coordination.privacy.sealing``.
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
from coordination.privacy import sealing
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.sealing import SealBroken, seal, unseal

MAX_NUMBER_LENGTH = 40


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


def seal_number(number: str, *, uid: UUID, case_code: str) -> bytes:
    """Encrypt a number for the row ``uid`` of the case, under the current key."""
    return seal(number, place=_place(uid, case_code))


def open_number(reference: Reference) -> str:
    """Decrypt the number of a reference whose case has been read with it. Raises ``ReferenceLost``."""
    try:
        return unseal(reference.sealed_number, place=_place(reference.uid, reference.case.code))
    except SealBroken as error:
        raise ReferenceLost(str(error)) from error


def split_key_id(reference: Reference) -> tuple[str, bytes]:
    """Split what is stored into the id of its key and the rest."""
    return sealing.split_key_id(reference.sealed_number)


def index_number(system: ReferenceSystem, number: str) -> bytes:
    """Make the blind index of a number: one record gives the same 32 bytes, which tell nothing without the key."""
    bare = re.sub(r"[^0-9A-ZÆØÅ]", "", number.upper())
    return hmac.new(settings.INDEX_KEY, f"{system.code}|{bare}".encode(), hashlib.sha256).digest()


def _place(uid: UUID, case_code: str) -> str:
    return f"coordination.Reference.sealed_number:{case_code}:{uid}"
