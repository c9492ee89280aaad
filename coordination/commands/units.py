"""Units: placed in the tree, changed, and closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, changing, lock_units, record
from coordination.commands.deadlines import owe
from coordination.commands.join_requests import withdraw_request
from coordination.commands.leavings import settle_below
from coordination.commands.partings import (
    end_partnership,
    let_go_of_those_who_left,
    move_to_another_place,
    withdraw_invitation_of,
)
from coordination.commands.people import end_membership
from coordination.commands.transitions import lose_receiver, read_transition
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    LIVE_INVITATION,
    LIVE_TRANSITION,
    Ask,
    Case,
    CaseState,
    DeadlineKind,
    EventKind,
    InvitationState,
    JoinState,
    MeetingState,
    PartnershipEnd,
    TransitionState,
    Unit,
    UnitKind,
    User,
)


@dataclass(frozen=True)
class UnitDraft:
    """A unit as an import or an administrator describes it. ``parent`` None: a municipality of its own."""

    code: str
    name: str
    kind: UnitKind
    parent: Unit | None = None
    phone: str = ""


@again_after_deadlock
def place_unit(*, draft: UnitDraft, actor: User | None, now: datetime) -> Unit:
    """Add a unit to the tree. ``actor`` is None for an import from the command line.

    Raises ``MovedOn`` for a code that is taken, and ``Unacceptable`` below a unit that has closed.
    """
    with transaction.atomic():
        units = _lock_in_the_tree(draft.parent)
        parent = units[draft.parent.pk] if draft.parent else None
        root = units[parent.root_id_or_self] if parent else None
        _require_open_parent(parent)
        if Unit.objects.filter(code=draft.code, root=root).exists():
            raise MovedOn(_("There is a unit with the code %(code)s already.") % {"code": draft.code}, field="code")
        unit = Unit.objects.create(
            code=draft.code,
            name=draft.name,
            kind=draft.kind,
            parent=parent,
            root=root,
            phone=draft.phone,
        )
        unit.path = f"{parent.place if parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
        record(EventKind.UNIT_PLACED, at=now, actor=actor, unit=unit, about=unit)
        return unit


@again_after_deadlock
def change_unit(*, unit: Unit, draft: UnitDraft, actor: User | None, now: datetime) -> list[str]:
    """Change what a draft says differently; say which fields. Everything below a moved unit moves along.

    Raises ``Unacceptable`` for a move below itself, below a unit that has closed, or to another municipality.
    """
    with transaction.atomic():
        units = _lock_in_the_tree(unit, draft.parent)
        unit, parent = units[unit.pk], units[draft.parent.pk] if draft.parent else None
        if parent is not None and parent.place.startswith(unit.place):
            raise Unacceptable(_("A unit cannot be placed below itself."), field="parent")
        if (parent is None) != (unit.parent_id is None) or (
            parent is not None and parent.root_id_or_self != unit.root_id_or_self
        ):
            raise Unacceptable(_("A unit stays in its municipality."), field="parent")
        if parent != unit.parent:
            _require_open_parent(parent)
        wanted: dict[str, Any] = {
            "name": draft.name,
            "kind": draft.kind,
            "parent": parent,
            "phone": draft.phone,
        }
        changed = [field for field, value in wanted.items() if getattr(unit, field) != value]
        if not changed:
            return []
        for field in changed:
            setattr(unit, field, wanted[field])
        unit.save(update_fields=changed)
        if "parent" in changed and parent is not None:
            _move_below(unit, parent)
            settle_below(unit, actor=actor, now=now)
        record(EventKind.UNIT_CHANGED, at=now, actor=actor, unit=unit, about=unit, fields=changed)
        return changed


@again_after_deadlock
def set_relations(
    *,
    unit: Unit,
    serves: Collection[Unit],
    continues_at: Unit | None,
    actor: User | None,
    now: datetime,
) -> list[str]:
    """Set whom a unit works for and where its older pupils go on; say which of the two changed."""
    with transaction.atomic():
        [unit] = lock_units([unit.pk])
        changed = []
        if {served.pk for served in serves} != set(unit.serves.values_list("pk", flat=True)):
            unit.serves.set(serves)
            changed.append("serves")
        if continues_at != unit.continues_at:
            unit.continues_at = continues_at
            unit.save(update_fields=["continues_at"])
            changed.append("continues_at")
        if changed:
            record(EventKind.UNIT_CHANGED, at=now, actor=actor, unit=unit, about=unit, fields=changed)
        return changed


@again_after_deadlock
def set_offers(*, unit: Unit, offers: Collection[Ask], actor: User | None, now: datetime) -> bool:
    """Set what a unit can be asked for; say whether that changed anything."""
    with transaction.atomic():
        [unit] = lock_units([unit.pk])
        if {ask.pk for ask in offers} == set(unit.offers.values_list("pk", flat=True)):
            return False
        unit.offers.set(offers)
        record(EventKind.UNIT_CHANGED, at=now, actor=actor, unit=unit, about=unit, fields=["offers"])
        return True


@again_after_deadlock
def close_unit(*, unit: Unit, actor: User | None, now: datetime, successor: Unit | None = None) -> Unit:
    """Close a unit. Its people leave it, its batons fall to the leader above, its asks are looked for elsewhere.

    ``successor``: the unit that takes its place, pointed to where it was asked. Raises ``Unacceptable`` while units
    below it are open, for a municipality, and for a successor that has closed.

    Meetings that were to be held there move to the successor, or else to the holder's unit, and the event of a meeting
    that has been moved tells so. Nobody shall come to a locked door; but the day and the hour stand, and so do the
    answers to them, since a day that suits everybody is harder to find again than a room. Where another place is
    better, the holder or the caller moves the meeting.
    """
    with transaction.atomic():
        units = {locked.pk: locked for locked in lock_units({unit.pk, *([successor.pk] if successor else [])})}
        unit, successor = units[unit.pk], units[successor.pk] if successor else None
        if not unit.is_open:
            raise MovedOn(_("This unit has closed already."))
        if unit.parent_id is None:
            raise Unacceptable(_("A municipality cannot be closed."))
        if successor is not None and (successor == unit or not successor.is_open):
            raise Unacceptable(_("Choose a unit that stays open."), field="successor")
        below = list(Unit.objects.open().below(unit.place).exclude(pk=unit.pk).values_list("name", flat=True))
        if below:
            raise Unacceptable(_("Close these first: %(units)s") % {"units": ", ".join(below)})
        unit.closed_at = now  # first, so that nothing falls to a leader who is about to leave
        unit.save(update_fields=["closed_at"])
        for membership in unit.memberships.filter(ended_at=None).order_by("user_id"):
            end_membership(membership=membership, actor=actor, now=now, unit_closes=True)
        touched = Case.objects.filter(
            Q(invitations__unit=unit, invitations__state__in=LIVE_INVITATION)
            | Q(partnerships__unit=unit, partnerships__ended_at=None)
            | Q(join_requests__unit=unit, join_requests__state=JoinState.ASKED)
            | Q(transitions__to_unit=unit, transitions__state__in=LIVE_TRANSITION)
            | Q(transitions__from_unit=unit, transitions__state__in=LIVE_TRANSITION)
            | Q(meetings__place=unit, meetings__state=MeetingState.PLANNED, meetings__starts_at__gt=now),
            state=CaseState.OPEN,
        )
        for case_id in list(touched.order_by("pk").values_list("pk", flat=True).distinct()):
            _end_parts(case_id, unit, successor, actor=actor, now=now)
        record(
            EventKind.UNIT_CLOSED,
            at=now,
            actor=actor,
            unit=unit,
            about=unit,
            successor=successor.pk if successor else None,
        )
        return unit


def _end_parts(case_id: int, unit: Unit, successor: Unit | None, *, actor: User | None, now: datetime) -> None:
    """End what a closed unit takes part in, or was asked to, in one case."""
    with changing(case_id, now=now) as case:
        for invitation in case.invitations.filter(unit=unit, state=InvitationState.SENT).select_related("unit"):
            withdraw_invitation_of(invitation, actor=actor, now=now, cause="unit_closed")
            invitation.onward_unit = successor
            invitation.save(update_fields=["onward_unit"])
            owe(
                DeadlineKind.FIND_PARTNER,
                case=case,
                unit=case.holder_unit,
                owner=case.holder,
                now=now,
                invitation=invitation,
            )
        for join_request in case.join_requests.filter(unit=unit, state=JoinState.ASKED).select_related("asked_by"):
            withdraw_request(join_request, actor=actor, now=now, cause="unit_closed")
        for partnership in case.partnerships.live().filter(unit=unit):
            end_partnership(partnership, end=PartnershipEnd.UNIT_CLOSED, state=InvitationState.LEFT, now=now)
            record(
                EventKind.PARTNERSHIP_ENDED,
                at=now,
                actor=actor,
                case=case,
                unit=unit,
                about=partnership,
                cause="unit_closed",
            )
        let_go_of_those_who_left(case, actor=actor, now=now)
        waiting = (TransitionState.PLANNED, TransitionState.HANDED_OVER)
        for transition in case.transitions.filter(to_unit=unit, state__in=waiting):
            lose_receiver(read_transition(case, transition), onward=successor, actor=actor, now=now)
        for meeting in case.meetings.filter(place=unit, state=MeetingState.PLANNED, starts_at__gt=now):
            is_near = successor is not None and successor.root_id_or_self == case.holder_unit.root_id_or_self
            place = successor if successor is not None and is_near else case.holder_unit
            move_to_another_place(meeting, place, actor=actor, now=now)


def _lock_in_the_tree(*units: Unit | None) -> dict[int, Unit]:
    """Lock units and their municipalities, and give them by id as they are now.

    Whoever places or moves a unit waits for others who do so in the municipality: two moves at once could each put the
    one below the other, and a unit placed below one that is under way would keep the path of before.
    """
    ids = {pk for unit in units if unit is not None for pk in (unit.pk, unit.root_id_or_self)}
    return {locked.pk: locked for locked in lock_units(ids)}


def _require_open_parent(parent: Unit | None) -> None:
    if parent is not None and not parent.is_open:
        raise Unacceptable(_("%(unit)s has closed.") % {"unit": parent.name}, field="parent")


def _move_below(unit: Unit, parent: Unit) -> None:
    old, new = unit.place, f"{parent.place}{unit.pk}/"
    Unit.objects.below(old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    unit.path = new
