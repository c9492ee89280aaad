"""E-mails as they are sent: who they are from and to, in which language, and what they do not say."""

from __future__ import annotations

import re
from email.message import EmailMessage as Received
from email.parser import BytesParser
from email.policy import default

import pytest
from django.core import mail
from django.test import override_settings

from coordination.models import DeadlineKind, User
from notifications.channels.email import compose, message_id
from notifications.delivery import sending
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, MessageState
from notifications.wording.saying import Said, say
from tests.builders import World, a_case, a_case_with_reference, accepted, day, on
from tests.notifications.making import answering, due
from tests.promises.telling_people import Post

pytestmark = pytest.mark.usefixtures("with_mail")


def received(email: mail.EmailMessage) -> Received:
    """An e-mail as the other side reads it from its bytes."""
    read = BytesParser(policy=default).parsebytes(email.message().as_bytes())
    assert isinstance(read, Received)
    return read


def the_ask(world: World, *, language: str = "da") -> Received:
    """What Anna gets when PPR is asked."""
    User.objects.filter(pk=world.anna.pk).update(language=language)
    case, post = a_case(world), Post(world)
    post.deliver(on(0))
    [email] = post.mails_to("anna")
    assert case.code in str(email.subject)
    return received(email)


def part(email: Received, kind: str) -> str:
    """The text of one part of an e-mail."""
    body = email.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_it_is_from_involver_to_one_reader_and_says_that_a_machine_has_written_it(world: World) -> None:
    with override_settings(DEFAULT_FROM_EMAIL="Involver <involver@lilleby.example>"):
        email = the_ask(world)
    assert email["From"] == "Involver <involver@lilleby.example>"
    assert email["To"] == "anna@lilleby.example"
    assert (email["Cc"], email["Bcc"], email["Reply-To"]) == (None, None, None)
    assert email["Auto-Submitted"] == "auto-generated"
    assert email["X-Auto-Response-Suppress"] == "All"
    assert email["Message-ID"].endswith("@lilleby.example>")


def test_it_comes_as_text_and_as_html_that_say_the_same(world: World) -> None:
    email = the_ask(world)
    text, html = part(email, "plain"), part(email, "html")
    headline = str(email["Subject"]).strip().removeprefix("Involver: ").rpartition(" (")[0]
    address = re.search(r"https?://\S+/invitationer/\d+/", text)
    assert address is not None
    for body in (text, html):
        assert headline in body
        assert address[0] in body
        assert "Anna" in body
    assert "<script" not in html
    assert "<img" not in html


@pytest.mark.parametrize(
    ("language", "hello", "subject"),
    [("da", "Hej Anna", "Involver: Bakkeskolen"), ("en", "Hello Anna", "Involver: Bakkeskolen asks PPR to join")],
)
def test_it_is_in_the_language_of_its_reader(world: World, language: str, hello: str, subject: str) -> None:
    email = the_ask(world, language=language)
    assert hello in part(email, "plain")
    assert str(email["Subject"]).strip().startswith(subject)
    assert f'<html lang="{language}">' in part(email, "html")
    assert ("asks PPR" in str(email["Subject"])) == (language == "en")


def test_readers_of_one_batch_get_it_each_in_their_own_language(world: World) -> None:
    User.objects.filter(pk=world.anton.pk).update(language="en")
    post = Post(world)
    a_case(world)
    post.deliver(on(0))
    assert "Hej Anna" in str(post.mails_to("anna")[0].body)
    assert "Hello Anton" in str(post.mails_to("anton")[0].body)
    assert "Hej Per" in str(post.mails_to("per")[0].body)


def test_every_try_of_a_message_has_the_same_id_and_every_message_its_own(
    world: World,
) -> None:
    first, second = due(world.maja), due(world.maja)
    ids = [compose(message, Said("Hello", "", "/")).extra_headers["Message-ID"] for message in (first, first, second)]
    assert ids[0] == ids[1] != ids[2]
    Message.objects.filter(pk=first.pk).update(attempts=5, next_at=on(0))
    assert message_id(Message.objects.get(pk=first.pk)) == ids[0]


