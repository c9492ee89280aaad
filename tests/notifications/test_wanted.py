"""Whether a message is still wanted when its turn comes: asked for each kind of ask, once for a whole batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case
from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    withdraw_handover,
    withdraw_release,
)
from coordination.commands.invitations import (
    accept_invitation,
    decline_invitation,
    drop_search,
    invite_unit,
    point_onward,
    withdraw_invitation,
)
from coordination.commands.join_requests import accept_join_request, ask_to_join, withdraw_join_request
from coordination.commands.meetings import WhenAndWhere, answer_meeting, cancel_meeting, move_meeting
from coordination.commands.people import deactivate_person
from coordination.commands.time import pass_time
from coordination.models import (
    Ask,
    AssignReason,
    Attendance,
    Case,
    CaseOutcome,
    Deadline,
    DeclineReason,
    Handover,
    Invitation,
    JoinRequest,
    Meeting,
    StepTaken,
    Theme,
    User,
)
from notifications.delivery.claims import MESSAGE_PARTS
from notifications.delivery.relay import relay
from notifications.delivery.wanted import Verdict, judge
from notifications.models import Audience, Channel, Message, MessageState, Webhook
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    accepted,
    day,
    on,
    term,
    the_invitation,
)
from tests.notifications.making import due
from tests.promises.telling import called, leaves, offered, requested
from tests.promises.telling_people import at

pytestmark = pytest.mark.usefixtures("with_mail")

Act = Callable[[World, Case], object]
NO = "no_capacity"


def asked() -> list[Message]:
    """The asks that wait to be mailed, by the reader's name."""
    waiting = Message.objects.filter(channel=Channel.EMAIL, audience=Audience.OWNER, state=MessageState.WAITING)
    return list(waiting.select_related(*MESSAGE_PARTS).order_by("person__name"))


def wanted(now: datetime) -> list[str]:
    """The user names of those to whom an ask is still to be mailed."""
    messages = asked()
    unwanted = judge(messages, now=now).unwanted
    return [message.person.username for message in messages if message.person and message.pk not in unwanted]


def _joins(world: World) -> JoinRequest:
    return ask_to_join(
        system=a_reference().system,
        number=a_reference().number,
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(1),
    )


def _declined(world: World, case: Case) -> None:
    no = term(DeclineReason, NO)
    decline_invitation(invitation=the_invitation(case, world.ppr), reason=no, actor=world.anna, now=on(hours=1))


def _pointed(world: World, case: Case) -> None:
    _declined(world, case)
    point_onward(invitation=the_invitation(case, world.ppr), onward=world.family, actor=world.lone, now=on(hours=2))


def _assigned(world: World, case: Case) -> None:
    assign_holder(
        case=case,
        to_person=world.mads,
        to_unit=world.school,
        reason=term(AssignReason, "holder_asked"),
        actor=world.lone,
        now=on(2),
    )


def _moved(world: World, _case: Case) -> None:
    later = WhenAndWhere(starts_at=on(9), ends_at=on(9, hours=1), place=world.school)
    move_meeting(meeting=Meeting.objects.get(), at=later, actor=world.maja, now=on(2))


