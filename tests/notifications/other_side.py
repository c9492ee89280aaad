"""The other side of HTTP: a server on this machine that does what a test tells it, and notes what it was sent."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """What was sent; ``headers`` with small letters."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: tuple[str, int]


@dataclass
class OtherSide:
    """What it answers with: a status, more headers and a body; or it hangs."""

    port: int = 0
    status: int = 200
    extra: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hangs: bool = False
    requests: list[Request] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        """The host with its port."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", scheme: str = "http") -> str:
        """An address there."""
        return f"{scheme}://{self.host}{path}"


@contextmanager
def other_side(*, tls: ssl.SSLContext | None = None, **how: Any) -> Iterator[OtherSide]:
    """Run a server on a free port of the loopback."""
    side = OtherSide(**how)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            side.requests.append(Request(self.path, headers, body, self.client_address))
            if side.hangs:
                side.over.wait()
                self.close_connection = True
                return
            self.send_response(side.status)
            for name, value in side.extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(side.body)))
            self.end_headers()
            with suppress(OSError):  # nobody has to read all of it
                self.wfile.write(side.body)

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", side.port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    side.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield side
    finally:
        side.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
