"""Secrets come from the environment or a file; they are made up once, and only for the embedded database."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from backend import keys
from backend.checks import check_keys, check_transport

KEY_A = base64.b64encode(bytes(range(32))).decode()
KEY_B = base64.b64encode(bytes(range(32, 64))).decode()


def test_a_file_goes_before_the_variable_and_loses_its_line_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("SOME_SECRET", "from the variable")
    assert keys.read_variable("SOME_SECRET") == "from the variable"
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert keys.read_variable("SOME_SECRET") == "from the file"


def test_a_file_that_is_missing_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="SOME_SECRET_FILE cannot be read"):
        keys.read_variable("SOME_SECRET")


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = keys.read_secret("SOME_SECRET", keys.make_key, tmp_path / "var")
    assert keys.read_secret("SOME_SECRET", keys.make_key, tmp_path / "var") == first
    assert (tmp_path / "var" / "some_secret").stat().st_mode & 0o777 == 0o600


def test_starts_at_the_same_time_agree_on_one_secret(tmp_path: Path) -> None:
    def read(_number: int) -> str:
        return keys.read_secret("SOME_SECRET", keys.make_key, tmp_path)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(read, range(40)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["some_secret"]


def test_without_a_folder_to_keep_it_in_a_secret_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="Set SOME_SECRET or SOME_SECRET_FILE"):
        keys.read_secret("SOME_SECRET", keys.make_key, None)


def test_the_first_reference_key_is_the_current_one() -> None:
    parsed = keys.parse_reference_keys(f"new:{KEY_B}, old:{KEY_A}")
    assert list(parsed.items()) == [("new", bytes(range(32, 64))), ("old", bytes(range(32)))]


@pytest.mark.parametrize(
    "text",
    ["", KEY_A, f":{KEY_A}", f"1:{KEY_A},1:{KEY_B}", "1:not base64", f"1:{KEY_A[:20]}"],
    ids=["empty", "no id", "empty id", "same id twice", "not base64", "short"],
)
def test_wrong_reference_keys_are_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        keys.parse_reference_keys(text)


@pytest.mark.parametrize("make", [keys.make_key, lambda: keys.make_reference_keys().partition(":")[2]])
def test_made_keys_are_long_enough_and_differ(make: Callable[[], str]) -> None:
    assert keys.parse_key("KEY", make()) != keys.parse_key("KEY", make())


def test_the_key_of_push_may_be_written_as_web_push_tools_write_it() -> None:
    octets = bytes(range(224, 256))
    for encoded in (base64.b64encode(octets), base64.urlsafe_b64encode(octets).rstrip(b"=")):
        assert keys.parse_vapid_key(encoded.decode()) == octets
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY"):
        keys.parse_vapid_key("too short")


def test_the_keys_of_the_tests_pass_the_checks() -> None:
    assert check_keys(None) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"SECRET_KEY": "short"}, "involver.E001"),
        ({"REFERENCE_KEYS": {"1": bytes(range(32)), "2": bytes(range(32))}}, "involver.E002"),
        ({"REFERENCE_KEYS": {"1": bytes(range(32))}, "INDEX_KEY": bytes(range(32))}, "involver.E003"),
        ({"INDEX_KEY": bytes(32)}, "involver.E004"),
    ],
)
def test_weak_and_doubled_keys_are_found(wrong: dict[str, object], fault: str) -> None:
    with override_settings(**wrong):
        assert [message.id for message in check_keys(None)] == [fault]


@pytest.mark.parametrize(("embedded", "https", "faults"), [(True, False, 0), (False, True, 0), (False, False, 1)])
def test_a_database_server_without_https_is_warned_of(embedded: bool, https: bool, faults: int) -> None:
    with override_settings(EMBEDDED=embedded, BEHIND_HTTPS=https):
        assert len(check_transport(None)) == faults
