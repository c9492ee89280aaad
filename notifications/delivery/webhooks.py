"""What a webhook's answers mean for the webhook itself: left alone while it is down, let go of when it is gone."""

from __future__ import annotations

import logging
from datetime import datetime

from notifications.channels.outcomes import Outcome, Tried
from notifications.channels.webhook import GONE
from notifications.delivery.claims import LONGEST_PAUSE, pause_before
from notifications.models import Webhook

logger = logging.getLogger(__name__)


def take_note(webhook: Webhook, tried: Tried, *, now: datetime) -> None:
    """Note how a webhook has answered. One that does not is left alone, longer each time; what waits for it waits.

    Two workers at once may count one failure twice or not at all: the pause is then a little longer or shorter.
    """
    this = Webhook.objects.filter(pk=webhook.pk)
    if tried.outcome == Outcome.SENT:
        if webhook.failures or webhook.failure:
            this.update(failures=0, failure="", paused_until=None)
    elif tried.outcome == Outcome.LATER:
        # Read anew: it may have answered since its message was claimed.
        failures = (this.values_list("failures", flat=True).first() or 0) + 1
        pause = max(pause_before(failures), min(tried.pause, LONGEST_PAUSE))
        this.update(failures=failures, failure=tried.code[:40], paused_until=now + pause)
        logger.warning("Webhook %s does not take it (%s); left alone for %s.", webhook.pk, tried.code, pause)
    elif tried.outcome == Outcome.NEVER:
        this.update(failures=0, failure=tried.code[:40], paused_until=None)
        logger.error("Webhook %s has refused an event for good (%s).", webhook.pk, tried.code)
        if tried.code == GONE:
            this.update(is_active=False)
            logger.error("Webhook %s is gone, and has been deactivated.", webhook.pk)
