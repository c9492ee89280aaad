"""Speaking to the outside once, and where names lead."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from notifications.channels.outward import Answer, Outward


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
