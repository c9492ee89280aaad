"""The same for what is planned together: agreements, meetings, requests to join, the basis, absences.

And what holds of all events: nobody hears of their own deed, and every link leads somewhere for whoever gets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db.models import F
from django.test import Client

from coordination.commands.agreements import drop_agreement, look_at_agreement_again, mark_done, move_agreement
from coordination.commands.bases import record_basis, withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.invitations import change_contact, complete_partnership, leave_case
from coordination.commands.join_requests import (
    accept_join_request,
    ask_to_join,
    decline_join_request,
    withdraw_join_request,
)
from coordination.commands.looks import open_reference
from coordination.commands.meetings import WhenAndWhere, answer_meeting, cancel_meeting, hold_meeting, move_meeting
from coordination.commands.people import begin_membership, deactivate_person, end_absence
from coordination.commands.time import pass_time
from coordination.models import (
    CaseOutcome,
    DeclineReason,
    DropReason,
    EventKind,
    JoinRequest,
    LeaveReason,
    LookReason,
    LookResult,
    PartnershipOutcome,
    Role,
    Theme,
    User,
)
from notifications.models import Message
from notifications.planning.events import SILENT, TOLD
from tests.builders import World, a_case, a_case_with_reference, a_consent, a_reference, accepted, day, on, term
from tests.promises.only_those_who_need_to_know.every_command import build_scene
from tests.promises.telling import agreed, away, call_of, called, leaves
from tests.promises.telling_people import Post

pytestmark = pytest.mark.usefixtures("with_mail")


def test_every_kind_of_event_tells_somebody_or_nobody_and_that_is_written_down() -> None:
    assert set(TOLD) | SILENT == set(EventKind)
    assert not set(TOLD) & SILENT


def test_an_agreement_is_news_to_the_one_who_is_to_do_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    agreed(world, case, owner=world.anna)
    post.deliver(on(1))
    assert post.of_event(EventKind.AGREEMENT_MADE) == {"anna": "news"}


def test_whoever_made_an_agreement_learns_that_it_is_done_moved_or_dropped(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    agreement = agreed(world, case, owner=world.anna)
    move_agreement(agreement=agreement, due_on=day(8), actor=world.anna, now=on(2))
    mark_done(agreement=agreement, actor=world.anna, now=on(2, hours=1))
    other = agreed(world, case, owner=world.anna)
    drop_agreement(agreement=other, reason=term(DropReason, "no_longer_needed"), actor=world.anna, now=on(2))
    post.deliver(on(2, hours=2))
    for kind in (EventKind.AGREEMENT_MOVED, EventKind.AGREEMENT_DONE, EventKind.AGREEMENT_DROPPED):
        assert post.of_event(kind) == {"maja": "news"}


def test_a_partner_who_made_an_agreement_with_the_holder_learns_what_came_of_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    agreement = agreed(world, case, owner=world.maja, actor=world.anna, look_again_on=day(9))
    mark_done(agreement=agreement, actor=world.maja, now=on(2))
    look_at_agreement_again(agreement=agreement, result=LookResult.ENDED, actor=world.maja, now=on(3))
    post.deliver(on(3))
    assert post.of_event(EventKind.AGREEMENT_DONE) == {"anna": "news"}
    assert post.of_event(EventKind.AGREEMENT_LOOKED_AT) == {"anna": "news"}


def test_what_passes_to_the_holder_is_news_to_them_and_to_the_one_who_made_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    partnership = accepted(world, case)
    agreed(world, case, owner=world.anna)
    leave_case(partnership=partnership, reason=term(LeaveReason, "others_took_over"), actor=world.anna, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.AGREEMENT_PASSED_ON) == {"maja": "news"}


def test_who_is_called_to_a_meeting_hears_of_it_and_of_every_change(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    meeting = called(world, case, world.anna, world.maja)
    post.deliver(on(1))
    assert post.of_event(EventKind.MEETING_CALLED) == {"anna": "owner"}
    later = WhenAndWhere(starts_at=on(8), ends_at=on(8, hours=1), place=world.school)
    move_meeting(meeting=meeting, at=later, actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.MEETING_MOVED) == {"anna": "owner"}
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(3))
    post.deliver(on(3))
    assert post.of_event(EventKind.MEETING_CANCELLED) == {"anna": "news"}


def test_whoever_called_a_meeting_learns_who_comes_and_that_the_holder_has_moved_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    meeting = called(world, case, world.maja, actor=world.anna)
    answer_meeting(attendance=call_of(meeting, world.maja), comes=False, actor=world.maja, now=on(1, hours=1))
    later = WhenAndWhere(starts_at=on(8), ends_at=on(8, hours=1), place=world.school)
    move_meeting(meeting=meeting, at=later, actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.MEETING_ANSWERED) == {"anna": "news"}
    assert post.of_event(EventKind.MEETING_MOVED) == {"anna": "owner"}


def test_a_meeting_that_was_held_is_nothing_that_those_who_were_there_are_told_of(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    hold_meeting(meeting=meeting, came=[world.anna], actor=world.maja, now=on(8))
    post.deliver(on(8))
    assert post.of_event(EventKind.MEETING_HELD) == {}
    assert post.of_event(EventKind.MEETING_CALLED) == {}


def test_a_new_contact_is_called_instead_and_the_former_one_and_the_caller_learn_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    partnership = accepted(world, case)
    called(world, case, world.anna)
    post.deliver(on(1))
    change_contact(partnership=partnership, contact=world.anton, actor=world.per, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.MEETING_RELEASED) == {"anna": "news", "anton": "owner", "maja": "news"}


def asks(world: World, who: str = "ove", unit: str = "other_school") -> JoinRequest:
    """Somebody asks on Tuesday to join the case that Maja holds."""
    return ask_to_join(
        system=a_reference().system,
        number=a_reference().number,
        unit=world.units[unit],
        theme=term(Theme, "trivsel"),
        actor=world.people[who],
        now=on(1),
    )


def test_the_holder_is_asked_whether_somebody_may_join_and_nobody_else_hears_of_it(world: World) -> None:
    case, post = a_case_with_reference(world), Post(world)
    accepted(world, case)
    asks(world)
    post.deliver(on(1))
    assert post.of_event(EventKind.JOIN_ASKED) == {"maja": "owner"}


def test_whoever_asks_to_join_learns_the_answer(world: World) -> None:
    a_case_with_reference(world)
    post, no = Post(world), term(DeclineReason, "no_capacity")
    decline_join_request(join_request=asks(world), reason=no, actor=world.maja, now=on(2))
    other = asks(world, "rikke", "kindergarten")
    accept_join_request(join_request=other, actor=world.maja, now=on(2, hours=1))
    post.deliver(on(2, hours=1))
    assert post.of_event(EventKind.JOIN_DECLINED) == {"ove": "news"}
    assert post.of_event(EventKind.JOIN_ACCEPTED) == {"rikke": "news"}


def test_whoever_becomes_the_contact_for_somebody_who_has_left_learns_it(world: World) -> None:
    a_case_with_reference(world)
    post, request = Post(world), asks(world)
    begin_membership(user=world.ove, unit=world.health, role=Role.PROFESSIONAL, actor=None, now=on(1))
    leaves(world.ove, world.other_school, now=on(1))
    accept_join_request(join_request=request, actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.JOIN_ACCEPTED) == {"ove": "news", "sanne": "news"}


def test_a_request_that_is_taken_back_or_dies_with_the_case_is_news_to_the_other_one(world: World) -> None:
    case, post = a_case_with_reference(world), Post(world)
    withdraw_join_request(join_request=asks(world, "rikke", "kindergarten"), actor=world.rikke, now=on(1, hours=1))
    post.deliver(on(1, hours=2))
    assert post.of_event(EventKind.JOIN_WITHDRAWN) == {"maja": "news"}
    asks(world)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.JOIN_WITHDRAWN) == {"ove": "news"}


def test_when_a_consent_runs_out_the_holder_is_to_act_and_the_partners_learn_it(world: World) -> None:
    case, post = a_case(world, reference=a_reference(), basis=a_consent(3)), Post(world)
    accepted(world, case)
    pass_time(now=on(4))
    post.deliver(on(4))
    assert post.of_event(EventKind.BASIS_EXPIRED) == {"maja": "owner", "anna": "news"}


def test_when_a_stand_in_takes_a_consent_back_the_holder_learns_it(world: World) -> None:
    case, post = a_case_with_reference(world), Post(world)
    accepted(world, case)
    away(world.maja, world.mads, first=0, last=5)
    withdraw_basis(basis=case.bases.get(), actor=world.mads, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.BASIS_WITHDRAWN) == {"maja": "owner", "anna": "news"}


def test_a_consent_that_was_renewed_before_anybody_was_told_is_nothing_to_act_on(world: World) -> None:
    case, post = a_case(world, reference=a_reference(), basis=a_consent(3)), Post(world)
    pass_time(now=on(4))
    record_basis(case=case, draft=a_consent(99), actor=world.maja, now=on(4))
    post.deliver(on(4))
    assert post.of_event(EventKind.BASIS_EXPIRED) == {}


def test_a_holder_learns_that_a_leader_has_opened_a_reference(world: World) -> None:
    case, post = a_case_with_reference(world), Post(world)
    accepted(world, case)
    reason = term(LookReason, "supervision")
    open_reference(reference=case.references.get(), actor=world.lone, now=on(1), reason=reason)
    post.deliver(on(1))
    assert post.of_event(EventKind.REFERENCE_OPENED) == {"maja": "news"}


def test_a_stand_in_learns_that_they_stand_in_and_that_they_no_longer_do(world: World) -> None:
    post, absence = Post(world), away(world.maja, world.mads, first=0, last=5)
    post.deliver(on(0))
    assert post.of_event(EventKind.ABSENCE_SET) == {"mads": "news"}
    end_absence(absence=absence, actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.ABSENCE_ENDED) == {"mads": "news"}


def test_a_stand_in_who_acted_is_not_told_of_their_own_deed(world: World) -> None:
    case, post = a_case(world), Post(world)
    partnership = accepted(world, case)
    away(world.maja, world.mads, first=0, last=5)
    away(world.anna, world.mads, first=0, last=5)
    called(world, case, world.anna, actor=world.mads)
    done = term(PartnershipOutcome, "as_agreed")
    post.deliver(on(1))
    assert post.of_event(EventKind.MEETING_CALLED) == {"anna": "owner"}
    complete_partnership(partnership=partnership, outcome=done, actor=world.mads, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.PARTNERSHIP_COMPLETED) == {"maja": "news", "anna": "news"}


def links_in(email: EmailMessage) -> list[str]:
    """The addresses that an e-mail leads to, as paths."""
    return [urlsplit(word).path for word in str(email.body).split() if word.startswith(settings.BASE_URL)]


def closed_links(emails: Iterable[EmailMessage], now: datetime) -> set[tuple[str, str, str]]:
    """The links that do not open for the reader of the e-mail, on the day on which it came."""
    closed = set()
    with time_machine.travel(now, tick=False):
        for email in emails:
            browser = Client()
            browser.force_login(User.objects.get(email=email.to[0]))
            paths = [path for path in links_in(email) if browser.get(path, follow=True).status_code == 404]
            closed |= {(email.to[0], path, str(email.subject)) for path in paths}
    return closed


def test_nobody_ever_hears_of_their_own_deed_and_every_link_opens_for_its_reader(world: World) -> None:
    scene, post = build_scene(world), Post(world)
    seen, closed = 0, set()
    for number in range(20):
        if number == 4:
            change_contact(partnership=scene.partnership, contact=world.anton, actor=world.per, now=on(4))
        if number == 5:
            deactivate_person(user=world.maja, actor=world.karin, now=on(5))
        if number == 18:
            close_case(case=scene.case, outcome=term(CaseOutcome, "solved"), actor=world.lone, now=on(18))
        post.days(day(number), first=day(number))
        closed |= closed_links(mail.outbox[seen:], on(number, hours=3))
        seen = len(mail.outbox)
    told = Message.objects.filter(event__isnull=False, person__isnull=False)
    assert told.count() > 50
    assert not told.filter(event__actor=F("person")).exists()
    assert seen > 50
    assert closed == set()