def test_its_id_says_nothing_of_a_case_or_a_reader(world: World) -> None:
    case = a_case_with_reference(world)
    post = Post(world)
    post.deliver(on(0))
    for email in mail.outbox:
        name = str(email.extra_headers["Message-ID"])
        assert re.fullmatch(r"<[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@[a-z.]+>", name)
        assert case.code.lower() not in name


def test_it_names_no_theme_no_ask_and_no_reference(world: World) -> None:
    case = a_case_with_reference(world, "P-2026-1042")
    post = Post(world)
    post.round(on(0))
    accepted(world, case)
    post.days(day(1), first=day(1))
    assert mail.outbox
    for email in mail.outbox:
        whole = email.message().as_bytes().decode("utf-8", "replace") + str(email.body) + str(email.subject)
        for secret in ("P-2026-1042", case.theme.label, "Sparring", "sparring", "PPR-journal"):
            assert secret not in whole, email.subject


def test_a_name_cannot_break_out_of_a_header_or_the_page(world: World) -> None:
    User.objects.filter(pk=world.maja.pk).update(name="Maja <b>Holm</b>\r\nBcc: alle@lilleby.example")
    User.objects.filter(pk=world.anna.pk).update(name='Anna "<script>" Bang')
    case, post = a_case(world, invite=[(world.ppr, world.anna)]), Post(world)
    accepted(world, case)
    post.deliver(on(0, hours=2))
    [email] = post.mails_to("maja")
    read = received(email)
    assert read["Bcc"] is None
    html = part(read, "html")
    assert "<b>Holm" not in html
    assert "<script>" not in html


def test_one_connection_serves_a_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    line = answering(monkeypatch)
    a_case(world)
    Post(world).deliver(on(0))
    assert len(line.sent) == 3
    assert line.times_opened == 1
    assert sending.BATCH >= 3


def test_a_mail_to_nobody_is_discarded_and_not_tried_for_ever(world: World) -> None:
    message = due(world.maja)
    User.objects.filter(pk=world.maja.pk).update(email="maja@lilleby.example\n")
    send_due(Channel.EMAIL, clock=lambda: on(0))
    message.refresh_from_db()
    assert message.state == MessageState.DISCARDED
    assert mail.outbox == []


def test_what_is_said_is_true_when_it_is_sent(world: World) -> None:
    case = a_case(world)
    deadline = case.deadlines.get(kind=DeadlineKind.ANSWER_INVITATION)
    post = Post(world)
    post.round(on(2))
    message = Message.objects.filter(step__deadline=deadline, channel=Channel.EMAIL, person=world.anna).get()
    soon, late = say(message, today=day(3)), say(message, today=day(4))
    assert soon.headline == late.headline
    assert soon.detail != late.detail


def test_it_is_written_out_as_django_writes_it_but_for_the_boundary(world: World) -> None:
    said = Said("Mødet er flyttet", ".\nFrom here on\n..", "/")
    email = compose(due(world.maja), said)
    theirs = BytesParser(policy=default).parsebytes(email.message().as_bytes())
    ours = BytesParser(policy=default).parsebytes(email.content)
    assert isinstance(theirs, Received)
    assert isinstance(ours, Received)
    assert email.content.count(b"\r\n") == email.content.count(b"\n") == email.message().as_bytes().count(b"\n")
    assert [(name, str(value)) for name, value in ours.items() if name not in ("Content-Type", "Date")] == [
        (name, str(value)) for name, value in theirs.items() if name not in ("Content-Type", "Date")
    ]
    assert ours.get_content_type() == "multipart/alternative"
    assert [part.as_bytes() for part in ours.iter_parts()] == [part.as_bytes() for part in theirs.iter_parts()]
    assert "Mødet er flyttet" in str(ours["Subject"])
