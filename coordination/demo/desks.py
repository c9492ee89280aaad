"""What waits today for those one signs in as. Days are counted back from the end, so that it is always today."""

from __future__ import annotations

from collections.abc import Iterator

from coordination.commands.agreements import make_agreement, mark_done
from coordination.commands.handovers import accept_handover, ask_for_release, offer_handover
from coordination.commands.invitations import accept_invitation, decline_invitation
from coordination.commands.join_requests import ask_to_join
from coordination.commands.people import deactivate_person
from coordination.demo.absences import assigned_meanwhile, standing_in
from coordination.demo.agreements import answering_call, call
from coordination.demo.cases import Opening, begin, sent_to
from coordination.demo.consents import cover
from coordination.demo.play import Play, Story, open_now
from coordination.demo.references import record_of
from coordination.models import Agreement, AgreementKind, AttendanceAnswer, Case, DeclineReason, Unit, User


def scenes(play: Play) -> Iterator[Story]:
    """Every scene that Maja, Anna and Lone find on their desks."""
    school, ppr = play.units["SK-HOR"], play.units["PPR"]
    yield nobody_answers(play, school, ppr)
    yield working_together(play, school)
    yield taken_over(play, school)
    yield nobody_known(play, school)
    yield asking_the_school(play, school)
    yield from _asking_maja(play, school)
    yield giving_up(play, school)
    yield gone(play, school)
    yield assigned_meanwhile(play, school)
    yield from _with_anna(play, ppr)


def nobody_answers(play: Play, school: Unit, ppr: Unit) -> Story:
    """Maja has asked PPR, and PPR is late."""
    now = yield play.ago(6, school, 10)
    maja = play.known["maja"]
    how = Opening(maja, school, "trivsel", "sparring", (ppr,), has_reference=True, consent_days=200)
    begin(play, how, now=now)


def working_together(play: Play, school: Unit) -> Story:
    """Maja works with the health visitors; a meeting is called, and FAM has met the same child."""
    maja, visitors, family = play.known["maja"], play.units["SPL"], play.units["FAM"]
    now = yield play.ago(22, school, 9)
    reference = record_of(play, school)
    how = Opening(maja, school, "hverdag", "joint_plan", (visitors,), consent_days=210)
    case = begin(play, how, now=now, reference=reference)
    now = yield play.ago(20, visitors, 11)
    visitor = someone(play, visitors)
    accept_invitation(invitation=sent_to(case, visitors), actor=visitor, now=now)
    now = yield play.ago(9, school, 14)
    _agree(play, case, "talk_parents", maja, days=10, look_days=12)
    _agree(play, case, "observation", visitor, days=6, look_days=None)
    now = yield play.ago(4, school, 13)
    planned = call(play, case, days=7)
    for attendance in planned.attendances.filter(answer=AttendanceAnswer.ASKED):
        play.start(answering_call(play, attendance))
    now = yield play.ago(1, family, 10)
    ask_to_join(
        system=reference.system,
        number=reference.number,
        unit=family,
        theme=case.theme,
        actor=someone(play, family),
        now=now,
    )


def taken_over(play: Play, school: Unit) -> Story:
    """Maja has taken the baton over from the school whose older pupils go on at hers."""
    maja, before, visitors = play.known["maja"], play.units["SK-BJE"], play.units["SPL"]
    now = yield play.ago(34, before, 10)
    teacher = someone(play, before)
    how = Opening(teacher, before, "overgang", "meeting", (visitors,), has_reference=True, consent_days=365)
    case = begin(play, how, now=now)
    now = yield play.ago(32, visitors, 9)
    visitor = someone(play, visitors)
    accept_invitation(invitation=sent_to(case, visitors), actor=visitor, now=now)
    now = yield play.ago(18, before, 13)
    cover(play, case, school)
    handover = offer_handover(case=case, to_person=maja, to_unit=school, actor=teacher, now=now)
    now = yield play.ago(16, school, 9)
    accept_handover(handover=handover, actor=maja, now=now)
    now = yield play.ago(12, school, 14)
    agreement = _agree(play, case, "group_activity", maja, days=6, look_days=6)
    now = yield play.ago(6, school, 15)
    mark_done(agreement=agreement, actor=maja, now=now)


def nobody_known(play: Play, school: Unit) -> Story:
    """FAM has said no without knowing who else: Lone is to find out."""
    maja, family = play.known["maja"], play.units["FAM"]
    now = yield play.ago(7, school, 12)
    case = begin(play, Opening(maja, school, "fremmoede", "sparring", (family,)), now=now)
    now = yield play.ago(4, family, 10)
    decline_invitation(
        invitation=sent_to(case, family),
        reason=play.term(DeclineReason, "not_our_task"),
        actor=someone(play, family),
        now=now,
    )


def asking_the_school(play: Play, school: Unit) -> Story:
    """A special school asks Hornbæk Skole, which has until today."""
    special = play.units["SP-OUS"]
    now = yield play.ago(3, special, 9)
    how = Opening(someone(play, special), special, "overgang", "joint_plan", (school,), has_reference=True)
    begin(play, how, now=now)


