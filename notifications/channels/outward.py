"""HTTP to the outside: to public addresses only, over TLS, no further than asked, and never waiting long.

The addresses come from people: whoever adds a device or a webhook must not reach through Involver what lies behind the
municipality's walls. A name is looked up once, and connected to is what was looked at then.
"""

from __future__ import annotations

import ipaddress
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

_MOST_READ = 16 * 1024  # bytes of an answer, read only so that the connection can be used again
_INSIDE_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
# Public by their number, and yet a cloud's own: metadata, addresses of protocols, a relay.
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")))
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class AddressRefused(Exception):
    """The address lies inside, or would be spoken to in the clear. Nothing has been sent."""


class NoAnswer(Exception):
    """The other side was not there, or was too slow. ``code`` says how, without its words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What the other side answered. ``retry_after``: how long it asks to be left alone."""

    status: int
    retry_after: timedelta | None = None


class Outward:
    """Posts for the length of a batch, over connections that are kept. One thread at a time."""

    def __init__(self) -> None:
        """Prepare; nothing is opened yet."""
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no password and no certificates that happen to lie about
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": "Involver", "Accept": "*/*", "Accept-Encoding": "identity"})
        self._session.verify = settings.OUTWARD_CA_FILE or True
        if settings.OUTWARD_PROXY:
            self._session.proxies = {"http": settings.OUTWARD_PROXY, "https": settings.OUTWARD_PROXY}
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())

    def __enter__(self) -> Outward:
        """Begin a batch."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connections."""
        self._session.close()

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Post once. A redirect is an answer like any other: it is not followed.

        Raises ``AddressRefused`` and ``NoAnswer``; takes at most three times ``settings.OUTWARD_TIMEOUT``.
        """
        require_outward(url)
        try:
            response = self._session.post(
                url, data=body, headers=headers, timeout=settings.OUTWARD_TIMEOUT, allow_redirects=False, stream=True
            )
        except (OSError, HTTPError, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error
        if response.raw.closed:
            response.raw.release_conn()
        else:
            response.close()  # more than anybody wants to read
        return Answer(response.status_code, _retry_after(response.headers.get("Retry-After", "")))


def require_outward(url: str) -> None:
    """Refuse an address that is not to be spoken to, as far as its words tell: not https, or inside.

    Raises ``AddressRefused``. What a name leads to shows only when it is connected to.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise AddressRefused("no address") from error
    if not host or parts.scheme not in ("http", "https") or parts.username is not None or parts.password is not None:
        raise AddressRefused("no address")
    if _is_allowed(host, port or (443 if parts.scheme == "https" else 80)):
        return
    if parts.scheme != "https":
        raise AddressRefused("not https")
    try:
        is_inside = not _is_public(host)
    except ValueError:  # a name
        is_inside = "." not in host or host.endswith(_INSIDE_NAMES)
    if is_inside:
        raise AddressRefused("inside")


def _is_allowed(host: str, port: int) -> bool:
    """Whether the operator has named this host, with or without its port."""
    allowed: list[str] = settings.OUTWARD_ALLOWED_HOSTS
    return host in allowed or f"{host}:{port}" in allowed


def _is_public(literal: str) -> bool:
    """Whether a numeric address is one of the public net. Raises ``ValueError`` for a name."""
    address = ipaddress.ip_address(literal)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(str(address.ipv4_mapped))
        # Only what is handed out: all that carries an older address within it, or never leaves a site, lies elsewhere.
        return address in _PUBLIC_IPV6 and not any(address in network for network in _NOT_PUBLIC_IPV6)
    return address.is_global and not address.is_multicast and not any(address in network for network in _NOT_PUBLIC)


class _Guarded(HTTPConnection):
    """A connection that looks where it leads before it connects, and that nobody can keep busy for long."""

    def _new_conn(self) -> socket.socket:
        is_free = self.proxy is not None or _is_allowed(self.host, self.port)
        if not is_free and not isinstance(self, HTTPSConnection):
            raise AddressRefused("not https")
        return self._open([address for address in self._addresses() if is_free or _is_public(address)])

    def _addresses(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        return [str(address[0]) for _family, _type, _protocol, _name, address in found]

    def _open(self, addresses: list[str]) -> socket.socket:
        """Connect to the first address that answers, within the time for all of them."""
        if not addresses:
            raise AddressRefused("inside")
        end = time.monotonic() + settings.OUTWARD_TIMEOUT
        failed: OSError = TimeoutError()
        for address in addresses:
            left = end - time.monotonic()
            if left <= 0:
                break
            try:
                sock = socket.create_connection((address, self.port), left)
            except OSError as error:
                failed = error
            else:
                sock.settimeout(settings.OUTWARD_TIMEOUT)  # for a whole handshake, and for each byte after it
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
        if isinstance(failed, TimeoutError):
            raise ConnectTimeoutError(self, "no answer in time") from failed
        raise NewConnectionError(self, "no connection") from failed

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        """Wait for the answer; what it says is read and forgotten."""
        with _no_longer_than(settings.OUTWARD_TIMEOUT, self.sock) as is_cut:
            response = super().getresponse()
            if is_cut.is_set():
                raise TimeoutError  # half an answer is none
            with suppress(HTTPError, OSError):  # the status has come: that is the answer
                response.read(_MOST_READ, decode_content=False)
            return response


class _GuardedHttps(_Guarded, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHttps


class _Adapter(HTTPAdapter):
    """Makes every connection a guarded one, those through a proxy too; a proxy looks itself where it leads."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _HttpsPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _HttpsPool}
        return manager


@contextmanager
def _no_longer_than(seconds: float, sock: Any) -> Iterator[threading.Event]:
    """Cut a connection on which something takes too long altogether: its own timeout begins anew with every byte.

    Says whether it has been cut; then whatever comes of it is a ``TimeoutError``.
    """
    handle, is_cut = socket.socket(fileno=os.dup(sock.fileno())), threading.Event()

    def cut() -> None:
        is_cut.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(seconds, cut)
    alarm.daemon = True
    alarm.start()
    try:
        yield is_cut
    except (OSError, HTTPException) as error:
        if is_cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        alarm.cancel()
        handle.close()


def _retry_after(said: str) -> timedelta | None:
    """Read seconds or a date; None where neither stands there, or it lies behind."""
    try:
        seconds = float(said) if said.strip().isdigit() else _seconds_until(said)
    except (ValueError, TypeError, OverflowError):
        return None
    return timedelta(seconds=min(seconds, 7 * 24 * 3600)) if math.isfinite(seconds) and seconds > 0 else None


def _seconds_until(date: str) -> float:
    return (parsedate_to_datetime(date) - timezone.now()).total_seconds()
