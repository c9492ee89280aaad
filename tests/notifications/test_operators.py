"""The operators' page: what has been sent and what has not, no word of any case, and trying again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coordination.commands.invitations import accept_invitation
from coordination.errors import Forbidden
from coordination.models import Case, Event, EventKind, OutboxEntry, User
from notifications.channels.email import Mailer
from notifications.channels.outcomes import Outcome, Tried
from notifications.commands.retrying import retry
from notifications.models import Channel, Message, MessageState
from notifications.queries.figures import read_figures
from notifications.queries.unread import count_unread
from tests.builders import PASSWORD, World, a_case, on, the_invitation
from tests.notifications.reading import tell
from tests.pages.desks import text_of

pytestmark = pytest.mark.usefixtures("with_mail")

HERE = "/admin/notifications/message/"


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every e-mail is refused for good."""
    monkeypatch.setattr(Mailer, "send", lambda *_given: Tried(Outcome.NEVER, "550"))
    return monkeypatch


def see_list(person: User, *, now: datetime | None = None, query: str = "") -> str:
    """The page of an administrator, in English."""
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now or on(1), tick=False):
        client.force_login(person)
        answer = client.get(f"{HERE}{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def rows(html: str) -> int:
    """How many messages the list shows."""
    return html.count("action-select") - html.count("action-select-all")


def discarded() -> list[int]:
    return list(Message.objects.filter(state=MessageState.DISCARDED).order_by("pk").values_list("pk", flat=True))


# --- The page -----------------------------------------------------------------------------------------------
def test_nobody_but_administrators_comes_in(client: Client, world: World) -> None:
    for person in (world.karin, world.maja):
        client.force_login(person)
        assert client.get(HERE).status_code == 302


def test_the_list_holds_no_code_no_theme_and_no_words_of_a_case(world: World, clerk: User) -> None:
    case = a_case(world)
    tell(on(2))
    html = see_list(clerk, now=on(2))
    message = Message.objects.filter(person=world.anna).order_by("-pk")[0]
    assert "Anna Bang" in html
    detail = see_list(clerk, now=on(2), query=f"{message.pk}/change/")
    assert "Anna Bang" in detail
    for page in (html, detail):
        for hidden in (case.code, case.theme.label_en, case.theme.label_da, "Sparring", "Bakkeskolen", "PPR"):
            assert hidden not in page, hidden


def test_messages_are_found_by_state_channel_age_and_person(world: World, clerk: User) -> None:
    a_case(world)
    tell(on(hours=1))
    everybody = rows(see_list(clerk))
    assert everybody == Message.objects.count() == 6
    assert rows(see_list(clerk, query="?channel__exact=email")) == 3
    assert rows(see_list(clerk, query="?state__exact=waiting")) == 0
    assert rows(see_list(clerk, query="?q=Anna")) == 2
    assert rows(see_list(clerk, now=on(1), query="?made=day")) == 6
    assert rows(see_list(clerk, now=on(1), query="?made=hour")) == 0
    assert rows(see_list(clerk, now=on(9), query="?made=week")) == 0


def test_nothing_is_added_changed_or_deleted_there(world: World, clerk: User, client: Client) -> None:
    a_case(world)
    tell(on(hours=1))
    client.force_login(clerk)
    message = Message.objects.order_by("pk")[0]
    for path in ("add/", f"{message.pk}/delete/", f"{message.pk}/change/"):
        assert client.post(f"{HERE}{path}", {"post": "yes", "state": "waiting"}).status_code == 403
    assert "delete_selected" not in see_list(clerk)
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_the_list_costs_as_many_queries_for_many_as_for_few(world: World, clerk: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            see_list(clerk)
        return len(queries)

    a_case(world)
    tell(on(hours=1))
    few = cost()
    for _number in range(4):
        a_case(world)
    tell(on(hours=1))
    assert cost() == few


# --- Trying again -------------------------------------------------------------------------------------------
def test_what_was_given_up_is_sent_when_an_operator_tries_again(
    world: World, clerk: User, refused: pytest.MonkeyPatch
) -> None:
    a_case(world)
    tell(on(hours=1))
    assert len(discarded()) == 3
    refused.undo()
    tell(on(hours=2))
    assert count_unread(world.anna) == 2  # the ask, and that e-mail did not reach her
    assert mail.outbox == []
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(on(hours=2), tick=False):
        client.force_login(clerk)
        given = {"action": "try_again", "_selected_action": [*discarded(), in_app_of(world.anna)]}
        page = client.post(HERE, given, follow=True).content.decode()
    assert "3 messages are tried again." in page
    assert "The others had not been given up" in page
    assert [(each.attempts, each.failure) for each in Message.objects.filter(channel=Channel.EMAIL)] == [(0, "")] * 3
    tell(on(hours=3))
    assert sorted(email.to[0].split("@")[0] for email in mail.outbox) == ["anna", "anton", "per"]
    assert discarded() == []


def in_app_of(person: User) -> int:
    return Message.objects.filter(person=person, channel=Channel.IN_APP).order_by("pk")[0].pk


def test_trying_again_disturbs_nobody_at_night_and_sends_nothing_that_is_settled(
    world: World, clerk: User, refused: pytest.MonkeyPatch
) -> None:
    case = a_case(world)
    tell(on(hours=1))
    refused.undo()
    assert retry(ids=discarded(), actor=clerk, now=on(hours=12)) == 3
    waiting = Message.objects.filter(channel=Channel.EMAIL, state=MessageState.WAITING)
    assert [(each.due_at, each.next_at) for each in waiting] == [(on(1, hours=-2), on(1, hours=-2))] * 3
    tell(on(hours=13))
    assert mail.outbox == []
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(hours=14))
    tell(on(1, hours=1))
    assert not [email for email in mail.outbox if "asks PPR" in email.subject or "beder" in email.subject]
    assert Message.objects.filter(channel=Channel.EMAIL, event__kind=EventKind.INVITATION_SENT).count() == 3


def test_only_administrators_try_again_and_only_what_was_given_up(
    world: World, clerk: User, refused: pytest.MonkeyPatch
) -> None:
    a_case(world)
    tell(on(hours=1))
    with pytest.raises(Forbidden):
        retry(ids=discarded(), actor=world.karin, now=on(hours=2))
    assert len(discarded()) == 3
    sent = list(Message.objects.filter(state=MessageState.SENT).values_list("pk", flat=True))
    assert retry(ids=sent, actor=clerk, now=on(hours=2)) == 0
    assert retry(ids=[discarded()[0]], actor=clerk, now=on(hours=2)) == 1
    assert len(discarded()) == 2
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    clerk.refresh_from_db()
    with pytest.raises(Forbidden):
        retry(ids=discarded(), actor=clerk, now=on(hours=2))


# --- The figures --------------------------------------------------------------------------------------------
def test_the_figures_count_and_say_how_old_the_oldest_is(world: World, clerk: User) -> None:
    nothing = read_figures(on(-20))
    assert (nothing.oldest_due_seconds, nothing.counts) == (None, {})
    tell(on(-20))  # what the builders have told
    a_case(world)
    unrelayed = read_figures(on(hours=2))
    assert (unrelayed.oldest_due_seconds, unrelayed.oldest_unrelayed_seconds) == (None, 7200.0)
    tell(on(hours=2))
    figures = read_figures(on(hours=2))
    assert figures.oldest_unrelayed_seconds is None
    assert figures.oldest_due_seconds is None
    assert figures.counts == {
        (Channel.IN_APP, MessageState.SENT): 3,
        (Channel.EMAIL, MessageState.SENT): 3,
    }


def test_a_server_that_is_not_there_shows_in_the_age_though_it_is_asked_again_and_again(
    world: World, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mailer, "send", lambda *_given: Tried(Outcome.UNREACHABLE, "OSError"))
    a_case(world)
    for hours in (1, 2, 3):
        tell(on(hours=hours))
    assert read_figures(on(hours=3)).oldest_due_seconds == timedelta(hours=2).total_seconds()
    shown = text_of(f"<main>{see_list(clerk, now=on(hours=3))}</main>")
    assert "The oldest message that should have been sent has waited 2 hours." in shown
    assert "E-mail: 3 waiting" in shown
    assert "Push on phone or computer: none" in shown


def test_what_waits_for_the_quiet_to_end_is_not_late(world: World) -> None:
    a_case(world, now=on(hours=10))
    tell(on(hours=10))
    assert Message.objects.filter(state=MessageState.WAITING).count() == 3
    assert read_figures(on(hours=15)).oldest_due_seconds is None
    assert read_figures(on(1, hours=-1)).oldest_due_seconds == 3600.0


def test_the_oldest_row_of_the_outbox_counts_from_what_happened(world: World) -> None:
    case = Case.objects.get(pk=a_case(world).pk)
    tell(on(hours=1))
    OutboxEntry.objects.filter(event=Event.objects.get(case=case, kind=EventKind.INVITATION_SENT)).update(
        relayed_at=None
    )
    assert read_figures(on(hours=5)).oldest_unrelayed_seconds == timedelta(hours=5).total_seconds()
