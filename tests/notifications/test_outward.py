"""Involver speaks to public addresses, no further than asked, and says nothing beside what it was asked to."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from notifications.channels import outward
from notifications.channels.outward import AddressRefused, Answer, NoAnswer, Outward, require_outward
from tests.notifications.other_side import OtherSide, other_side
from tests.notifications.speaking import leads_to, post

INSIDE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254"),  # noqa: S104
    *("100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.88.99.1", "198.18.0.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1"),
    *("64:ff9b::a00:1", "2002:a00:1::1", "2001:0:4136:e378::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1"),
]
OUTSIDE = ["8.8.8.8", "193.163.1.1", "2a00:1450:400f::1", "2620:0:2d0::1", "::ffff:8.8.8.8"]


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
