"""Who leads: the nearest active leader at or above a unit, in the last resort the root's coordinator."""

from __future__ import annotations

from coordination.models import Membership, Role, Unit


def nearest_leader(unit: Unit, *, other_than: int | None = None) -> Membership | None:
    """Find the live membership of the nearest leader at or above ``unit``; of several the one longest there.

    A unit that has closed has no leader of its own. ``other_than`` passes a person over. None only where a root has
    lost both leader and coordinator, which the commands refuse to bring about.
    """
    leaders = Membership.objects.live().leading().filter(unit_id__in=unit.line).select_related("user", "unit")
    if other_than is not None:
        leaders = leaders.exclude(user_id=other_than)
    depth = {unit_id: depth for depth, unit_id in enumerate(unit.line)}
    return max(
        leaders,
        key=lambda leader: (
            depth[leader.unit_id],
            leader.role == Role.LEADER,
            -leader.began_at.timestamp(),
            -leader.pk,
        ),
        default=None,
    )