# What is asked, of whom, and what settles it.
ASKS: dict[str, tuple[Act, str, list[Act]]] = {
    "an invitation": (
        lambda w, c: None,
        "anna anton per",
        [
            lambda w, c: accept_invitation(invitation=Invitation.objects.get(), actor=w.anna, now=on(2)),
            lambda w, c: withdraw_invitation(invitation=Invitation.objects.get(), actor=w.maja, now=on(2)),
            lambda w, c: close_case(case=c, outcome=term(CaseOutcome, "solved"), actor=w.maja, now=on(2)),
        ],
    ),
    "an offer": (
        lambda w, c: offered(w, c, to_person=w.mads, to_unit=w.school),
        "mads",
        [
            lambda w, c: accept_handover(handover=Handover.objects.get(), actor=w.mads, now=on(2)),
            lambda w, c: withdraw_handover(handover=Handover.objects.get(), actor=w.maja, now=on(2)),
            lambda w, c: deactivate_person(user=w.mads, actor=None, now=on(2)),
        ],
    ),
    "a request for the baton": (
        lambda w, c: requested(w, accepted(w, c)),
        "maja",
        [
            lambda w, c: decline_handover(
                handover=Handover.objects.get(), reason=term(DeclineReason, NO), actor=w.maja, now=on(2)
            ),
            lambda w, c: withdraw_handover(handover=Handover.objects.get(), actor=w.anna, now=on(2)),
        ],
    ),
    "a request to join": (
        lambda w, c: _joins(w),
        "maja",
        [
            lambda w, c: accept_join_request(join_request=JoinRequest.objects.get(), actor=w.maja, now=on(2)),
            lambda w, c: withdraw_join_request(join_request=JoinRequest.objects.get(), actor=w.ove, now=on(2)),
        ],
    ),
    "a search": (
        _declined,
        "lone",
        [
            lambda w, c: point_onward(invitation=Invitation.objects.get(), onward=w.family, actor=w.sanne, now=on(2)),
            lambda w, c: drop_search(invitation=Invitation.objects.get(), actor=w.maja, now=on(2)),
        ],
    ),
    "a unit found": (
        _pointed,
        "maja",
        [
            lambda w, c: invite_unit(
                case=c,
                unit=w.family,
                ask=term(Ask, "sparring"),
                follows=Invitation.objects.get(),
                actor=w.maja,
                now=on(2),
            ),
            lambda w, c: drop_search(invitation=Invitation.objects.get(), actor=w.maja, now=on(2)),
        ],
    ),
    "a release": (
        lambda w, c: ask_for_release(case=c, actor=w.maja, now=on(1)),
        "lone",
        [lambda w, c: withdraw_release(case=c, actor=w.maja, now=on(2)), _assigned],
    ),
    "a fallen baton": (lambda w, c: deactivate_person(user=w.maja, actor=None, now=on(1)), "lone", [_assigned]),
    "a call": (
        lambda w, c: (accepted(w, c), called(w, c, w.anna)),
        "anna",
        [
            lambda w, c: cancel_meeting(meeting=Meeting.objects.get(), actor=w.maja, now=on(2)),
            _moved,
            lambda w, c: Attendance.objects.filter(person=w.anna).update(answer="released", answered_at=on(2)),
        ],
    ),
    "a consent that ran out": (
        lambda w, c: (record_basis(case=c, draft=a_consent(0), actor=w.maja, now=on(0)), pass_time(now=on(1))),
        "maja",
        [lambda w, c: record_basis(case=c, draft=a_consent(90), actor=w.maja, now=on(2))],
    ),
}
WAYS = [
    pytest.param(what, number, id=f"{what}-{number}")
    for what, (_act, _who, ways) in ASKS.items()
    for number in range(len(ways))
]


@pytest.mark.parametrize(("what", "number"), WAYS)
def test_an_ask_is_wanted_until_it_is_settled(world: World, what: str, number: int) -> None:
    case = a_case_with_reference(world)
    if what != "an invitation":
        relay(now=on(0))
        Message.objects.all().delete()
    act, who, ways = ASKS[what]
    act(world, case)
    if what not in ("an invitation", "a call", "a request for the baton"):
        Message.objects.all().delete()
    relay(now=at(day(1), time(16, 59)))
    assert " ".join(wanted(on(1))) == who
    ways[number](world, Case.objects.get())
    assert wanted(on(2)) == []


