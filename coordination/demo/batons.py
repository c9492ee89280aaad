"""How batons of the demonstration move: handed over, given up, and fallen to a leader when somebody is gone."""

from __future__ import annotations

from datetime import datetime

from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    offer_handover,
    withdraw_handover,
)
from coordination.commands.people import deactivate_person
from coordination.demo.consents import cover
from coordination.demo.play import Play, Story, open_now
from coordination.models import AssignReason, Case, CaseState, DeclineReason, HandoverState, Unit, User


def changing_hands(play: Play, case: Case) -> Story:
    """The baton is offered to a partner or a colleague, or the holder asks to be released; mostly it stays."""
    what = play.pick({"stays": 68.0, "partner": 14.0, "colleague": 10.0, "release": 8.0})
    if what == "stays":
        return
    yield play.later(case.opened_at, case.holder_unit, 6, 40)
    current = open_now(case)
    if current is None:
        return
    if what == "release":
        ask_for_release(case=current, actor=current.holder, now=play.now)
        if play.chance(0.8):
            play.start(assigning(play, current, home=current.holder_unit, why="holder_asked"))
        return
    to_unit, to_person = current.holder_unit, play.somebody(current.holder_unit, but=[current.holder_id])
    partner = current.partnerships.live().select_related("contact", "unit").exclude(contact=current.holder).first()
    if what == "partner" and partner is not None:
        to_unit, to_person = partner.unit, partner.contact
    if to_person is not None:
        yield from offering(play, current, to_person=to_person, to_unit=to_unit)


def offering(play: Play, case: Case, *, to_person: User, to_unit: Unit) -> Story:
    """An offered baton is taken, refused, or taken back; now and then nobody answers."""
    cover(play, case, to_unit)
    handover = offer_handover(case=case, to_person=to_person, to_unit=to_unit, actor=case.holder, now=play.now)
    answer = play.pick({"yes": 70.0, "no": 17.0, "taken back": 6.0, "silence": 7.0})
    if answer == "silence":
        return
    yield play.later(play.now, to_unit, 0, 5)
    current = open_now(case)
    handover.refresh_from_db()
    if current is None or handover.state != HandoverState.OFFERED:
        return
    if answer == "yes":
        accept_handover(handover=handover, actor=to_person, now=play.now)
    elif answer == "no":
        reason = play.term(DeclineReason, "no_capacity")
        decline_handover(handover=handover, reason=reason, actor=to_person, now=play.now)
    else:
        withdraw_handover(handover=handover, actor=current.holder, now=play.now)


def assigning(play: Play, case: Case, *, home: Unit, why: str) -> Story:
    """A leader gives the baton to somebody of the unit that it came from."""
    yield play.later(play.now, home, 1, 5)
    current = open_now(case)
    new = play.somebody(home, but=[current.holder_id]) if current else None
    if current is None or new is None:
        return
    # The leader holds a fallen baton themselves; one that asked for release does not.
    leader = current.holder if why == "holder_left" else play.leader_of(current.holder_unit, but=current.holder_id).user
    assign_holder(
        case=current,
        to_person=new,
        to_unit=home,
        reason=play.term(AssignReason, why),
        actor=leader,
        now=play.now,
    )


def leaving(play: Play, when: datetime, *, from_unit: Unit | None = None, is_assigned: bool = True) -> Story:
    """Somebody who holds batons stops working here: their batons fall to their leader, who assigns them."""
    yield when
    held = Case.objects.filter(state=CaseState.OPEN, holder__is_active=True, holder__memberships__role="professional")
    held = held.filter(holder_unit=from_unit) if from_unit else held.exclude(holder_unit__in=play.full_units)
    spared = [person.pk for person in play.known.values()]
    case = held.exclude(holder_id__in=spared).select_related("holder", "holder_unit").order_by("pk").first()
    if case is None:
        return
    gone, home = case.holder, case.holder_unit
    theirs = list(Case.objects.filter(state=CaseState.OPEN, holder=gone))
    deactivate_person(user=gone, actor=play.known["admin"], now=play.now)
    if is_assigned:
        for fallen in theirs:
            play.start(assigning(play, fallen, home=home, why="holder_left"))
