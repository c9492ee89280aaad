"""One process serves the pages and lets time pass, says when it cannot, and ends cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import ROOT, Server

MANAGE = [sys.executable, str(ROOT / "manage.py")]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "backend.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/involver.sqlite3",
        "VAR_DIR": str(tmp_path),
    }


@pytest.fixture
def served(tmp_path: Path, environment: dict[str, str], served_database_url: str) -> Iterator[Server]:
    server = Server(
        command=[*MANAGE, "serve", "--port=0"],
        folder=tmp_path,
        is_ready=lambda server: "Involver runs at" in server.output,
        environment={**environment, "DATABASE_URL": served_database_url},
    )
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_asked_to_end(served: Server, ending: signal.Signals) -> None:
    found = re.search(r"http://127\.0\.0\.1:\d+/", served.output)
    assert found is not None, served.output
    with urllib.request.urlopen(f"{found[0]}health/ready", timeout=20) as answer:  # noqa: S310 -- http, above
        assert answer.read() == b"ready\n"
        assert "Server" not in answer.headers
    assert served.process is not None
    served.process.send_signal(ending)
    assert served.process.wait(60) == 0
    assert "Traceback" not in served.output
    assert "ERROR" not in served.output


def test_a_port_that_is_taken_is_said_in_words(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = subprocess.run(
            [*MANAGE, "serve"],
            cwd=ROOT,
            env={**os.environ, **environment, "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert f"Port {port} is taken" in answer.stderr
    assert "Traceback" not in answer.stderr
