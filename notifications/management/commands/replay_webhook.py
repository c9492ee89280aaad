"""`manage.py replay_webhook`: tell another system anew of what it has missed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coordination.errors import Refusal
from notifications.commands.webhooks import replay_events
from notifications.models import Webhook


class Command(BaseCommand):
    """Put a webhook's events on their way again; they go out with the next round."""

    help = (
        "Tells a webhook of the events after an id that have not reached it: those that were discarded, and those of "
        "the time in which it was stopped. With --all of those that have reached it too, under the ids they had then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which webhook, and from where on."""
        parser.add_argument("webhook", type=int, help="its number, as in the address of its page")
        parser.add_argument("--since", type=int, required=True, metavar="EVENT_ID", help="0: from the beginning")
        parser.add_argument("--all", action="store_true", help="also what has reached it")

    def handle(self, *, webhook: int, since: int, **options: Any) -> None:
        """Say how many are on their way. Raises CommandError for a webhook that there is not, or that is stopped."""
        found = Webhook.objects.filter(pk=webhook).first()
        if found is None:
            raise CommandError(f"There is no webhook {webhook}.")
        try:
            told = replay_events(webhook=found, since=since, everything=options["all"], actor=None, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from None
        self.stdout.write(f"On their way to {found}: {told.again} again, {told.new} for the first time.")
