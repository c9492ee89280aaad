"""What the tests of imports share: files made of rows, and whole tables to compare."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import CommandError, call_command

UNIT_COLUMNS = "id,name,kind,parent,serves,continues_at"
PEOPLE_COLUMNS = "username,name,email,phone,unit,role"


def whole_database() -> dict[str, list[Any]]:
    """Read every row of the domain."""
    models = apps.get_app_config("coordination").get_models(include_auto_created=True)
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}


class Importer:
    """Writes rows to a file and imports it."""

    def __init__(self, folder: Path, command: str, columns: str) -> None:
        self.path, self.command, self.columns = folder / f"{command}.csv", command, columns

    def write(self, *rows: str, columns: str = "", encoding: str = "utf-8") -> None:
        """Write a file with a header."""
        self.path.write_bytes("\n".join([columns or self.columns, *rows, ""]).encode(encoding))

    def run(self, **how: Any) -> str:
        """Import the file that was written; give what the command says."""
        out = StringIO()
        call_command(self.command, str(self.path), stdout=out, **how)
        return out.getvalue()

    def __call__(self, *rows: str, columns: str = "", **how: Any) -> str:
        """Write and import."""
        self.write(*rows, columns=columns)
        return self.run(**how)

    def refused(self, *rows: str, columns: str = "", **how: Any) -> str:
        """Write and import what is refused; give what is wrong, after seeing that nothing was written."""
        before = whole_database()
        try:
            said = self(*rows, columns=columns, **how)
        except CommandError as error:
            assert whole_database() == before
            return str(error)
        raise AssertionError(f"not refused: {said}")
