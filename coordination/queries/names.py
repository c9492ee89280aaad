"""Finding by name, the same on every database: SQLite by itself does not know that Å and å are one letter."""

from __future__ import annotations

from django.db.models import Q

MOST_WORDS = 5


def has_words(words: str, *fields: str) -> Q:
    """Build the condition that each of the words stands in one of the fields, however it is spelled."""
    condition = Q()
    # PostgreSQL refuses a text with NUL in it; no name has one.
    for word in words.replace("\0", "").split()[:MOST_WORDS]:
        found = Q()
        for spelled in {word, word.lower(), word.upper(), word.capitalize()}:
            for field in fields:
                found |= Q(**{f"{field}__icontains": spelled})
        condition &= found
    return condition
