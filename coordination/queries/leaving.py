"""Where a child could leave from, and on which kinds of moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import QuerySet

from coordination.models import Case, Transition, TransitionKind, Unit
from coordination.rules.actors import Actor


@dataclass(frozen=True)
class Leaving:
    """What a plan begins with. ``units``: those that the child can leave, the likeliest first. ``after``: a day."""

    case: Case
    follows: Transition | None
    units: list[Unit]
    kinds: list[TransitionKind]
    after: date

    def fitting(self, unit: Unit) -> list[TransitionKind]:
        """Give the kinds of moves that children of such a unit make."""
        return [kind for kind in self.kinds if unit.kind_id in {each.pk for each in kind.from_kinds.all()}]

    @property
    def next_kind(self) -> TransitionKind | None:
        """The kind of move that usually goes on from the one that is followed."""
        wanted = self.follows.template.kind.next_kind_id if self.follows is not None else None
        return next((kind for kind in self.kinds if kind.pk == wanted), None)


def read_leaving(case: Case, actor: Actor, *, follows: Transition | None) -> Leaving:
    """Read the units that take part, and the kinds of moves there are. Three queries."""
    goes_on = follows.to_unit_id if follows is not None else None
    partners = case.partnerships.live().values_list("unit_id", flat=True)
    ids = {case.holder_unit_id, case.opened_unit_id, *partners, *([goes_on] if goes_on else [])}
    units = list(Unit.objects.open().filter(pk__in=ids).select_related("kind"))
    units.sort(key=lambda unit: (unit.pk != goes_on, unit.pk not in actor.units, unit.pk != case.holder_unit_id))
    kinds = cast("QuerySet[TransitionKind]", TransitionKind.objects.current()).prefetch_related("from_kinds")
    return Leaving(case, follows, units, list(kinds), after=follows.move_on if follows is not None else actor.today)
