"""How cases of the demonstration begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coordination.commands.bases import BasisDraft
from coordination.commands.cases import ReferenceDraft, close_case, open_case, reopen_case
from coordination.commands.join_requests import accept_join_request, ask_to_join, decline_join_request
from coordination.demo.agreements import agreeing, meeting
from coordination.demo.batons import changing_hands
from coordination.demo.consents import consent, consenting, cover
from coordination.demo.involvements import involving
from coordination.demo.partners import answering
from coordination.demo.play import Play, Story, open_now
from coordination.demo.references import record_of
from coordination.models import (
    Ask,
    BasisKind,
    BasisState,
    Case,
    CaseOutcome,
    DeclineReason,
    Invitation,
    InvolvementKind,
    JoinState,
    ReopenReason,
    StatutoryBasis,
    Theme,
    Unit,
    Urgency,
    User,
)

PARTNERS: dict[str, tuple[str, ...]] = {
    "trivsel": ("PPR", "SPL", "FAM"),
    "faellesskab": ("PPR", "UNGS"),
    "laering": ("PPR", "LC"),
    "fremmoede": ("PPR", "FAM", "UU"),
    "sprog": ("PPR", "SPL"),
    "hverdag": ("FAM", "SPL", "PPR"),
    "overgang": ("PPR", "SPL", "UU"),
}
THEMES = {
    "trivsel": 28.0, "faellesskab": 12.0, "laering": 16.0, "fremmoede": 16.0,
    "sprog": 10.0, "hverdag": 12.0, "overgang": 6.0,
}  # fmt: skip
ASKS = {"sparring": 45.0, "meeting": 18.0, "observe": 14.0, "joint_plan": 14.0, "guidance": 9.0}
OUTCOMES = {"solved": 34.0, "well_underway": 40.0, "continued_elsewhere": 18.0, "not_a_challenge": 8.0}


@dataclass(frozen=True)
class Opening:
    """How a case begins. ``consent_days`` None: the reference is shared on a legal basis."""

    opener: User
    unit: Unit
    theme: str
    ask: str
    partners: tuple[Unit, ...]
    person: User | None = None
    is_urgent: bool = False
    consent_days: int | None = None
    has_reference: bool = False
    is_involving: bool = True  # whether the child is heard and the parents take part, as time goes on


def begin(play: Play, how: Opening, *, now: datetime, reference: ReferenceDraft | None = None) -> Case:
    """Open a case as described, at ``now``."""
    if reference is None and how.has_reference:
        reference = record_of(play, how.unit)
    basis = None
    if reference is not None:
        basis = BasisDraft(BasisKind.STATUTORY, statutory=play.term(StatutoryBasis, "statutory"))
        if how.consent_days is not None:
            basis = consent(play, [unit.kind_id for unit in (how.unit, *how.partners)], now=now, days=how.consent_days)
    case = open_case(
        theme=play.term(Theme, how.theme),
        ask=play.term(Ask, how.ask),
        unit=how.unit,
        invite=[(partner, how.person) for partner in how.partners],
        urgency=Urgency.URGENT if how.is_urgent else Urgency.NORMAL,
        reference=reference,
        basis=basis,
        actor=how.opener,
        now=now,
    )
    if how.is_involving:
        for kind in InvolvementKind:
            play.start(involving(play, case, kind))
    return case


def a_life(play: Play, start: datetime, unit: Unit, *, is_met_twice: bool = False) -> Story:
    """A case from its opening to wherever it has come by the end."""
    now = yield start
    opener = play.somebody(unit)
    if opener is None:
        return
    how = _draw_opening(play, opener, unit, has_reference=is_met_twice)
    reference = record_of(play, unit) if how.has_reference else None
    case = begin(play, how, now=now, reference=reference)
    for invitation in case.invitations.all():
        play.start(answering(play, invitation))
    for _time in range(play.rng.choice((0, 1, 1, 2))):
        play.start(agreeing(play, case))
    if play.chance(0.6):
        play.start(meeting(play, case))
    play.start(changing_hands(play, case))
    if how.consent_days is not None:
        play.start(consenting(play, case))
    if is_met_twice and reference is not None:
        play.start(meeting_it_twice(play, case, reference))
    play.start(ending(play, case))


def _draw_opening(play: Play, opener: User, unit: Unit, *, has_reference: bool) -> Opening:
    theme = play.pick(THEMES)
    codes = [code for code in PARTNERS[theme] if _works_for(play.units[code], unit)]
    play.rng.shuffle(codes)
    partners = tuple(play.units[code] for code in codes[: play.rng.choice((1, 1, 1, 2))])
    invited = None
    if len(partners) == 1 and play.chance(0.25):
        invited = play.somebody(partners[0], but=[opener.pk])
    return Opening(
        opener=opener,
        unit=unit,
        theme=theme,
        ask=play.pick(ASKS),
        partners=partners,
        person=invited,
        is_urgent=play.chance(0.15),
        has_reference=has_reference or play.chance(0.65),
        consent_days=play.pick({None: 2, 45: 1, 90: 2, 180: 3, 365: 3}),
    )


def _works_for(partner: Unit, unit: Unit) -> bool:
    return partner.pk != unit.pk and any(unit.place.startswith(served.place) for served in partner.serves.all())


def meeting_it_twice(play: Play, case: Case, reference: ReferenceDraft) -> Story:
    """Somebody elsewhere meets the same child and asks to join."""
    yield play.later(case.opened_at, case.holder_unit, 2, 12)
    current = open_now(case)
    taking_part = {case.holder_unit_id, *case.partnerships.values_list("unit_id", flat=True)}
    units = [unit for unit in (play.units["SPL"], play.units["FAM"], play.units["LC"]) if unit.pk not in taking_part]
    asker = play.somebody(units[0]) if units else None
    if current is None or asker is None:
        return
    request = ask_to_join(
        system=reference.system, number=reference.number, unit=units[0], theme=case.theme, actor=asker, now=play.now
    )
    answer = play.pick({"yes": 6, "no": 2, "silence": 2})
    if answer == "silence":
        return
    yield play.later(play.now, case.holder_unit, 0, 5)
    current = open_now(case)
    request.refresh_from_db()
    if current is None or request.state != JoinState.ASKED:
        return
    if answer == "yes":
        cover(play, current, request.unit)
        accept_join_request(join_request=request, actor=current.holder, now=play.now)
    else:
        reason = play.term(DeclineReason, "already_involved")
        decline_join_request(join_request=request, reason=reason, actor=current.holder, now=play.now)


def ending(play: Play, case: Case) -> Story:
    """Most cases end some day, and a few begin again."""
    if play.chance(0.2):
        return
    yield play.later(case.opened_at, case.holder_unit, 12, 60)
    current = open_now(case)
    if current is None:
        return
    withdrawn = current.bases.filter(state=BasisState.WITHDRAWN).exists()
    outcome = "consent_withdrawn" if withdrawn else play.pick(OUTCOMES)
    close_case(case=current, outcome=play.term(CaseOutcome, outcome), actor=current.holder, now=play.now)
    if not play.chance(0.12):
        return
    yield play.later(play.now, case.holder_unit, 4, 20)
    closed = Case.objects.select_related("holder", "holder_unit").get(pk=case.pk)
    reopen_case(case=closed, reason=play.term(ReopenReason, "came_back"), actor=closed.holder, now=play.now)
    play.start(agreeing(play, closed))


def sent_to(case: Case, unit: Unit) -> Invitation:
    """The newest invitation of a unit."""
    return case.invitations.filter(unit=unit).latest("pk")
