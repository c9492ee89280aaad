"""What somebody may see, as querysets. Each matches a pure function of ``coordination.rules.access``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.models import (
    Case,
    CaseState,
    FormerContact,
    Handover,
    HandoverState,
    Holding,
    Invitation,
    InvitationState,
    JoinRequest,
    Partnership,
    Reference,
    ReferencePurpose,
    Transition,
    TransitionState,
)
from coordination.models.transitions import TransitionQuerySet
from coordination.queries.bases import covering, in_force
from coordination.rules.access import Part, Parts, Side, part_of
from coordination.rules.actors import Actor

# The contact, the path and the kind of the unit, and when it ended.
Stretch = tuple[int, str | None, int, datetime | None]


def at_or_below(paths: tuple[str, ...], field: str) -> Q:
    """Build the condition that the path in ``field`` lies at or below one of ``paths``; nothing lies below none."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition


def cases_taken_part_in(actor: Actor) -> QuerySet[Case]:
    """Open cases in which the actor is the holder or an accepted contact, or stands in for one."""
    partnerships = Partnership.objects.live().filter(case=OuterRef("pk"), contact_id__in=actor.persons)
    return Case.objects.filter(Q(holder_id__in=actor.persons) | Exists(partnerships), state=CaseState.OPEN)


def cases_led(actor: Actor) -> QuerySet[Case]:
    """Open cases in which a unit below the actor takes part."""
    partnerships = (
        Partnership.objects.live().filter(case=OuterRef("pk")).filter(at_or_below(actor.led_paths, "unit__path"))
    )
    return Case.objects.filter(
        at_or_below(actor.led_paths, "holder_unit__path") | Exists(partnerships), state=CaseState.OPEN
    )


def cases_left_behind(actor: Actor) -> QuerySet[Case]:
    """Cases in which the actor once took part: what remains to be seen of them is a receipt."""
    holdings = Holding.objects.filter(case=OuterRef("pk"), holder_id__in=actor.persons)
    partnerships = Partnership.objects.filter(case=OuterRef("pk"), contact_id__in=actor.persons)
    replaced = FormerContact.objects.filter(partnership__case=OuterRef("pk"), person_id__in=actor.persons)
    return Case.objects.filter(Exists(holdings) | Exists(partnerships) | Exists(replaced))


def cases_seen_by(actor: Actor) -> QuerySet[Case]:
    """Every case of which the actor may see anything at all; matches ``part_of`` being more than none."""
    ids = [
        queryset.values("pk") for queryset in (cases_taken_part_in(actor), cases_led(actor), cases_left_behind(actor))
    ]
    return Case.objects.filter(Q(pk__in=ids[0]) | Q(pk__in=ids[1]) | Q(pk__in=ids[2]))


def parts_in(case: Case) -> Parts:
    """Read who takes part in a case, and who once did. Two queries."""
    partnerships = list(case.partnerships.values_list("contact_id", "unit__path", "unit__kind_id", "ended_at"))
    replaced = FormerContact.objects.filter(partnership__case=case).order_by().values_list("person_id", flat=True)
    once = case.holdings.order_by().values_list("holder_id", flat=True).union(replaced)
    return as_parts(case, partnerships, once)


def as_parts(case: Case, partnerships: Collection[Stretch], once: Iterable[int]) -> Parts:
    """Gather who takes part in a case from its partnerships, and from the ids of those who ``once`` did beside them."""
    live = [(contact, path, kind) for contact, path, kind, ended_at in partnerships if ended_at is None]
    holders = Side(case.holder_id, case.holder_unit.place, case.holder_unit.kind_id)
    return Parts(
        is_open=case.is_open,
        holder_id=case.holder_id,
        contact_ids=frozenset(contact for contact, _path, _kind in live),
        former_ids=frozenset(contact for contact, _path, _kind, ended_at in partnerships if ended_at is not None)
        | frozenset(once),
        sides=frozenset(Side(contact, path, kind) for contact, path, kind in live if path) | {holders},
    )


def part_in(actor: Actor, case: Case) -> Part:
    """Say which part the actor plays in the case at this moment."""
    return part_of(actor, parts_in(case))