def _asking_maja(play: Play, school: Unit) -> Iterator[Story]:
    yield asking(play, play.units["PPR"], school, play.known["maja"], days=1, theme="laering", ask="meeting")
    yield offering_to(play, school, school, play.known["maja"], days=1)


def asking(play: Play, asker: Unit, asked: Unit, person: User | None, *, days: int, theme: str, ask: str) -> Story:
    """A unit asks another, or one person in it, so many working days ago; nobody has answered yet."""
    now = yield play.ago(days, asker)
    opener = someone(play, asker)
    begin(play, Opening(opener, asker, theme, ask, (asked,), person=person, has_reference=True), now=now)


def offering_to(play: Play, home: Unit, to_unit: Unit, person: User, *, days: int) -> Story:
    """Somebody has opened a case and now offers the baton."""
    now = yield play.ago(15 + days, home)
    opener = someone(play, home)
    how = Opening(opener, home, "faellesskab", "sparring", (), has_reference=True, consent_days=180)
    case = begin(play, how, now=now)
    now = yield play.ago(days, home)
    current = open_now(case)
    if current is not None and current.holder == opener:
        cover(play, case, to_unit)
        offer_handover(case=case, to_person=person, to_unit=to_unit, actor=opener, now=now)


def giving_up(play: Play, school: Unit) -> Story:
    """A colleague has asked Lone to find another holder, and waits."""
    now = yield play.ago(25, school)
    opener = someone(play, school)
    how = Opening(opener, school, "trivsel", "observe", (play.units["SPL"],), has_reference=True)
    case = begin(play, how, now=now)
    now = yield play.ago(23, play.units["SPL"])
    accept_invitation(invitation=sent_to(case, play.units["SPL"]), actor=someone(play, play.units["SPL"]), now=now)
    now = yield play.ago(4, school)
    current = open_now(case)
    if current is not None and current.holder == opener:
        ask_for_release(case=case, actor=opener, now=now)


def gone(play: Play, school: Unit) -> Story:
    """A colleague has stopped: the baton fell to Lone, who is to assign it."""
    opener = someone(play, school)
    play.spared.add(opener.pk)  # with more batons than this one, Lone would have nothing else on her desk
    now = yield play.ago(40, school)
    how = Opening(opener, school, "laering", "guidance", (play.units["LC"],), has_reference=True, consent_days=300)
    begin(play, how, now=now)
    now = yield play.ago(3, school)
    opener.refresh_from_db()
    if opener.is_active:
        deactivate_person(user=opener, actor=play.known["admin"], now=now)


def _with_anna(play: Play, ppr: Unit) -> Iterator[Story]:
    anna, units = play.known["anna"], play.units
    yield helping(play, units["SK-ASS"], ppr, days=24, due=1)
    yield helping(play, units["SK-LAN"], ppr, days=18, due=-1)
    yield helping(play, units["BH-LIN"], ppr, days=12, due=3)
    yield standing_in(play, units["SK-KOR"], ppr)
    yield asking(play, units["SK-VOR"], ppr, anna, days=2, theme="trivsel", ask="sparring")
    yield asking(play, units["SK-OST"], ppr, anna, days=3, theme="fremmoede", ask="observe")
    yield asking(play, units["DT-M"], ppr, None, days=4, theme="sprog", ask="guidance")
    yield asking(play, units["SK-GRO"], ppr, None, days=1, theme="laering", ask="meeting")
    yield offering_to(play, units["SK-TIR"], ppr, anna, days=2)


def helping(play: Play, home: Unit, ppr: Unit, *, days: int, due: int) -> Story:
    """Anna takes part and is to do something, ``due`` working days from today; she is called to a meeting."""
    now = yield play.ago(days, home)
    how = Opening(someone(play, home), home, "trivsel", "observe", (ppr,), has_reference=True, consent_days=250)
    case = begin(play, how, now=now)
    anna = play.known["anna"]
    now = yield play.ago(days - 2, ppr)
    accept_invitation(invitation=sent_to(case, ppr), actor=anna, now=now)
    now = yield play.ago(5, home)
    current = open_now(case)
    if current is None:
        return
    _agree(play, current, "observation", anna, days=5 + due, look_days=10)
    now = yield play.ago(2, home)
    current = open_now(case)
    if current is not None:
        call(play, current, days=6)


def someone(play: Play, unit: Unit) -> User:
    """Somebody of the unit other than those one signs in as."""
    found = play.somebody(unit, but=[person.pk for person in play.known.values()])
    if found is None:
        raise LookupError(unit.code)
    return found


def _agree(play: Play, case: Case, kind: str, owner: User, *, days: int, look_days: int | None) -> Agreement:
    current = Case.objects.select_related("holder", "holder_unit").get(pk=case.pk)
    due_on = play.day(play.now, current.holder_unit, days)
    look_on = None if look_days is None else play.calendar(current.holder_unit).shift(due_on, look_days)
    return make_agreement(
        case=current,
        kind=play.term(AgreementKind, kind),
        owner=owner,
        due_on=due_on,
        look_again_on=look_on,
        actor=current.holder,
        now=play.now,
    )
