"""SMTP that tells a connection lost before a message was handed over from one lost after."""

from __future__ import annotations

import re
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address


class NotTaken(smtplib.SMTPException):
    """The server was gone before it was handed the message: it has not come, and may be sent over another connection.

    Its words are the name of what happened.
    """


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
        sender = sanitize_address(email_message.from_email, encoding)
        recipients = [sanitize_address(address, encoding) for address in email_message.recipients()]
        whole: Any = email_message.message()
        content = whole.as_bytes(linesep="\r\n")
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


def _heed_closing(code: int) -> None:
    """Notice that a server hangs up, whatever it was told: 421 says nothing about this message."""
    if code == 421:
        raise NotTaken(str(code))


def _dotted(content: bytes) -> bytes:
    """Write the message as SMTP wants it: dots at the beginning of a line doubled, a lone one at the end."""
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"
