"""Who is away in the demonstration: somebody stands in, and now and then a leader names another holder meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from coordination.commands.agreements import make_agreement, mark_done
from coordination.commands.handovers import assign_holder
from coordination.commands.invitations import accept_invitation
from coordination.commands.people import set_absence
from coordination.demo.cases import Opening, begin, sent_to
from coordination.demo.play import Play, Story
from coordination.models import Absence, AgreementKind, AssignReason, Case, CaseState, Unit, User


def being_away(play: Play, when: datetime, *, days: int) -> Story:
    """A holder goes away for some days, with a colleague standing in."""
    yield when
    spared = [person.pk for person in play.known.values()]
    cases = Case.objects.filter(state=CaseState.OPEN).exclude(holder_id__in=spared)
    for case in (
        cases.exclude(holder_unit__in=play.full_units).select_related("holder", "holder_unit").order_by("-opened_at")
    ):
        stand_in = play.somebody(case.holder_unit, but=[case.holder_id])
        if stand_in is None or case.holder.absences.exists() or stand_in.absences.exists():
            continue
        _goes_away(case.holder, stand_in=stand_in, days=days, now=play.now)
        return


def standing_in(play: Play, home: Unit, ppr: Unit) -> Story:
    """A colleague of Anna's takes part in a case, and is away: Anna has done one thing for them, and owes another."""
    now = yield play.ago(16, ppr)
    opener = present(play, home)
    how = Opening(opener, home, "trivsel", "observe", (ppr,), has_reference=True, consent_days=220)
    case = begin(play, how, now=now)
    now = yield play.ago(14, ppr)
    colleague, anna = present(play, ppr), play.known["anna"]
    accept_invitation(invitation=sent_to(case, ppr), actor=colleague, now=now)
    now = yield play.ago(12, ppr)
    observation, _description = (
        make_agreement(
            case=case,
            kind=play.term(AgreementKind, kind),
            owner=colleague,
            due_on=play.day(now, ppr, days),
            actor=opener,
            now=now,
        )
        for kind, days in (("observation", 10), ("description", 14))
    )
    now = yield play.ago(7, ppr)
    _goes_away(colleague, stand_in=anna, days=24, now=now)
    now = yield play.ago(2, ppr)
    mark_done(agreement=observation, actor=anna, now=now)


def assigned_meanwhile(play: Play, school: Unit) -> Story:
    """A colleague of Maja's is away for long: in the meantime Lone has given the baton to the one who stood in."""
    now = yield play.ago(15, school)
    opener = present(play, school)
    how = Opening(opener, school, "faellesskab", "guidance", (play.units["SPL"],), has_reference=True)
    case = begin(play, how, now=now)
    now = yield play.ago(13, school)
    visitor = present(play, play.units["SPL"])
    accept_invitation(invitation=sent_to(case, play.units["SPL"]), actor=visitor, now=now)
    now = yield play.ago(8, school)
    stand_in = present(play, school, but=[opener.pk])
    _goes_away(opener, stand_in=stand_in, days=60, now=now)
    now = yield play.ago(5, school)
    assign_holder(
        case=case,
        to_person=stand_in,
        to_unit=school,
        reason=play.term(AssignReason, "holder_away"),
        actor=play.known["lone"],
        now=now,
    )


def present(play: Play, unit: Unit, *, but: Sequence[int] = ()) -> User:
    """Somebody of the unit, other than those one signs in as; if there is anybody, one who has not said to be away."""
    spared = [*(person.pk for person in play.known.values()), *but]
    away = Absence.objects.filter(last_on__gte=timezone.localdate(play.now)).values_list("user", flat=True)
    found = play.somebody(unit, but=[*spared, *away]) or play.somebody(unit, but=spared)
    if found is None:
        raise LookupError(unit.code)
    return found


def _goes_away(person: User, *, stand_in: User, days: int, now: datetime) -> None:
    """Say that somebody is away from tomorrow on."""
    first_on = timezone.localdate(now) + timedelta(days=1)
    last_on = first_on + timedelta(days=days)
    set_absence(user=person, stand_in=stand_in, first_on=first_on, last_on=last_on, actor=person, now=now)
