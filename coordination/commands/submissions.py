"""Submissions: the same form sent twice is carried out once, and answered the same twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from coordination.commands.changing import again_after_deadlock
from coordination.commands.same_references import noting_who_met
from coordination.models import Submission, User


@again_after_deadlock
def carry_out_once(*, key: UUID, actor: User, now: datetime, act: Callable[[], str]) -> str:
    """Call ``act`` unless the actor has sent ``key`` before; give the address that it led to, then as now.

    ``act`` runs in the same transaction: where it refuses, the key has not been used.
    """
    with noting_who_met(actor=actor, now=now), transaction.atomic():
        submission, is_new = Submission.objects.get_or_create(
            person=actor, key=key, defaults={"location": "", "made_at": now}
        )
        if is_new:
            submission.location = act()
            submission.save(update_fields=["location"])
        return submission.location
