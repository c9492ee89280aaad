"""Involver speaks to the outside over TLS, to public addresses, no further than asked and not for long."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from pytest_django.fixtures import Settings

from notifications.channels import outward
from notifications.channels.outward import AddressRefused, Answer, NoAnswer, Outward, require_outward
from tests.notifications.other_side import OtherSide, other_side

INSIDE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254"),  # noqa: S104
    *("100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.88.99.1", "198.18.0.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1"),
    *("64:ff9b::a00:1", "2002:a00:1::1", "2001:0:4136:e378::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1"),
]
OUTSIDE = ["8.8.8.8", "193.163.1.1", "2a00:1450:400f::1", "2620:0:2d0::1", "::ffff:8.8.8.8"]


@pytest.fixture
def side() -> Iterator[OtherSide]:
    """A server that answers 200 to everything."""
    with other_side() as running:
        yield running


@pytest.fixture
def allowed(side: OtherSide, settings: Settings) -> OtherSide:
    """The same, named by the operator."""
    settings.OUTWARD_ALLOWED_HOSTS = [side.host]
    return side


def post(url: str, body: bytes = b"{}", **headers: str) -> Answer:
    with Outward() as batch:
        return batch.post(url, body, headers)


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these addresses; give the addresses that are connected to, which go nowhere."""
    connected: list[str] = []

    def resolve(host: str, port: int, *_args: object, **_kwargs: object) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    return connected


# --- Where to -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = leads_to(monkeypatch, address)
    with pytest.raises(AddressRefused):
        post("https://push.example.org/")
    assert connected == []


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_name_that_leads_outside_is_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = leads_to(monkeypatch, address)
    with pytest.raises(NoAnswer):
        post("https://push.example.org/")
    assert connected == [address]


def test_of_several_addresses_only_those_outside_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = leads_to(monkeypatch, "10.0.0.1", "8.8.8.8", "::1", "2a00:1450:400f::1")
    with pytest.raises(NoAnswer):
        post("https://push.example.org/")
    assert connected == ["8.8.8.8", "2a00:1450:400f::1"]


def test_what_a_name_led_to_a_moment_ago_does_not_help(monkeypatch: pytest.MonkeyPatch, side: OtherSide) -> None:
    """The name is harmless when it is first asked for, and leads here from then on."""
    answers = ["8.8.8.8"]
    honest = socket.getaddrinfo

    def rebound(host: str, *args: Any, **kwargs: Any) -> Any:
        if host != "push.example.org":
            return honest(host, *args, **kwargs)
        return honest(answers.pop(0) if answers else "127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    require_outward(f"https://push.example.org:{side.port}/")
    assert socket.getaddrinfo("push.example.org", side.port)[0][4][0] == "8.8.8.8"
    with pytest.raises(AddressRefused):
        post(f"https://push.example.org:{side.port}/")
    assert side.requests == []


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_by_its_words(address: str) -> None:
    host = f"[{address}]" if isinstance(ipaddress.ip_address(address), ipaddress.IPv6Address) else address
    with pytest.raises(AddressRefused):
        require_outward(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        *("http://push.example.org/", "ftp://push.example.org/", "file:///etc/passwd", "push.example.org", ""),
        *("https://", "https:///hook", "https://localhost/", "https://intranet/", "https://2130706433/"),
        *("https://printer.local/", "https://db.internal/", "https://x.localhost/", "https://localhost./"),
        *("https://user@push.example.org/", "https://user:secret@push.example.org/", "https://push.example.org:x/"),
    ],
)
def test_what_is_not_https_to_a_host_outside_is_refused_by_its_words(url: str) -> None:
    with pytest.raises(AddressRefused):
        require_outward(url)


@pytest.mark.parametrize("host", OUTSIDE)
def test_addresses_outside_are_not_refused(host: str) -> None:
    require_outward(f"https://{f'[{host}]' if ':' in host else host}:8443/hook?key=1")
    require_outward("https://fcm.googleapis.com/fcm/send/abc")


def test_a_server_on_this_machine_hears_nothing(side: OtherSide) -> None:
    for url in (side.url(), side.url(scheme="https"), f"https://localhost:{side.port}/"):
        with pytest.raises(AddressRefused):
            post(url)
    assert side.requests == []


def test_not_even_an_address_whose_words_were_misread_is_spoken_to_in_the_clear(
    side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "require_outward", lambda _url: None)
    connected = leads_to(monkeypatch, "8.8.8.8")
    with pytest.raises(AddressRefused):
        post("http://push.example.org/")
    assert connected == []


