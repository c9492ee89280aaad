"""`manage.py deliver` does what workers do, once or until it is asked to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from notifications.management.commands import deliver
from notifications.models import Channel, Message, MessageState
from tests.builders import World, a_case
from tests.services import ROOT, Server


@pytest.fixture
def environment(tmp_path: Path, served_database_url: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "backend.settings",
        "DATABASE_URL": served_database_url,
        "VAR_DIR": str(tmp_path),
    }


@pytest.fixture
def process(tmp_path: Path, environment: dict[str, str]) -> Iterator[Server]:
    server = Server(
        command=[sys.executable, str(ROOT / "manage.py"), "deliver"],
        folder=tmp_path,
        is_ready=lambda server: "(Ctrl-C stops it)" in server.output,
        environment=environment,
    )
    server.start()
    yield server
    server.kill()


def test_once_it_tells_everybody_and_says_how_things_stand(world: World) -> None:
    a_case(world, now=timezone.now())
    words = StringIO()
    call_command("deliver", "--once", stdout=words)
    told = Message.objects.filter(channel=Channel.IN_APP, state=MessageState.SENT).count()
    assert told > 0
    lines = [line.split() for line in words.getvalue().splitlines()]
    assert ["inapp", "sent", str(told)] in lines
    assert "Oldest row of the outbox: none" in words.getvalue()
    assert "Oldest message that is due: none" in words.getvalue()
    again = StringIO()
    call_command("deliver", "--once", stdout=again)
    assert again.getvalue().startswith("Things done: 0\n")


@pytest.mark.django_db
def test_once_an_error_of_the_round_is_an_error_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down() -> int:
        raise RuntimeError("it is broken")

    monkeypatch.setattr(deliver, "run_round", break_down)
    with pytest.raises(RuntimeError, match="it is broken"):
        call_command("deliver", "--once", stdout=StringIO())


def test_once_on_a_database_that_is_away_it_ends_with_an_error(environment: dict[str, str], tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "deliver", "--once"],
        env={**os.environ, **environment, "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/involver.sqlite3"},
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 1


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_it_is_asked_to_end(process: Server, ending: signal.Signals) -> None:
    assert process.process is not None
    process.process.send_signal(ending)
    assert process.process.wait(20) == 0
    assert "Traceback" not in process.output
    assert "ERROR" not in process.output
