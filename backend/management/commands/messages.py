"""`manage.py messages`: the catalogue of Danish texts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.texts import Text, find_texts, placeholders

METADATA = {
    "Language": "da",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


class Command(BaseCommand):
    """Bring the catalogue up to date with the code, and say what it lacks."""

    help = "Collect the texts of all screens into the Danish catalogue; exit 1 and name those without Danish."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="write nothing, only say what is wrong")

    def handle(self, *, check: bool, **options: Any) -> None:
        """Write the catalogue unless checking. Raises CommandError that names every fault."""
        path = Path(settings.LOCALE_PATHS[0]) / "da" / "LC_MESSAGES" / "django.po"
        texts = find_texts(settings.BASE_DIR)
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        new = build_catalogue(texts, old)
        if not check:
            new.save(str(path))
        faults = find_faults(new)
        if check:
            wanted = {(text.context, text.singular) for text in texts}
            faults += [f"no longer used: {e.msgid!r}" for e in old if (e.msgctxt, e.msgid) not in wanted]
        if faults:
            raise CommandError(f"{len(faults)} fault(s) in the Danish texts:\n" + "\n".join(faults))
        self.stdout.write(f"{len(new)} texts, all in Danish.")


def build_catalogue(texts: list[Text], old: polib.POFile) -> polib.POFile:
    """Build a catalogue of exactly these texts, with the Danish that the old one has."""
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = METADATA
    known = {(entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete}
    for text in texts:
        before = known.get((text.context, text.singular), polib.POEntry())
        entry = polib.POEntry(
            msgctxt=text.context,
            msgid=text.singular,
            tcomment=before.tcomment,
            occurrences=[(file, "") for file in text.files],
        )
        if text.plural is None:
            entry.msgstr = before.msgstr
        else:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = before.msgstr_plural or {0: before.msgstr, 1: ""}
        catalogue.append(entry)
    return catalogue


def find_faults(catalogue: polib.POFile) -> list[str]:
    """Name the texts without Danish, and those whose Danish fills in something else than the English."""
    faults = []
    for entry in catalogue:
        danish = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        expected = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
        if not all(danish):
            faults.append(f"no Danish: {entry.msgid!r} ({', '.join(file for file, _ in entry.occurrences)})")
        elif any(not placeholders(text) <= expected for text in danish) or placeholders(danish[-1]) != expected:
            faults.append(f"other placeholders in Danish: {entry.msgid!r}")
    return faults
