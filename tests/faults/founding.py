"""Fills the database of the environment: tables, what comes with them, units and people."""

from __future__ import annotations

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    from tests.builders import build_world

    build_world()
