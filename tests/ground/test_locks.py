"""The locks name exact packages and nothing of the machine that made them."""

from __future__ import annotations

import re

import pytest

from tests.services import ROOT

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PACKAGE = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(--?(index|extra-index|find-links|trusted-host)|-i\b|-f\b|#)", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_a_version_and_a_hash(name: str) -> None:
    entries = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    assert len(entries) > 10
    for entry in entries:
        assert PACKAGE.match(entry), entry
        assert "--hash=sha256:" in entry, entry


def test_developers_run_the_versions_that_operators_run() -> None:
    runtime, developers = (dict(PACKAGE.findall((ROOT / name).read_text())) for name in LOCKS)
    assert runtime.items() <= developers.items()
