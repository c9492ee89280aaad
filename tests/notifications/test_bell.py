"""The bell and its page: what somebody has been told in the app, what is new, and what nobody else reads."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.agreements import drop_agreement
from coordination.commands.cases import close_case
from coordination.commands.handovers import decline_handover, offer_handover
from coordination.commands.invitations import (
    accept_invitation,
    complete_partnership,
    decline_invitation,
    leave_case,
)
from coordination.models import (
    Ask,
    CaseOutcome,
    DeadlineKind,
    DeclineReason,
    DropReason,
    LeaveReason,
    PartnershipOutcome,
    User,
)
from notifications.commands.reading import mark_read
from notifications.models import Message
from notifications.queries.unread import count_unread
from notifications.web.inbox import PER_PAGE
from tests.builders import World, a_case, accepted, on, term, the_invitation
from tests.notifications.reading import bell_of, bell_page, in_app, row_with, tell
from tests.pages.asking import see, send
from tests.promises.living import NOW, Lived
from tests.promises.telling import agreed, offered

HERE, READ = "/besked/", "/besked/laest/"


def declined(world: World, case: object, **changes: object) -> None:
    """PPR says no an hour after it has been asked: no room."""
    how = {"reason": term(DeclineReason, "no_capacity"), "actor": world.anna, "now": on(hours=1)}
    decline_invitation(invitation=the_invitation(case, world.ppr), **{**how, **changes})  # type: ignore[arg-type]


# --- The bell -----------------------------------------------------------------------------------------------
def test_the_bell_says_on_every_page_how_much_is_new(world: World) -> None:
    a_case(world)
    assert bell_of(see(world.anna, "/").content.decode()) == "Messages"
    tell(on(hours=1))
    for page in ("/", HERE, "/enheder/"):
        assert bell_of(see(world.anna, page).content.decode()) == "Messages: 1 1 new"
    assert bell_of(see(world.maja, "/").content.decode()) == "Messages"


def test_more_than_ninety_nine_are_not_counted_out_to_the_eyes(world: World) -> None:
    a_case(world)
    tell(on(hours=1))
    [message] = in_app(world.anna)
    for number in range(1, 101):
        Message.objects.create(
            digest_on=on(number).date(), person=world.anna, channel="inapp", state="sent",
            made_at=on(), due_at=on(), next_at=on(), settled_at=on(),
        )  # fmt: skip
    assert message.read_at is None
    assert bell_of(see(world.anna, "/").content.decode()) == "Messages: 99+ 101 new"


def test_the_count_costs_one_query_over_its_own_index(world: World) -> None:
    a_case(world)
    tell(on(hours=1))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        see(world.anna, "/enheder/")
    [counted] = [query["sql"] for query in queries if "notifications_message" in query["sql"]]
    assert "COUNT" in counted
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {counted}")
            assert "message_unread" in str(cursor.fetchall())


def test_whoever_is_not_signed_in_has_no_bell_and_no_messages(client: Client, db: None) -> None:
    assert "bell" not in client.get(reverse("sign_in")).content.decode()
    assert client.get(HERE)["Location"] == f"/ind/?next={HERE}"
    assert client.post(READ, {"until": 99}).status_code == 302


# --- The page -----------------------------------------------------------------------------------------------
def test_messages_stand_by_day_the_newest_first_with_what_is_new_in_words(world: World) -> None:
    case = a_case(world)
    tell(on(hours=1))
    mark_read(actor=world.anna, now=on(hours=2), until=in_app(world.anna)[0].pk)
    tell(on(2))  # a day before the answer is due
    html = see(world.anna, HERE, at=on(2, hours=1)).content.decode()
    words = bell_page(world.anna, now=on(2, hours=1))
    assert words.index("today") < words.index("Answer the invitation to PPR") < words.index("2 days ago")
    assert words.index("2 days ago") < words.index("Bakkeskolen asks PPR to join")
    new, old = row_with("Answer the invitation to PPR", html), row_with("Bakkeskolen asks PPR to join", html)
    assert "message--new" in new
    assert re.search(r">new<", new)
    assert "message--new" not in old
    assert not re.search(r">new<", old)
    assert case.code in new


def test_everybody_reads_their_own_and_nothing_else(world: World) -> None:
    case = a_case(world)
    tell(on(hours=1))
    assert case.code in bell_page(world.anna)
    for person in (world.maja, world.hanne, world.dorte):
        assert case.code not in bell_page(person)


def test_an_empty_page_says_what_comes_there(world: World) -> None:
    words = bell_page(world.ove)
    assert "No messages yet" in words
    assert "you read it here" in words
    assert "There are no older messages" in bell_page(world.ove, query="?foer=1")


def test_fifty_at_a_time_and_older_ones_by_a_link(world: World) -> None:
    codes = [a_case(world).code for _number in range(PER_PAGE + 2)]
    tell(on(hours=1))
    first = see(world.anna, HERE).content.decode()
    assert first.count('<li class="task message') == PER_PAGE
    [older] = re.findall(r'rel="next" href="/besked/(\?foer=\d+)"', first)
    second = see(world.anna, f"{HERE}{older}").content.decode()
    assert [code in second for code in codes] == [True, True, *[False] * PER_PAGE]
    assert 'rel="next"' not in second
    for nonsense in ("?foer=x", "?foer=-1", f"?foer={'9' * 40}", "?foer=²"):
        assert see(world.anna, f"{HERE}{nonsense}").status_code == 200


def test_the_page_costs_as_many_queries_for_many_messages_as_for_few(world: World) -> None:
    def plays(times: int) -> None:
        for _time in range(times):
            declined(world, a_case(world, invite=[(world.ppr, None), (world.health, None)]))
            case = a_case(world, invite=[(world.ppr, None)])
            accepted(world, case)
            offer = offer_handover(
                case=case, to_person=world.anna, to_unit=world.ppr, actor=world.maja, now=on(hours=2)
            )
            reason = term(DeclineReason, "no_capacity")
            decline_handover(handover=offer, reason=reason, actor=world.anna, now=on(hours=3))

    def cost(person: User) -> int:
        with CaptureQueriesContext(connection) as queries:
            bell_page(person, now=NOW)
        return len(queries)

    Lived(world)
    plays(1)
    tell(NOW)
    people = [person for person in (world.maja, world.anna, world.lone, world.per) if in_app(person)]
    few = {person.username: (cost(person), len(in_app(person))) for person in people}
    plays(6)
    tell(NOW)
    many = {person.username: (cost(person), len(in_app(person))) for person in people}
    assert {name: queries for name, (queries, _count) in few.items()} == {
        name: queries for name, (queries, _count) in many.items()
    }
    assert many["maja"][1] > few["maja"][1]


# --- Reading ------------------------------------------------------------------------------------------------
def test_looking_marks_nothing_as_read(world: World) -> None:
    a_case(world)
    tell(on(hours=1))
    for _time in range(2):
        see(world.anna, HERE)
    assert see(world.anna, READ).status_code == 302
    assert count_unread(world.anna) == 1


def test_the_button_marks_all_that_the_page_knew_of(world: World) -> None:
    a_case(world)
    tell(on(hours=1))
    html = see(world.anna, HERE).content.decode()
    [until] = re.findall(r'name="until" value="(\d+)"', html)
    a_case(world)
    tell(on(hours=2))  # while the page is open
    answer = send(world.anna, READ, {"until": until})
    assert (answer.status_code, answer["Location"]) == (302, HERE)
    assert count_unread(world.anna) == 1
    assert count_unread(world.anton) == 2
    assert [message.read_at is None for message in in_app(world.anna)] == [True, False]


def test_with_script_a_page_that_is_shown_marks_what_it_shows(world: World) -> None:
    for _number in range(PER_PAGE + 1):
        a_case(world)
    tell(on(hours=1))
    html = see(world.anna, HERE).content.decode()
    [sent] = re.findall(r"hx-vals='\{\"since\": \"(\d+)\"\}'", html)
    [until] = re.findall(r'name="until" value="(\d+)"', html)
    client = Client(headers={"accept-language": "en", "hx-request": "true"})
    client.force_login(world.anna)
    answer = client.post(READ, {"since": sent, "until": until})
    assert 'hx-swap-oob="true"' in answer.content.decode()
    assert bell_of(answer.content.decode()) == "Messages: 1 1 new"
    assert "Mark all as read" in answer.content.decode()
    answer = client.post(READ, {"until": until})
    assert bell_of(answer.content.decode()) == "Messages"
    assert "Mark all as read" not in answer.content.decode()


def test_nobody_marks_what_is_somebody_elses(world: World) -> None:
    a_case(world)
    tell(on(hours=1))
    mark_read(actor=world.maja, now=on(), until=in_app(world.anna)[0].pk)
    assert count_unread(world.anna) == 1


# --- What stands there in the app, and where it leads ---------------------------------------------------------
def test_why_it_was_a_no_is_for_those_who_see_the_case(world: World) -> None:
    case = a_case(world)
    declined(world, case, onward=world.health)
    tell(on(hours=2))
    words = bell_page(world.maja)
    assert "PPR has said no" in words
    assert "Why: We cannot just now. They point to Sundhedsplejen." in words
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=3))
    words = bell_page(world.maja)
    assert "PPR has said no" in words
    assert "Why:" not in words


def test_a_no_that_knows_nobody_says_who_finds_out(world: World) -> None:
    declined(world, a_case(world))
    tell(on(hours=2))
    assert "They do not know who else can help, so a leader finds out." in bell_page(world.maja)
    leaders = bell_page(world.lone)
    assert "Find out who can help instead of PPR" in leaders
    assert "Why: We cannot just now." in leaders


def test_other_reasons_stand_there_too(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    agreement = agreed(world, case, owner=world.anna)
    drop_agreement(agreement=agreement, reason=term(DropReason, "replaced"), actor=world.maja, now=on(1, hours=1))
    offer = offered(world, case)
    decline_handover(handover=offer, reason=term(DeclineReason, "no_capacity"), actor=world.anna, now=on(1, hours=2))
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(1, hours=3))
    tell(on(1, hours=4))
    words = bell_page(world.maja, now=on(1, hours=4))
    assert "Why: We cannot just now. The baton is where it was." in words
    assert f"Why: {term(LeaveReason, 'no_capacity').label_en}." in words
    assert f"Why: {term(DropReason, 'replaced').label_en}." not in bell_page(world.anna, now=on(1, hours=4))


def test_what_has_been_settled_is_not_asked_again_and_leads_nowhere_forbidden(world: World) -> None:
    case = a_case(world)
    tell(on(hours=1))
    invitation = the_invitation(case, world.ppr)
    html = see(world.anton, HERE).content.decode()
    assert f'href="{reverse("invitation", args=[invitation.pk])}"' in html
    accept_invitation(invitation=invitation, actor=world.anna, now=on(hours=2))
    row = row_with("Bakkeskolen asks PPR to join", see(world.anton, HERE).content.decode())
    assert "settled since" in row
    assert "href" not in row
    assert "Please answer" not in row
    row = row_with("Bakkeskolen asks PPR to join", see(world.anna, HERE).content.decode())
    assert f'href="{reverse("case", args=[case.code])}"' in row


def test_a_step_that_has_been_settled_says_so(world: World) -> None:
    case = a_case(world)
    tell(on(2))
    row = row_with("Answer the invitation to PPR", see(world.anton, HERE, at=on(2)).content.decode())
    assert "It is due by" in row
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(2, hours=1))
    row = row_with("Answer the invitation to PPR", see(world.anton, HERE, at=on(2, hours=2)).content.decode())
    assert "settled since" in row
    assert "It is due by" not in row


def test_every_link_leads_to_a_page_that_its_reader_may_see(world: World) -> None:
    lived = Lived(world)
    complete_partnership(
        partnership=lived.busy.partnerships.get(unit=world.ppr),
        outcome=term(PartnershipOutcome, "as_agreed"),
        actor=world.anna,
        now=on(4, hours=1),
    )
    wrong, seen = [], 0
    for days in (5, 14):
        tell(on(days, hours=3))
        for person in world.people.values():
            html = see(person, HERE, at=on(days, hours=4)).content.decode()
            main = html.split("<main", 1)[1]
            for href in set(re.findall(r'<p class="task-title"><a href="([^"]+)"', main)):
                seen += 1
                status = see(person, href, at=on(days, hours=4)).status_code
                wrong += [(person.username, days, href, status)] if status != 200 else []
    assert wrong == []
    assert seen > 20


@pytest.mark.parametrize("kind", [DeadlineKind.ANSWER_HANDOVER])
def test_a_leader_who_may_not_see_the_case_is_led_to_their_desk(world: World, kind: DeadlineKind) -> None:
    case = a_case(world, invite=[], ask=term(Ask, "sparring"))
    offer_handover(case=case, to_person=world.rikke, to_unit=world.kindergarten, actor=world.maja, now=on(hours=1))
    tell(on(4, hours=2))
    html = see(world.kirsten, HERE, at=on(4, hours=3)).content.decode()
    row = row_with(case.code, html)
    assert case.deadlines.open().filter(kind=kind).exists()
    assert 'href="/"' in row
    with time_machine.travel(on(4, hours=3)):
        assert case.code in see(world.kirsten, "/", at=on(4, hours=3)).content.decode()