def test_an_answered_call_stays_wanted_because_calendars_wait_for_it(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    relay(now=on(0, hours=2))
    Message.objects.all().delete()
    called(world, case, world.anna)
    relay(now=on(1))
    answer_meeting(attendance=Attendance.objects.get(person=world.anna), comes=True, actor=world.anna, now=on(1))
    assert wanted(on(1)) == ["anna"]


def test_news_stays_news_whatever_has_become_of_it(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    relay(now=on(0, hours=2))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    news = list(Message.objects.filter(audience=Audience.NEWS).select_related(*MESSAGE_PARTS))
    assert {message.person for message in news} == {world.maja}
    assert judge(news, now=on(1)) == Verdict()


def test_an_ask_to_a_unit_is_for_whoever_is_in_it_by_then(world: World) -> None:
    a_case(world)
    relay(now=on(0))
    leaves(world.anton, world.ppr, now=on(1))
    assert wanted(on(1)) == ["anna", "per"]
    verdict = judge(asked(), now=on(1))
    assert verdict.events == {Invitation.objects.get().case.events.get(kind="invitation_sent").pk}


def test_what_is_due_at_night_waits_for_the_day_except_in_the_app(world: World) -> None:
    a_case(world)
    relay(now=on(0))
    messages = list(Message.objects.select_related(*MESSAGE_PARTS))
    later = judge(messages, now=at(day(0), time(23))).later
    assert later == {message.pk: at(day(1), time(7)) for message in messages if message.channel == Channel.EMAIL}


def test_nothing_goes_to_whom_it_cannot_reach_or_who_is_gone_or_is_switched_off(world: World) -> None:
    hook = Webhook.objects.create(
        name="ESDH", unit=world.town, url="https://esdh.example/", sealed_secret=b"-", made_at=on(0)
    )
    for person in (world.maja, world.anna, world.mads):
        due(person)
    due(None, webhook=hook, channel=Channel.WEBHOOK)
    User.objects.filter(pk=world.maja.pk).update(is_active=False)
    User.objects.filter(pk=world.anna.pk).update(email="")
    Webhook.objects.update(is_active=False)
    messages = list(Message.objects.select_related(*MESSAGE_PARTS))
    unwanted = judge(messages, now=on(0)).unwanted
    assert {message.person for message in messages if message.pk not in unwanted} == {world.mads}


def test_of_two_steps_the_later_one_is_told_and_one_that_came_to_nothing_overtakes_none(world: World) -> None:
    a_case(world)
    for number in (2, 3):
        pass_time(now=on(number))
        relay(now=on(number))
    mails = Message.objects.filter(channel=Channel.EMAIL, step__isnull=False, person=world.anna)
    first, second = list(mails.select_related(*MESSAGE_PARTS).order_by("step"))
    assert judge([first, second], now=on(3)).unwanted == {first.pk}
    Message.objects.filter(pk=second.pk).update(state=MessageState.SENT, settled_at=on(3))
    assert judge([first], now=on(3)).unwanted == {first.pk}
    for state in (MessageState.DISCARDED, MessageState.UNWANTED):
        Message.objects.filter(pk=second.pk).update(state=state)
        assert judge([first], now=on(3)).unwanted == set()


def test_a_step_of_a_deadline_that_has_passed_on_is_for_the_one_who_owes_it_by_then(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    pass_time(now=on(2))
    relay(now=on(2))
    steps = list(Message.objects.filter(channel=Channel.EMAIL, step__isnull=False).select_related(*MESSAGE_PARTS))
    assert judge(steps, now=on(2)) == Verdict()
    Deadline.objects.filter(case=case).update(owner=world.anton)
    steps = list(Message.objects.filter(pk__in=[step.pk for step in steps]).select_related(*MESSAGE_PARTS))
    verdict = judge(steps, now=on(2))
    assert verdict.unwanted == {steps[0].pk}
    assert verdict.steps == {StepTaken.objects.get().pk}


def test_judging_many_costs_hardly_more_than_judging_one(world: World) -> None:
    for _number in range(6):
        a_case(world)
    pass_time(now=on(2))
    relay(now=on(2))
    messages = list(Message.objects.filter(channel=Channel.EMAIL).select_related(*MESSAGE_PARTS).order_by("pk"))
    assert len(messages) == 36

    def cost(some: list[Message]) -> int:
        with CaptureQueriesContext(connection) as queries:
            judge(some, now=on(2))
        return len(queries)

    one_of_each = [messages[0], messages[-1]]
    assert cost(messages) <= cost(one_of_each) <= 14
