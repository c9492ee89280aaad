"""Involver in one process, on SQLite: killed, and started again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.faults.conftest import Report, build_town
from tests.faults.sink import Sink
from tests.faults.town import tell_at_any_hour, town_at
from tests.faults.works import Watch, environment_of
from tests.services import ROOT, Server

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('one')}/involver.sqlite3"
    build_town(url)
    return url


@pytest.fixture(params=[["serve", "--port=0"], ["deliver"]], ids=["serve", "deliver"])
def process(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database_url: str,
    sink: Sink,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Server]:
    server = Server(
        command=[sys.executable, str(ROOT / "manage.py"), *request.param],
        folder=tmp_path,
        is_ready=lambda server: "(Ctrl-C stops it)" in server.output,
        environment={
            **environment_of(sink),
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "DATABASE_URL": database_url,
            "VAR_DIR": str(tmp_path),
        },
    )
    with django_db_blocker.unblock(), town_at(database_url):
        tell_at_any_hour()
        server.start()
        yield server
        server.kill()


def test_it_is_killed_again_and_again(process: Server, sink: Sink, report: Report) -> None:
    kills = 3
    sink.calm()
    sink.pause = 0.01
    watch = Watch(sink, 120)
    for number in range(kills):
        watch.wait_for((number + 0.5) / (kills + 1))
        process.kill()
        process.start()
    watch.wait_for_all()
    told = watch.told(f"kill -9 of manage.py {process.command[2]}, {kills} times")
    report(told)
    assert told.lost == 0
    assert told.doubled <= kills