def test_a_host_that_the_operator_has_named_is_spoken_to_in_the_clear_too(allowed: OtherSide) -> None:
    assert post(allowed.url("/hook")) == Answer(200)
    assert [request.path for request in allowed.requests] == ["/hook"]


def test_a_host_may_be_named_without_its_port_and_with_it_no_other_port_is_meant(
    side: OtherSide, settings: Settings
) -> None:
    settings.OUTWARD_ALLOWED_HOSTS = ["127.0.0.1"]
    assert post(side.url()).status == 200
    settings.OUTWARD_ALLOWED_HOSTS = [f"127.0.0.1:{side.port + 1}", "127.0.0.10", "localhost"]
    with pytest.raises(AddressRefused):
        post(side.url())


# --- How ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(allowed: OtherSide, status: int) -> None:
    allowed.status, allowed.extra = status, {"Location": allowed.url("/elsewhere")}
    assert post(allowed.url("/hook")).status == status
    assert [request.path for request in allowed.requests] == ["/hook"]


def test_nothing_is_sent_beside_what_was_asked(allowed: OtherSide) -> None:
    post(allowed.url(), b"body", **{"X-Asked": "yes"})
    [request] = allowed.requests
    assert request.body == b"body"
    assert request.headers == {
        "host": allowed.host,
        "user-agent": "Involver",
        "accept": "*/*",
        "accept-encoding": "identity",
        "content-length": "4",
        "x-asked": "yes",
    }


def test_cookies_are_not_kept(allowed: OtherSide) -> None:
    allowed.extra = {"Set-Cookie": "seen=1; Path=/"}
    with Outward() as batch:
        for _time in range(2):
            batch.post(allowed.url(), b"", {})
    assert ["cookie" in request.headers for request in allowed.requests] == [False, False]


def test_what_lies_in_the_environment_is_ignored(allowed: OtherSide, monkeypatch: pytest.MonkeyPatch) -> None:
    with other_side() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        post(allowed.url())
        assert (len(allowed.requests), len(proxy.requests)) == (1, 0)


def test_a_proxy_that_is_set_is_used(allowed: OtherSide, settings: Settings) -> None:
    with other_side(status=202) as proxy:
        settings.OUTWARD_PROXY = proxy.url()
        assert post(allowed.url("/hook")).status == 202
        assert [request.path for request in proxy.requests] == [allowed.url("/hook")]
    assert allowed.requests == []


def test_through_a_proxy_too_an_address_inside_is_refused_by_its_words(side: OtherSide, settings: Settings) -> None:
    with other_side() as proxy:
        settings.OUTWARD_PROXY = proxy.url()
        with pytest.raises(AddressRefused):
            post(side.url(scheme="https"))
        assert proxy.requests == []


@pytest.mark.parametrize("body", [b"", b'{"ok": true}', b"x" * 16_000])
def test_one_connection_serves_for_a_batch(allowed: OtherSide, body: bytes) -> None:
    allowed.body = body
    with Outward() as batch:
        for _time in range(3):
            assert batch.post(allowed.url(), b"", {}).status == 200
    assert len({request.connection for request in allowed.requests}) == 1


def test_an_endless_answer_is_not_read(allowed: OtherSide) -> None:
    allowed.body = b"x" * 5_000_000
    with Outward() as batch:
        for _time in range(2):
            assert batch.post(allowed.url(), b"", {}).status == 200
    assert len({request.connection for request in allowed.requests}) == 2


# --- How long -----------------------------------------------------------------------------------------------


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


# --- TLS ----------------------------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_no_answer(tmp_path: Path, settings: Settings) -> None:
    with other_side(tls=certified(tmp_path, "127.0.0.1")) as side:
        settings.OUTWARD_ALLOWED_HOSTS = [side.host]
        with pytest.raises(NoAnswer) as refused:
            post(side.url(scheme="https"))
        assert refused.value.code == "SSLError"
        assert side.requests == []


def test_a_certificate_that_the_operator_vouches_for_is_good_for_its_host_only(
    tmp_path: Path, settings: Settings
) -> None:
    with other_side(tls=certified(tmp_path, "127.0.0.1")) as side:
        settings.OUTWARD_ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
        settings.OUTWARD_CA_FILE = str(tmp_path / "certificate.pem")
        assert post(side.url(scheme="https")).status == 200
        with pytest.raises(NoAnswer):
            post(f"https://localhost:{side.port}/")
        assert len(side.requests) == 1


def certified(folder: Path, host: str) -> ssl.SSLContext:
    """Make a certificate for a host that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(timezone.now() - timedelta(days=1))
    builder = builder.not_valid_after(timezone.now() + timedelta(days=1))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


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
