"""E-mail: text and HTML, one connection for a batch."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import get_language

from notifications.channels.calendar import invite_for
from notifications.channels.outcomes import SENT, Outcome, Tried
from notifications.channels.smtp import Backend, NotTaken, WholeMail
from notifications.models import Message
from notifications.wording.saying import Said


class Mailer:
    """Sends e-mails over one connection, opened when it is first needed and again when it has been lost."""

    def __init__(self) -> None:
        """Prepare; nothing is opened yet."""
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Mailer:
        """Begin a batch."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (OSError, smtplib.SMTPException):
                return  # it is gone already

    def write(self, message: Message, said: Said) -> WholeMail | Tried:
        """Write one e-mail."""
        email = compose(message, said)
        if not any(email.to):
            return Tried(Outcome.NEVER, "no address")
        try:
            _ = email.content
        except (ValueError, UnicodeError) as error:
            return Tried(Outcome.NEVER, type(error).__name__)
        return email

    def send(self, _message: Message, written: WholeMail) -> Tried:
        """Send one e-mail; say UNSURE where the connection was lost when it had been handed over: it may have come."""
        was_open = self._connection is not None
        tried = self._hand_over(written)
        if tried.outcome == Outcome.UNREACHABLE and was_open:
            # Servers close connections that they have served for a while; another one tells whether this one is there.
            tried = self._hand_over(written)
        return tried

    def _hand_over(self, email: WholeMail) -> Tried:  # noqa: PLR0911 -- one for each way it can end
        try:
            email.connection = self._connected()
        except OSError as error:  # which all errors of SMTP are too
            self._drop()
            return Tried(Outcome.UNREACHABLE, type(error).__name__)
        try:
            email.send()
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(max((code for code, _words in error.recipients.values()), default=0))
        except smtplib.SMTPSenderRefused as error:
            # It is the installation that is refused, not this reader.
            self._drop()
            return Tried(Outcome.UNREACHABLE, f"sender {error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code)
        except NotTaken as error:
            self._drop()
            return Tried(Outcome.UNREACHABLE, str(error))
        except OSError as error:
            self._drop()
            return Tried(Outcome.UNSURE, type(error).__name__)
        except (ValueError, UnicodeError) as error:
            return Tried(Outcome.NEVER, type(error).__name__)
        return SENT

    def _connected(self) -> BaseEmailBackend:
        if self._connection is None:
            connection = get_connection()
            connection.open()
            self._connection = connection
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if isinstance(connection, Backend):
            connection.drop()


def compose(message: Message, said: Said) -> WholeMail:
    """Write the e-mail that says it, in the active language. The same message always has the same Message-ID."""
    person = message.person
    if person is None:
        raise ValueError("an e-mail is for a person")
    context = {
        "said": said,
        "name": person.get_short_name(),
        "language": get_language(),
        "base_url": settings.BASE_URL,
    }
    email = WholeMail(
        subject=said.subject,
        body=render_to_string("email/message.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    email.attach_alternative(render_to_string("email/message.html", context), "text/html")
    invite = invite_for(message, url=said.url)
    if invite is not None:
        # Outlook reads the last alternative, with the method in its header; some other programs read attachments only.
        email.attach_alternative(invite.content, f"text/calendar; method={invite.method}")
        email.attach("invite.ics", invite.content.encode(), "application/ics")
    return email


def message_id(message: Message) -> str:
    """Derive the Message-ID from the message's own id: it says nothing of a case, and stays the same in every try."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{message.uid}@{domain}>"


def _answered(code: int) -> Tried:
    return Tried(Outcome.NEVER if code >= 500 else Outcome.LATER, str(code))
