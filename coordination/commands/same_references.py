"""The same child, twice: whoever types the reference of an open case learns that it exists, and that is noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from coordination.errors import MovedOn, Unacceptable
from coordination.models import Case, ReferenceMet, User
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.access import Part

# Hardly anybody meets a second child a day whom others work with already. Whoever meets ten is typing numbers to learn
# which of them are known here, and that a case exists is sensitive by itself.
MOST_MET = 10
WITHIN = timedelta(hours=24)


class SameReference(MovedOn):
    """An open case has this reference already. ``case`` is given only to somebody who takes part in it."""

    def __init__(self, met: Case, *, actor: User, now: datetime) -> None:
        super().__init__(_("An open case has this reference already. You can ask to join it."), field="number")
        takes_part = part_in(actor_of(actor, now), met) >= Part.PARTNER
        self.case = met if takes_part else None
        self.noted = None if takes_part else met


class TooManyMet(Unacceptable):
    """Somebody has met so many cases of others by their references that no reference is looked for any more."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Within a day you have typed the references of %(count)s open cases of others. Until tomorrow no"
                " more references are looked for. You can open the case without a reference, and add it later."
            )
            % {"count": MOST_MET},
            field="number",
        )


@contextmanager
def noting_who_met(*, actor: User, now: datetime) -> Iterator[None]:
    """Note that the actor met a case of others, once what they tried to do has been undone.

    It stands around everything that begins a transaction in which that can happen. What is noted within a transaction
    that is undone, too, whoever began that one notes.
    """
    try:
        yield
    except SameReference as same:
        if same.noted is not None:
            ReferenceMet.objects.create(person=actor, case=same.noted, at=now)
        raise
    except TooManyMet:
        ReferenceMet.objects.create(person=actor, case=None, at=now)
        raise


def require_few_met(*, actor: User, now: datetime) -> None:
    """Refuse to look for any reference, known here or not, for somebody who has met ``MOST_MET`` cases of others.

    Meeting one case again tells nothing new, and does not count.
    """
    met = ReferenceMet.objects.filter(person=actor, at__gt=now - WITHIN, case__isnull=False)
    if met.order_by().values("case").distinct().count() >= MOST_MET:
        raise TooManyMet
