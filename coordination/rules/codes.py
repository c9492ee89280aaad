"""Public codes of cases, such as ``K7M3-92QD``: short, hard to guess, and fit to be read aloud."""

from __future__ import annotations

import re
import secrets

# No vowels (no words come out), no 0 or O, no I or L, no U or V that sound alike when read in Danish with W.
_ALPHABET = "123456789BCDFGHJKMNPQRSTWXZ"
_SHAPE = re.compile(rf"[{_ALPHABET}]{{8}}")


def new_code() -> str:
    """Draw a code. It begins with a letter, so that it never looks like a number of anything."""
    first = secrets.choice(_ALPHABET[9:])
    rest = "".join(secrets.choice(_ALPHABET) for _ in range(7))
    return f"{first}{rest[:3]}-{rest[3:]}"


def tidy_code(typed: str) -> str | None:
    """Read a code as people type it: small letters, no dash, spaces. None where it cannot be one."""
    bare = re.sub(r"[\s-]", "", typed).upper()
    return f"{bare[:4]}-{bare[4:]}" if _SHAPE.fullmatch(bare) else None
