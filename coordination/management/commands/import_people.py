"""`manage.py import_people`: the municipality's people and what they are in which units, from a CSV file."""

from __future__ import annotations

from coordination.imports.commands import ImportCommand
from coordination.imports.people import import_people


class Command(ImportCommand):
    """Read the file and hand it to the import."""

    help = "Bring the people of a municipality to what a CSV file says: all of it or nothing. Nobody is deleted."
    bring_in = staticmethod(import_people)
    switches = {"complete": "deactivate everybody of the municipality whom the file lacks"}
