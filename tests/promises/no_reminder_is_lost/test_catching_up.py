"""After a standstill each owed step is told once; nothing of what was settled, moved or passed on meanwhile."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail

from coordination.commands.agreements import mark_done, move_agreement
from coordination.commands.handovers import accept_handover
from coordination.commands.join_requests import ask_to_join
from coordination.commands.people import begin_membership
from coordination.commands.time import pass_time
from coordination.models import Case, Deadline, DeadlineKind, Role, Theme
from notifications.delivery.relay import relay
from notifications.models import Channel, Message, MessageState, Pace, Preference
from tests.builders import World, a_case, a_case_with_reference, a_reference, accepted, day, on, term
from tests.promises.no_ask_dies_in_silence.what_is_owed import unanswered_invitation, undone_agreement
from tests.promises.telling import agreed, leaves, offered, owed
from tests.promises.telling_people import Line, Post, at

pytestmark = pytest.mark.usefixtures("with_mail")

BOTH = "bell+mail"


def only_planned(last: date, *, first: date) -> None:
    """Let the days pass with a scheduler and a relay, but with nobody who sends."""
    now = at(first)
    while now <= at(last):
        pass_time(now=now)
        relay(now=now)
        now += timedelta(days=1)


def the_baton_goes_to_mads(world: World, case: Case, now: datetime) -> None:
    """Maja offers it to her colleague, who takes it."""
    offer = offered(world, case, to_person=world.mads, to_unit=world.school, stays_on=False, now=now)
    accept_handover(handover=offer, actor=world.mads, now=now)


@pytest.mark.parametrize(
    ("stops", "back", "told"),
    [
        pytest.param(
            date(2026, 9, 15), date(2026, 9, 17), [("Thu 17 Sep", BOTH, "owner", "anna anton per")], id="a day"
        ),
        pytest.param(
            date(2026, 9, 17),
            date(2026, 9, 21),
            [("Mon 21 Sep", BOTH, "asker", "maja"), ("Mon 21 Sep", BOTH, "leader", "per")],
            id="a weekend",
        ),
        pytest.param(
            date(2026, 9, 15),
            date(2026, 10, 6),
            [
                ("Tue 06 Oct", BOTH, "owner", "anna anton per"),
                ("Tue 06 Oct", BOTH, "asker", "maja"),
                ("Tue 06 Oct", BOTH, "leader", "dorte"),
            ],
            id="three weeks",
        ),
        pytest.param(
            date(2026, 9, 15),
            date(2027, 9, 15),
            [
                ("Wed 15 Sep", BOTH, "owner", "anna anton per"),
                ("Wed 15 Sep", BOTH, "asker", "maja"),
                ("Wed 15 Sep", BOTH, "leader", "dorte"),
            ],
            id="a year",
        ),
    ],
)
def test_after_a_standstill_all_that_is_owed_is_told_once(
    world: World, stops: date, back: date, told: list[Line]
) -> None:
    deadline, post = unanswered_invitation(world), Post(world)
    post.days(stops, first=day(0))
    before = len(post.of_deadline(deadline))
    for _again in range(3):
        post.round(at(back))
    assert post.of_deadline(deadline)[before:] == told


def test_the_rhythm_goes_on_after_a_standstill_as_if_there_had_been_none(world: World) -> None:
    deadline, post = unanswered_invitation(world), Post(world)
    post.days(day(2), first=day(0))
    post.days(day(19), first=day(13))  # back on Sunday the 27th
    assert post.of_deadline(deadline) == [
        ("Wed 16 Sep", BOTH, "owner", "anna anton per"),
        # Nobody's mail goes out on a Sunday; what was owed by then is one message each.
        ("Sun 27 Sep", "bell", "owner", "anna anton per"),
        ("Sun 27 Sep", "bell", "asker", "maja"),
        ("Sun 27 Sep", "bell", "leader", "dorte"),
        ("Mon 28 Sep", "mail", "owner", "anna anton per"),
        ("Mon 28 Sep", "mail", "asker", "maja"),
        ("Mon 28 Sep", "mail", "leader", "dorte"),
        ("Fri 02 Oct", BOTH, "leader", "dorte per"),
    ]


def test_steps_that_were_taken_while_nobody_sent_become_one_message(world: World) -> None:
    deadline, post = unanswered_invitation(world), Post(world)
    only_planned(day(15), first=day(0))
    assert deadline.steps_taken.count() == 4
    post.round(at(day(15)))
    # Per, who leads them, has been asked himself; told he is of the last step only, as all others are.
    assert post.of_deadline(deadline) == [
        ("Tue 29 Sep", BOTH, "owner", "anna anton"),
        ("Tue 29 Sep", BOTH, "asker", "maja"),
        ("Tue 29 Sep", BOTH, "leader", "dorte per"),
    ]
    assert not Message.objects.filter(state=MessageState.WAITING).exists()


def test_nothing_is_told_of_what_was_answered_during_the_standstill(world: World) -> None:
    case, post = a_case(world), Post(world)
    post.deliver(on(hours=1))
    deadline = owed(case, DeadlineKind.ANSWER_INVITATION)
    accepted(world, case, now=on(9))
    post.round(on(10))
    assert post.of_deadline(deadline) == []


def test_nothing_is_told_of_what_was_answered_after_its_step_was_taken(world: World) -> None:
    case, post = a_case(world), Post(world)
    post.deliver(on(hours=1))
    deadline = owed(case, DeadlineKind.ANSWER_INVITATION)
    only_planned(day(9), first=day(1))
    assert deadline.steps_taken.count() == 3
    accepted(world, case, now=on(9, hours=1))
    post.round(on(10))
    assert post.of_deadline(deadline) == []
    assert not Message.objects.filter(state=MessageState.WAITING).exists()


def test_an_ask_that_was_answered_before_it_was_sent_is_not_sent(world: World) -> None:
    case, post = a_case(world, now=on(hours=12)), Post(world)  # on Monday evening
    post.deliver(on(hours=12))
    accepted(world, case, now=on(hours=13))
    post.deliver(on(1))
    assert {each.name for each in post.reached if each.message.channel == Channel.EMAIL} == {"maja"}


def test_of_what_has_been_given_another_day_only_that_day_is_told(world: World) -> None:
    deadline, post = undone_agreement(world), Post(world)
    only_planned(day(9), first=day(1))  # it was due on Monday the 21st
    agreement = deadline.agreement
    assert agreement is not None
    move_agreement(agreement=agreement, due_on=day(16), actor=world.anna, now=on(9))
    post.days(day(16), first=day(9))
    moved = owed(deadline.case, DeadlineKind.DO_AGREEMENT)
    assert post.of_deadline(deadline) == []
    assert post.of_deadline(moved) == [
        ("Mon 28 Sep", BOTH, "owner", "anna"),
        ("Wed 30 Sep", BOTH, "owner", "anna"),
    ]


@pytest.mark.parametrize("hour", [5, 30], ids=["on the same day", "on the day after"])
def test_a_next_step_that_has_been_put_off_is_not_asked_for(world: World, hour: int) -> None:
    case, post = a_case(world, invite=[]), Post(world)
    deadline = owed(case, DeadlineKind.NEXT_STEP)
    midnight = at(day(14), time(0, 10))  # Monday the 28th, when it is due
    pass_time(now=midnight)
    relay(now=midnight)
    assert deadline.steps_taken.count() == 1
    agreement = agreed(world, case, owner=world.maja, now=midnight + timedelta(hours=hour), due_on=day(16))
    mark_done(agreement=agreement, actor=world.maja, now=midnight + timedelta(hours=hour))
    post.days(day(20), first=day(16))
    assert post.of_deadline(deadline) == []


def test_what_passes_to_another_holder_in_the_night_is_told_to_that_one(world: World) -> None:
    case, post = a_case(world, invite=[]), Post(world)
    deadline = owed(case, DeadlineKind.NEXT_STEP)
    leave_majas_mail_for_the_morning = at(day(14), time(0, 10))
    post.round(leave_majas_mail_for_the_morning)
    Deadline.objects.filter(pk=deadline.pk).update(owner=world.mads)
    post.round(at(day(14), time(8)))
    assert post.of_deadline(deadline) == [
        ("Mon 28 Sep", "bell", "owner", "maja"),
        ("Mon 28 Sep", BOTH, "owner", "mads"),
    ]


def test_a_request_that_passes_to_another_holder_in_the_night_is_told_to_that_one(world: World) -> None:
    case, post = a_case_with_reference(world, invite=[]), Post(world)
    evening = on(1, hours=12)
    ask_to_join(
        system=a_reference().system,
        number=a_reference().number,
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=evening,
    )
    post.deliver(evening)
    the_baton_goes_to_mads(world, case, evening)
    post.deliver(on(2))
    post.deliver(on(2, hours=1))
    told = [(each.name, each.message.channel) for each in post.reached if each.message.event_id]
    asked = [each for each in told if each[0] in ("maja", "mads")]
    assert ("maja", "inapp") in asked
    mails = {email.to[0].partition("@")[0] for email in mail.outbox if "Åskolen" in str(email.body)}
    assert mails == {"mads"}
    assert sum(each == ("mads", "inapp") for each in asked) == 1


def test_what_passes_on_while_it_waits_for_a_digest_is_told_to_the_new_one_and_not_the_old(world: World) -> None:
    Preference.objects.create(person=world.maja, email_pace=Pace.WEEKLY)
    case, post = a_case(world, invite=[]), Post(world)
    deadline = owed(case, DeadlineKind.NEXT_STEP)
    post.round(at(day(15), time(9)))  # on Tuesday the 29th, for Monday's digest
    case.deadlines.update(owner=world.mads)
    post.days(day(21), first=day(16))
    assert post.mails_to("maja") == []
    assert [line for line in post.of_deadline(deadline) if line[3] == "mads"] == [
        ("Mon 05 Oct", BOTH, "owner", "mads"),
    ]


def test_what_is_told_to_a_leader_is_told_to_the_one_who_leads_by_then(world: World) -> None:
    deadline, post = unanswered_invitation(world), Post(world)
    post.days(day(3), first=day(0))
    post.round(at(day(4), time(0, 10)))  # on Friday, when the leader is told
    begin_membership(user=world.per, unit=world.health, role=Role.PROFESSIONAL, actor=None, now=on(4))
    leaves(world.per, world.ppr, now=at(day(4), time(1)))
    post.round(at(day(4), time(8)))
    assert post.of_deadline(deadline)[-3:] == [
        ("Fri 18 Sep", BOTH, "asker", "maja"),
        ("Fri 18 Sep", "bell", "leader", "per"),
        ("Fri 18 Sep", BOTH, "leader", "dorte"),
    ]


def test_mail_that_could_not_go_out_by_day_does_not_go_out_at_night(world: World) -> None:
    a_case(world)
    relay(now=on(hours=1))
    post = Post(world)
    post.deliver(at(day(0), time(23)))
    assert mail.outbox == []
    post.deliver(at(day(1), time(6, 59)))
    assert mail.outbox == []
    post.deliver(at(day(1), time(7)))
    assert len(mail.outbox) == 3


def test_many_asks_after_a_standstill_tell_each_of_its_own(world: World) -> None:
    post = Post(world)
    cases = [a_case(world, invite=[(world.health, None)]) for _number in range(9)]
    post.round(on(30))
    for case in cases:
        assert post.of_deadline(owed(case, DeadlineKind.ANSWER_INVITATION)) == [
            ("Wed 14 Oct", BOTH, "owner", "hanne"),
            ("Wed 14 Oct", BOTH, "asker", "maja"),
            ("Wed 14 Oct", BOTH, "leader", "dorte karin"),
        ]
    # The ask itself, and one for all that was late.
    assert len(post.mails_to("hanne")) == 2 * len(cases)