def invitations_seen_by(actor: Actor) -> QuerySet[Invitation]:
    """Invitations that the actor may see as such; matches ``may_see_invitation``."""
    mine = Q(unit_id__in=actor.units) | at_or_below(actor.led_paths, "unit__path")
    return Invitation.objects.filter(mine, Q(state=InvitationState.SENT) | Q(answered_by_id__in=actor.persons))


def handovers_seen_by(actor: Actor) -> QuerySet[Handover]:
    """Handovers that the actor may see as such; matches ``may_see_handover``."""
    begun = Q(begun_by_id__in=actor.persons)
    waiting = Q(state=HandoverState.OFFERED)
    return Handover.objects.filter(
        begun
        | waiting & (Q(to_person_id__in=actor.persons) | Q(case__holder_id__in=actor.persons))
        | ~waiting & Q(answered_by_id__in=actor.persons)
    )


def join_requests_seen_by(actor: Actor) -> QuerySet[JoinRequest]:
    """Requests to join that the actor may see; matches ``may_see_join_request``."""
    return JoinRequest.objects.filter(
        Q(asked_by_id__in=actor.persons) | Q(case__holder_id__in=actor.persons, case__state=CaseState.OPEN)
    )


def invitations_asked_by(actor: Actor) -> QuerySet[Invitation]:
    """Invitations of which the actor learns the answer, having sent them; matches ``has_asked``."""
    return Invitation.objects.filter(sent_by_id__in=actor.persons)


def handovers_asked_by(actor: Actor) -> QuerySet[Handover]:
    """Handovers of which the actor learns the answer, having begun them; matches ``has_asked``."""
    return Handover.objects.filter(begun_by_id__in=actor.persons)


def join_requests_asked_by(actor: Actor) -> QuerySet[JoinRequest]:
    """Requests to join of which the actor learns the answer; matches ``has_asked``."""
    return JoinRequest.objects.filter(asked_by_id__in=actor.persons)


def transitions_visible_to(actor: Actor) -> TransitionQuerySet:
    """Moves that the actor may see as such; matches ``may_see_transition``."""
    in_case = Q(case__in=cases_taken_part_in(actor).values("pk")) | Q(case__in=cases_led(actor).values("pk"))
    led = at_or_below(actor.led_paths, "from_unit__path") | at_or_below(actor.led_paths, "to_unit__path")
    received = Q(to_unit__isnull=False, contact_id__in=actor.persons)
    asked = Q(state__in=(TransitionState.PLANNED, TransitionState.HANDED_OVER), to_unit_id__in=actor.units)
    return Transition.objects.filter(in_case | led | received | asked)


def transitions_to_receive(actor: Actor) -> TransitionQuerySet:
    """Moves that are being handed over to a unit of the actor's own: its records may be read, if the basis allows."""
    return Transition.objects.filter(state=TransitionState.HANDED_OVER, to_unit_id__in=actor.units)


def references_seen_by(actor: Actor) -> QuerySet[Reference]:
    """References of which the actor may know: those of cases they see, and the records of a child to be received."""
    to_receive = Q(purpose=ReferencePurpose.RECORD, case__in=transitions_to_receive(actor).values("case"))
    return Reference.objects.filter(Q(case__in=cases_seen_by(actor)) | to_receive)


def references_open_to(actor: Actor) -> QuerySet[Reference]:
    """References whose number the actor may see, a leader with a reason; matches ``may_open_reference``."""
    in_case = {"case": OuterRef("case")}
    bases = in_force(actor.today).filter(**in_case)
    of_partner = in_force(actor.today).filter(case=OuterRef("case"))
    partners = Partnership.objects.live().filter(Exists(covering(of_partner, "unit__kind")), **in_case)
    holders = Q(Exists(covering(bases, "case__holder_unit__kind")))
    taken = Q(case__in=cases_taken_part_in(actor).values("pk"))
    own = Q(unit_id__in=actor.units) | at_or_below(actor.led_paths, "unit__path")
    shared = holders & Q(case__holder_id__in=actor.persons) | Exists(partners.filter(contact_id__in=actor.persons))
    led = holders & at_or_below(actor.led_paths, "case__holder_unit__path") | Exists(
        partners.filter(at_or_below(actor.led_paths, "unit__path"))
    )
    leads = Q(case__in=cases_led(actor).values("pk")) & ~taken
    return Reference.objects.filter(taken & (own | shared) | leads & (own | led))
