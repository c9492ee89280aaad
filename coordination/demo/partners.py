"""How partners of the demonstration answer, take part, and go."""

from __future__ import annotations

from coordination.commands.handovers import accept_handover, decline_handover, request_baton
from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    complete_partnership,
    decline_invitation,
    drop_search,
    invite_unit,
    leave_case,
    point_onward,
    withdraw_invitation,
)
from coordination.demo.consents import cover
from coordination.demo.play import Play, Story, open_now
from coordination.models import (
    LIVE_INVITATION,
    Ask,
    Deadline,
    DeadlineKind,
    DeclineReason,
    HandoverState,
    Invitation,
    InvitationState,
    LeaveReason,
    Partnership,
    PartnershipOutcome,
    Unit,
)

ANSWERS = {"soon": 44.0, "in time": 18.0, "late": 13.0, "never": 7.0, "onward": 10.0, "nobody known": 8.0}
DAYS = {"soon": (0, 1), "in time": (2, 3), "late": (5, 9), "onward": (1, 5), "nobody known": (1, 5)}
ONWARD = {"PPR": "LC", "SPL": "PPR", "FAM": "SPL", "UU": "PPR", "LC": "PPR", "UNGS": "PPR", "TAND": "SPL"}
WHY_NOT = {"not_our_task": 3.0, "other_knows_better": 4.0, "no_capacity": 2.0, "asked_wrong_unit": 1.0}
OUTCOMES = {"as_agreed": 6.0, "partly": 2.0, "continued_elsewhere": 1.0, "not_needed": 1.0}


def answering(play: Play, invitation: Invitation, how: str | None = None) -> Story:
    """A unit answers an invitation: soon, late, with a no that points onward, or not at all."""
    answer = how or play.pick(ANSWERS)
    if answer == "never":
        yield play.later(invitation.sent_at, invitation.unit, 12, 22)
        current = open_now(invitation.case)
        if current and waits(invitation) and play.chance(0.6):
            withdraw_invitation(invitation=invitation, actor=current.holder, now=play.now)
        return
    yield play.later(invitation.sent_at, invitation.unit, *DAYS[answer])
    current = open_now(invitation.case)
    if current is None or not waits(invitation):
        return
    who = invitation.person or play.somebody(invitation.unit, but=[current.holder_id, invitation.sent_by_id])
    if who is None:
        return
    if answer in ("onward", "nobody known"):
        onward = play.units[ONWARD.get(invitation.unit.code, "PPR")] if answer == "onward" else None
        reason = play.term(DeclineReason, play.pick(WHY_NOT))
        decline_invitation(invitation=invitation, reason=reason, onward=onward, actor=who, now=play.now)
        play.start(following(play, invitation) if onward else finding_out(play, invitation))
        return
    partnership = accept_invitation(invitation=invitation, actor=who, now=play.now)
    play.start(taking_part(play, partnership))


def waits(invitation: Invitation) -> bool:
    """Whether nobody has answered yet."""
    return Invitation.objects.filter(pk=invitation.pk, state=InvitationState.SENT).exists()


def finding_out(play: Play, invitation: Invitation) -> Story:
    """A leader finds out whom to ask after a no that knew nobody; some take their time."""
    yield play.later(play.now, invitation.sent_unit, 1, 8)
    search = Deadline.objects.open().filter(kind=DeadlineKind.FIND_PARTNER, invitation=invitation).first()
    if search is None or search.owner is None:
        return
    onward = play.units[ONWARD.get(invitation.unit.code, "PPR")]
    point_onward(invitation=invitation, onward=onward, actor=search.owner, now=play.now)
    play.start(following(play, invitation))


def following(play: Play, invitation: Invitation) -> Story:
    """The holder asks the unit that a no pointed to, or lets it be."""
    yield play.later(play.now, invitation.sent_unit, 0, 4)
    invitation.refresh_from_db()
    current = open_now(invitation.case)
    onward = invitation.onward_unit
    if current is None or onward is None:
        return
    if onward.pk == current.holder_unit_id or is_in(current.pk, onward):
        drop_search(invitation=invitation, actor=current.holder, now=play.now)
        return
    ask = play.term(Ask, "sparring")
    cover(play, current, onward)
    asked = invite_unit(case=current, unit=onward, ask=ask, follows=invitation, actor=current.holder, now=play.now)
    play.start(answering(play, asked))


def is_in(case_id: int, unit: Unit) -> bool:
    """Whether the unit takes part, or has been asked to."""
    return (
        Partnership.objects.live().filter(case_id=case_id, unit=unit).exists()
        or Invitation.objects.filter(case_id=case_id, unit=unit, state__in=LIVE_INVITATION).exists()
    )


def taking_part(play: Play, partnership: Partnership) -> Story:
    """A partner does its part, leaves before, hands it to a colleague, or wants the baton."""
    what = play.pick({"complete": 45.0, "stay": 32.0, "leave": 8.0, "colleague": 7.0, "baton": 8.0})
    if what == "stay":
        return
    yield play.later(partnership.began_at, partnership.unit, *((3, 12) if what == "baton" else (10, 45)))
    partnership = Partnership.objects.select_related("contact", "unit", "case").get(pk=partnership.pk)
    current = open_now(partnership.case)
    if current is None or partnership.ended_at is not None:
        return
    contact, now = partnership.contact, play.now
    if what == "complete":
        outcome = play.term(PartnershipOutcome, play.pick(OUTCOMES))
        complete_partnership(partnership=partnership, outcome=outcome, actor=contact, now=now)
    elif what == "leave":
        reason = play.term(LeaveReason, play.rng.choice(["no_capacity", "others_took_over"]))
        leave_case(partnership=partnership, reason=reason, actor=contact, now=now)
    elif what == "colleague":
        colleague = play.somebody(partnership.unit, but=[contact.pk, current.holder_id])
        if colleague:
            change_contact(partnership=partnership, contact=colleague, actor=contact, now=now)
    elif contact.pk != current.holder_id:
        yield from _wanting_the_baton(play, partnership)


def _wanting_the_baton(play: Play, partnership: Partnership) -> Story:
    request = request_baton(partnership=partnership, actor=partnership.contact, now=play.now)
    yield play.later(play.now, partnership.case.holder_unit, 0, 4)
    current = open_now(partnership.case)
    request.refresh_from_db()
    if current is None or request.state != HandoverState.OFFERED:
        return
    if play.chance(0.7):
        accept_handover(handover=request, actor=current.holder, now=play.now)
    else:
        reason = play.term(DeclineReason, "too_early")
        decline_handover(handover=request, reason=reason, actor=current.holder, now=play.now)
