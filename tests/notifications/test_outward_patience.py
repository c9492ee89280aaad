"""Whoever does not answer, or never ends, is waited for no longer than the operator has said."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from functools import partial

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from notifications.channels.outward import Answer, NoAnswer
from tests.notifications.other_side import OtherSide, other_side
from tests.notifications.speaking import post


def test_one_that_does_not_answer_is_given_up(allowed: OtherSide, settings: Settings) -> None:
    settings.OUTWARD_TIMEOUT = 0.3
    allowed.hangs = True
    with pytest.raises(NoAnswer):
        post(allowed.url())
    assert len(allowed.requests) == 1


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 O"])
@pytest.mark.parametrize("through_a_proxy", [False, True])
def test_one_that_answers_a_byte_at_a_time_is_given_up(
    settings: Settings, begins: bytes, through_a_proxy: bool
) -> None:
    settings.OUTWARD_TIMEOUT = 0.3
    with raw_server(partial(drip, begins, b"K")) as port:
        settings.OUTWARD_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
        settings.OUTWARD_PROXY = f"http://127.0.0.1:{port}" if through_a_proxy else None
        with pytest.raises(NoAnswer) as given_up:
            post(f"http://127.0.0.1:{port}/")
        assert given_up.value.code in {"ReadTimeout", "ProxyError"}


def test_one_that_answers_and_then_never_ends_has_answered(settings: Settings) -> None:
    settings.OUTWARD_TIMEOUT = 0.3

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nx")
        connection.recv(1)

    with raw_server(answer) as port:
        settings.OUTWARD_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
        assert post(f"http://127.0.0.1:{port}/").status == 202


def test_a_handshake_that_never_ends_is_given_up(settings: Settings) -> None:
    settings.OUTWARD_TIMEOUT = 0.3
    # A record of TLS that is announced as long.
    with raw_server(partial(drip, b"\x16\x03\x03\x40\x00", b"\x02")) as port:
        settings.OUTWARD_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
        with pytest.raises(NoAnswer):
            post(f"https://127.0.0.1:{port}/")


def test_many_addresses_that_do_not_answer_share_one_patience(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.OUTWARD_TIMEOUT = 0.2
    tried: list[float] = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, **_kw: [(0, 0, 0, "", (f"8.8.8.{n}", port)) for n in range(1, 99)]
    )

    def wait_in_vain(_address: object, timeout: float) -> None:
        tried.append(timeout)
        threading.Event().wait(min(timeout, 0.09))
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", wait_in_vain)
    with pytest.raises(NoAnswer) as given_up:
        post("https://push.example.org/")
    assert given_up.value.code == "ConnectTimeout"
    assert len(tried) < 10
    assert tried == sorted(tried, reverse=True)


def test_one_that_is_not_there_gives_no_answer(settings: Settings) -> None:
    with other_side() as gone:
        settings.OUTWARD_ALLOWED_HOSTS = [gone.host]
    with pytest.raises(NoAnswer) as refused:
        post(gone.url())
    assert refused.value.code == "ConnectionError"


def test_a_name_that_does_not_exist_gives_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NoAnswer):
        post("https://push.example.org/")


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999999999", timedelta(days=7)),
        *((words, None) for words in ("", "soon", "-5", "0", "inf", "nan", "Mon, 01 Jan 2001 00:00:00 GMT")),
    ],
)
def test_how_long_to_wait_is_understood(allowed: OtherSide, said: str, pause: timedelta | None) -> None:
    allowed.status, allowed.extra = 503, {"Retry-After": said}
    assert post(allowed.url()) == Answer(503, pause)


def test_how_long_to_wait_may_be_a_date(allowed: OtherSide) -> None:
    in_an_hour = format_datetime(timezone.now().replace(microsecond=0) + timedelta(hours=1))
    allowed.extra = {"Retry-After": in_an_hour}
    pause = post(allowed.url()).retry_after
    assert pause is not None
    assert timedelta(minutes=58) < pause <= timedelta(hours=1)


def drip(begins: bytes, goes_on: bytes, connection: socket.socket) -> None:
    """Send a byte at a time, until the other one has gone; after five seconds it has not."""
    connection.sendall(begins)
    pause = threading.Event()
    for _time in range(100):
        pause.wait(0.05)
        connection.sendall(goes_on)


class raw_server:  # noqa: N801 -- used like a function
    """A server that does something of its own with the first connection."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._serve = serve
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            connection, _address = self._listening.accept()
            with connection:
                self._serve(connection)
        except OSError:
            return

    def __enter__(self) -> int:
        self._thread.start()
        port: int = self._listening.getsockname()[1]
        return port

    def __exit__(self, *_error: object) -> None:
        self._listening.close()
        self._thread.join()
