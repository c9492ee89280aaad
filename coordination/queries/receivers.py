"""Which units could receive a child: where children of its unit go on, and others of the right kind."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from coordination.models import TransitionKind, Unit, UnitKind
from coordination.queries.suggestions import Suggestion, open_units_beside
from coordination.queries.visibility import at_or_below

# Beside the usual ones, units of the right kind are only suggested where they are so few; else one searches.
FEW = 8


def suggest_receivers(
    from_unit: Unit, kinds: Collection[TransitionKind], *, without: Collection[int] = ()
) -> list[Suggestion]:
    """Suggest who receives a child that leaves ``from_unit`` on a move of one of these kinds, the usual ones first.

    Usual are the unit at which it goes on (``continues_at``), and those that work for each other (``serves``).
    """
    left_out = {from_unit.pk, *without}
    right = UnitKind.objects.filter(pk__in=_to_kinds(kinds)).values("pk")
    fitting = Unit.objects.filter(open_units_beside(from_unit), kind__in=right).exclude(pk__in=left_out)
    served = tuple(path or "" for path in from_unit.serves.values_list("path", flat=True))
    near = Q(serves__in=from_unit.line) | at_or_below(served, "path") | Q(pk=from_unit.continues_at_id)
    usual = list(fitting.filter(near).distinct().values_list("pk", "name"))
    usual.sort(key=lambda unit: unit[0] != from_unit.continues_at_id)
    others = list(fitting.exclude(pk__in=[pk for pk, _name in usual]).values_list("pk", "name")[: FEW + 1])
    return [
        *(Suggestion(pk, name, is_usual=True) for pk, name in usual),
        *(Suggestion(pk, name, is_usual=False) for pk, name in others if len(others) <= FEW),
    ]


def _to_kinds(kinds: Collection[TransitionKind]) -> set[int]:
    through = TransitionKind.to_kinds.through
    return set(
        through.objects.filter(transitionkind__in=[kind.pk for kind in kinds]).values_list("unitkind_id", flat=True)
    )
