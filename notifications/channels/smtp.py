"""SMTP that tells a connection lost before a message was handed over from one lost after."""

from __future__ import annotations

import re
import smtplib
from email.generator import BytesGenerator
from email.message import Message
from email.policy import Compat32
from functools import cached_property, lru_cache
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address


class NotTaken(smtplib.SMTPException):
    """The server was gone before it was handed the message: it has not come, and may be sent over another connection.

    Its words are the name of what happened.
    """


class WholeMail(EmailMultiAlternatives):
    """An e-mail that is written out once, before it is handed over."""

    @cached_property
    def content(self) -> bytes:
        """The bytes of it. Raises ValueError or UnicodeError where something in it can be in no e-mail."""
        return _written(self.message())


class Backend(EmailBackend):
    """Sends as Django's own does, but takes the steps of a message one by one, to know how far it came."""

    connection: Any

    def open(self) -> bool | None:
        """Connect and greet: what goes wrong with the greeting is no message's fault."""
        is_new = super().open()
        self.connection.ehlo_or_helo_if_needed()
        return is_new

    def drop(self) -> None:
        """Let go of a connection that is of no use any more, without waiting for the server to say goodbye."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def _send(self, email_message: EmailMessage) -> bool:
        encoding = email_message.encoding or settings.DEFAULT_CHARSET
        sender = _address(email_message.from_email, encoding)
        recipients = [_address(address, encoding) for address in email_message.recipients()]
        content = email_message.content if isinstance(email_message, WholeMail) else _written(email_message.message())
        try:
            self._announce(sender, recipients, len(content))
        except (NotTaken, smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            raise
        except OSError as error:
            raise NotTaken(type(error).__name__) from error
        self.connection.send(_dotted(content))
        code, words = self.connection.getreply()
        if code != 250:
            raise smtplib.SMTPDataError(code, words)
        return True

    def _announce(self, sender: str, recipients: list[str], size: int) -> None:
        smtp = self.connection
        code, words = smtp.mail(sender, [f"size={size}"] if smtp.has_extn("size") else [])
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, words, sender)
        for recipient in recipients:
            code, words = smtp.rcpt(recipient)
            _heed_closing(code)
            if code not in (250, 251):
                smtp.rset()
                raise smtplib.SMTPRecipientsRefused({recipient: (code, words)})
        code, words = smtp.docmd("data")
        _heed_closing(code)
        if code != 354:
            smtp.rset()
            raise smtplib.SMTPDataError(code, words)


_address = lru_cache(maxsize=256)(sanitize_address)


class _Written(Compat32):
    """Writes headers as Django's messages do, without taking those apart that are as they should be."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write one header."""
        if isinstance(value, str) and value.isascii() and len(name) + len(value) < _LINE and "\n" not in value:
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


_LINE = 76
_WRITTEN = _Written(linesep="\r\n")


def _written(message: Message) -> bytes:
    if message.is_multipart():
        # To search the text for a boundary that does not occur in it takes as long as to write it.
        message.set_boundary(uuid4().hex)
    content = BytesIO()
    BytesGenerator(content, mangle_from_=False, policy=_WRITTEN).flatten(message)
    return content.getvalue()


def _heed_closing(code: int) -> None:
    """Notice that a server hangs up, whatever it was told: 421 says nothing about this message."""
    if code == 421:
        raise NotTaken(str(code))


def _dotted(content: bytes) -> bytes:
    """Write the message as SMTP wants it: dots at the beginning of a line doubled, a lone one at the end."""
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"
