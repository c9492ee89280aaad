"""What mail servers say while a message is announced, to those who say all at once and to those who cannot."""

from __future__ import annotations

import smtplib
import socket
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from notifications.channels.smtp import Backend, NotTaken

UNKNOWN = "nobody@lilleby.example"


class Server(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it takes, and answers by the address. ``answers``: other answers to a command."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, takes_many_at_once: bool) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), Talk)
        self.takes_many_at_once = takes_many_at_once
        self.answers: dict[str, bytes] = {}
        self.taken: list[bytes] = []
        self.connections = 0


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Server
    is_begun = False

    def handle(self) -> None:
        """Greet, and answer each line."""
        self.server.connections += 1
        self._say(b"220 here")
        for line in self.rfile:
            command = line.decode().strip()
            verb = command.split(" ")[0].upper()
            if verb == "EHLO":
                self._say(b"250-here")
                if self.server.takes_many_at_once:
                    self._say(b"250-PIPELINING")
                self._say(b"250 SIZE 1000000")
            elif verb == "QUIT":
                self._say(b"221 bye")
                return
            else:
                self._answer(verb, command)

    def _answer(self, verb: str, command: str) -> None:
        if verb == "MAIL" and self.is_begun:
            self._say(b"503 one message after the other")
            return
        found = next((answer for part, answer in self.server.answers.items() if part in command), None)
        if found == b"hangs up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._say(found or (b"354 go on" if verb == "DATA" else b"250 fine"))
        self.is_begun = verb != "RSET"
        if verb == "DATA" and (found is None or found.startswith(b"354")):
            lines = iter(self.rfile.readline, b".\r\n")
            content = b"".join(lines)
            if content:
                self.server.taken.append(content)
            self._say(b"250 taken" if content else b"554 no recipient")
            self.is_begun = False

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture(params=[True, False], ids=["at once", "in turn"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(takes_many_at_once=request.param) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def backend(server: Server) -> Iterator[Backend]:
    backend = Backend(host="127.0.0.1", port=server.server_address[1], timeout=20)
    backend.open()
    assert backend.connection.has_extn("pipelining") == server.takes_many_at_once
    yield backend
    backend.drop()


def mail(to: str, body: str = "Hej") -> EmailMessage:
    return EmailMessage("Frist", body, "involver@lilleby.example", [to])


def test_messages_are_taken_over_one_connection(server: Server, backend: Backend) -> None:
    assert backend.send_messages([mail("maja@lilleby.example"), mail("anna@lilleby.example")]) == 2
    assert [b"To: maja@" in server.taken[0], b"To: anna@" in server.taken[1]] == [True, True]
    assert (len(server.taken), server.connections) == (2, 1)


def test_a_line_that_is_a_dot_does_not_end_the_message(server: Server, backend: Backend) -> None:
    backend.send_messages([mail("maja@lilleby.example", ".\n.to\nend")])
    assert server.taken[0].endswith(b"\r\n..\r\n..to\r\nend\r\n")


@pytest.mark.parametrize("answer", [b"550 nobody here has that name", b"452 full"])
def test_a_refused_reader_spoils_nothing_for_the_next_one(server: Server, backend: Backend, answer: bytes) -> None:
    server.answers["RCPT TO:<nobody"] = answer
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        backend.send_messages([mail(UNKNOWN)])
    assert refused.value.recipients == {UNKNOWN: (int(answer[:3]), answer[4:])}
    assert backend.send_messages([mail("maja@lilleby.example")]) == 1
    assert (len(server.taken), server.connections) == (1, 1)


def test_a_server_that_goes_ahead_without_a_reader_is_given_nothing(server: Server, backend: Backend) -> None:
    server.answers["RCPT TO:<nobody"] = b"550 nobody here has that name"
    server.answers["DATA"] = b"354 go on"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        backend.send_messages([mail(UNKNOWN)])
    assert backend.send_messages([mail("maja@lilleby.example")]) == 1
    assert ([b"To: maja@" in taken for taken in server.taken], server.connections) == ([True], 1)


def test_a_refused_message_spoils_nothing_for_the_next_one(server: Server, backend: Backend) -> None:
    server.answers["DATA"] = b"451 later"
    with pytest.raises(smtplib.SMTPDataError) as refused:
        backend.send_messages([mail("maja@lilleby.example")])
    assert refused.value.smtp_code == 451
    server.answers.clear()
    assert backend.send_messages([mail("maja@lilleby.example")]) == 1
    assert (len(server.taken), server.connections) == (1, 1)


def test_a_refused_sender_is_told_from_a_refused_reader(server: Server, backend: Backend) -> None:
    server.answers["MAIL FROM"] = b"553 not from here"
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        backend.send_messages([mail("maja@lilleby.example")])
    assert (refused.value.smtp_code, server.taken) == (553, [])


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "why"), [(b"421 closing", "421"), (b"hangs up", "SMTPServerDisconnected")])
def test_who_hangs_up_before_the_message_was_handed_over_has_not_got_it(
    server: Server, backend: Backend, command: str, answer: bytes, why: str
) -> None:
    server.answers[command] = answer
    with pytest.raises(NotTaken, match=why):
        backend.send_messages([mail("maja@lilleby.example")])
    assert server.taken == []


def test_an_address_cannot_bring_a_command_of_its_own(
    server: Server, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_it_is(address: str, _encoding: str) -> str:
        return address

    monkeypatch.setattr("notifications.channels.smtp._address", as_it_is)
    evil: Any = mail("maja@lilleby.example")
    monkeypatch.setattr(evil, "recipients", lambda: ["a@b.example>\r\nRCPT TO:<c@d.example"])
    with pytest.raises(ValueError, match="one line"):
        backend.send_messages([evil])
    assert server.taken == []
