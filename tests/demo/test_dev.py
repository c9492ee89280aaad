"""`./dev demo` on a machine where something else has its port."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.services import ROOT


@pytest.mark.parametrize("how", ["by the environment", "by an option"])
def test_a_port_that_is_taken_is_noticed_before_anything_is_made(tmp_path: Path, how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        asked = ([], {"PORT": str(port)}) if how == "by the environment" else (["--port", str(port)], {"PORT": "0"})
        options, environment = asked
        ended = subprocess.run(
            ["sh", "dev", "demo", *options],
            cwd=ROOT,
            env={**os.environ, **environment, "VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"Port {port} is taken. Choose another one: PORT={port + 80} ./dev demo"
    assert ended.stdout == ""
    assert not (tmp_path / "var").exists()
