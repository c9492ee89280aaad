"""The settings work with nothing set, refuse what is unsafe, and hold what the guarantees rest on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.plugin import TEST_KEYS
from tests.services import ROOT

ASK_SQLITE = """
import django, json
django.setup()
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    names = ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys", "busy_timeout")
    answers = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
print(json.dumps({**answers, "mode": connection.transaction_mode, "debug": settings.DEBUG}))
"""
POSTGRES = "postgresql://involver@db/involver"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the real settings and nothing else in the environment."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "backend.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_nothing_set_sqlite_keeps_every_acknowledged_write(tmp_path: Path) -> None:
    answer: dict[str, Any] = json.loads(run(ASK_SQLITE, VAR_DIR=str(tmp_path / "var")).stdout)
    assert answer == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "recursive_triggers": 1,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
        "mode": "IMMEDIATE",
        "debug": False,
    }
    assert {path.name for path in (tmp_path / "var").iterdir()} >= {
        "secret_key",
        "reference_keys",
        "index_key",
        "vapid_private_key",
    }


@pytest.mark.parametrize("missing", TEST_KEYS)
def test_a_database_server_without_keys_is_refused(missing: str, tmp_path: Path) -> None:
    given = {name: value for name, value in TEST_KEYS.items() if name != missing}
    answer = run("import backend.settings", DATABASE_URL=POSTGRES, VAR_DIR=str(tmp_path / "var"), **given)
    assert answer.returncode == 1
    assert f"Set {missing} or {missing}_FILE" in answer.stderr
    assert not (tmp_path / "var").exists()


def test_a_database_server_with_keys_is_reached_through_a_pool() -> None:
    code = "from backend.settings import DATABASES as d; print(d['default']['OPTIONS']['pool']['timeout'])"
    assert run(code, DATABASE_URL=POSTGRES, **TEST_KEYS).stdout == "3\n"


def test_on_a_database_server_push_is_offered_with_its_key_only() -> None:
    code = "from backend.settings import HAS_PUSH; print(HAS_PUSH)"
    assert run(code, DATABASE_URL=POSTGRES, **TEST_KEYS).stdout == "False\n"
    given = {**TEST_KEYS, "VAPID_PRIVATE_KEY": TEST_KEYS["INDEX_KEY"]}
    assert run(code, DATABASE_URL=POSTGRES, **given).stdout == "True\n"


@pytest.mark.django_db
def test_the_run_is_on_the_database_that_was_asked_for(pytestconfig: pytest.Config) -> None:
    assert connection.vendor == pytestconfig.getoption("--database")


def test_every_page_has_the_strict_policy(client: Client) -> None:
    policy = client.get("/health/live")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert directives == {
        "default-src": "'none'",
        **dict.fromkeys(["script-src", "style-src", "img-src", "font-src", "connect-src"], "'self'"),
        **dict.fromkeys(["manifest-src", "worker-src", "form-action"], "'self'"),
        **dict.fromkeys(["base-uri", "frame-ancestors"], "'none'"),
    }
