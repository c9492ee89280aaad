"""What may stand in an address in the place of a code."""

from __future__ import annotations

from coordination.rules.codes import tidy_code


class CodeConverter:
    """The code of a case. What cannot be one is not found, and never asks the database: it may hold anything."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Read a code as people type it. Raises ValueError, which Django answers as not found."""
        code = tidy_code(value)
        if code is None:
            raise ValueError("not a code")
        return code

    def to_url(self, value: object) -> str:
        """Write a code as it is."""
        return str(value)
