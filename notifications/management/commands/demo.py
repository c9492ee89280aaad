"""`manage.py demo`: fill an empty database with something to look at."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coordination.demo.making import is_empty, make_demo
from coordination.demo.people import PASSWORD, SIGN_INS
from coordination.models import User
from notifications.telling import read_what_is_old, tell_at


class Command(BaseCommand):
    """Make the demonstration, once."""

    help = "Fill an empty database with real units, made-up people and months of cases; say who to sign in as."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --cases."""
        parser.add_argument("--cases", type=int, default=120, metavar="N", help="about how many cases (120)")

    def handle(self, *, cases: int, **options: Any) -> None:
        """Make it where there is nothing yet. Raises CommandError where there is something else."""
        with translation.override(settings.LANGUAGE_CODE):
            if is_empty():
                now = timezone.now()
                made = make_demo(cases=cases, now=now, tell=tell_at)
                read_what_is_old(now)
                self.stdout.write(
                    _("Made up: %(units)d units, %(people)d people, %(cases)d cases, of which %(open)d are open.")
                    % {"units": made.units, "people": made.people, "cases": made.cases, "open": made.open_cases}
                )
            elif User.objects.filter(username__in=[one.username for one in SIGN_INS]).count() == len(SIGN_INS):
                self.stdout.write(_("The demonstration is there already; nothing has been changed."))
            else:
                raise CommandError(
                    _("There is something in this database already. The demonstration needs an empty one.")
                )
            self.stdout.write(_("Sign in as one of these, with the password %(password)s:") % {"password": PASSWORD})
            for one in SIGN_INS:
                self.stdout.write(f"  {one.username:<8}{one.name:<14}{one.note}")
