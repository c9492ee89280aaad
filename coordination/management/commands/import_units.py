"""`manage.py import_units`: the municipality's units from a CSV file."""

from __future__ import annotations

from coordination.imports.commands import ImportCommand
from coordination.imports.units import import_units


class Command(ImportCommand):
    """Read the file and hand it to the import."""

    help = "Bring the units of a municipality to what a CSV file says: all of it or nothing."
    bring_in = staticmethod(import_units)
    switches = {"close_missing": "close the units that the file lacks"}
