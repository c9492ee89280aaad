"""SMTP that tells a connection lost before a message was handed over from one lost after."""

from __future__ import annotations

import re
import smtplib
from email.generator import BytesGenerator
from email.message import Message
from email.policy import Compat32
from functools import cached_property, lru_cache
from io import BytesIO
from smtplib import quoteaddr
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
        if any("\r" in address or "\n" in address for address in [sender, *recipients]):
            # Asked of the addresses as they are: how much of one the quoting lets through differs between Pythons.
            raise ValueError("an address is one line")
        smtp = self.connection
        options = f" size={size}" if smtp.has_extn("size") else ""
        commands = [
            f"MAIL FROM:{quoteaddr(sender)}{options}",
            *(f"RCPT TO:{quoteaddr(to)}" for to in recipients),
            "DATA",
        ]
        replies = self._say_at_once(commands) if smtp.has_extn("pipelining") else self._say_in_turn(commands)
        if any(code == _CLOSING for code, _words in replies):
            # The server hangs up, whatever it was told: this says nothing about the message.
            raise NotTaken(str(_CLOSING))
        if replies[0][0] != 250:
            raise smtplib.SMTPSenderRefused(*replies[0], sender)
        refused = {to: reply for to, reply in zip(recipients, replies[1:], strict=False) if reply[0] not in (250, 251)}
        if refused or replies[-1][0] != _GO_AHEAD:
            self._take_back(replies[-1][0])
            raise smtplib.SMTPRecipientsRefused(refused) if refused else smtplib.SMTPDataError(*replies[-1])

    def _say_at_once(self, commands: list[str]) -> list[tuple[int, bytes]]:
        """Say everything in one go (RFC 2920), which spares two waits for a server that may be far away."""
        self.connection.send("".join(f"{command}\r\n" for command in commands))
        return [self.connection.getreply() for _command in commands]

    def _say_in_turn(self, commands: list[str]) -> list[tuple[int, bytes]]:
        replies = []
        for command in commands:
            replies.append(self.connection.docmd(command))
            if replies[-1][0] not in (250, 251):
                break
        return replies

    def _take_back(self, code: int) -> None:
        """Leave the connection ready for the next message; a server that waits for this one is given none of it."""
        if code == _GO_AHEAD:
            self.connection.send(b".\r\n")
            self.connection.getreply()
        self.connection.rset()


_GO_AHEAD, _CLOSING = 354, 421
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


def _dotted(content: bytes) -> bytes:
    """Write the message as SMTP wants it: dots at the beginning of a line doubled, a lone one at the end."""
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"
