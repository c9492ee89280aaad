"""What cannot be started is skipped loudly, and is a failure where nothing may be skipped."""

from __future__ import annotations

from contextlib import ExitStack
from typing import NoReturn

import pytest

from tests import plugin
from tests.builders import World
from tests.services import NotStarted


def cannot_start(*, options: list[str]) -> NoReturn:
    raise NotStarted("There is no PostgreSQL")


@pytest.mark.parametrize(("under_ci", "returncode"), [(True, 1), (False, 0)])
def test_a_run_without_its_postgres_ends_with_a_loud_word(
    under_ci: bool, returncode: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(plugin, "UNDER_CI", under_ci)
    monkeypatch.setattr(plugin, "start_postgres", cannot_start)
    monkeypatch.setattr(plugin, "servers", ExitStack())
    with pytest.raises(SystemExit) as ended:
        plugin.find_postgres()
    assert ended.value.code == returncode
    assert "NO POSTGRESQL: all tests on it are SKIPPED" in capsys.readouterr().err


def test_an_address_in_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://elsewhere/involver")
    monkeypatch.setattr(plugin, "start_postgres", cannot_start)
    assert plugin.find_postgres() == "postgresql://elsewhere/involver"


def test_a_missing_service_skips_loudly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(plugin, "UNDER_CI", False)
    with pytest.raises(pytest.skip.Exception):
        plugin.skip_loudly("Redis could not be started")
    assert "*** Redis could not be started: SKIPPED" in capsys.readouterr().err


def test_a_missing_service_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "UNDER_CI", True)
    with pytest.raises(pytest.fail.Exception):
        plugin.skip_loudly("Redis could not be started")


def test_what_asks_no_database_runs_once(request: pytest.FixtureRequest) -> None:
    assert not plugin.asks_database(request.node)


@pytest.mark.django_db
def test_what_asks_the_database_runs_on_both(request: pytest.FixtureRequest) -> None:
    assert plugin.asks_database(request.node)


def test_what_takes_a_municipality_runs_on_both(request: pytest.FixtureRequest, world: World) -> None:
    assert plugin.asks_database(request.node)


def test_what_serves_a_database_runs_on_both(request: pytest.FixtureRequest, served_database_url: str) -> None:
    assert plugin.asks_database(request.node)
