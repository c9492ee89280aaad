"""What every answer says to its browser, what is not taken, and what is never shown."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from tests.builders import PASSWORD, World
from tests.ground.test_settings import POSTGRES
from tests.plugin import TEST_KEYS
from tests.services import ROOT


def test_djangos_own_check_of_a_deployment_finds_nothing() -> None:
    environment = {"DATABASE_URL": POSTGRES, "BEHIND_HTTPS": "true", "ALLOWED_HOSTS": "involver.example", **TEST_KEYS}
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/ind/", "/health/live", "/nowhere/", "/static/nothing.css"])
def test_every_answer_tells_the_browser_what_it_may_not_do(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_cookies_are_read_by_no_script_and_sent_by_no_other_site(world: World, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get("/ind/", secure=True)
    client.post("/ind/", {"username": "maja", "password": PASSWORD}, secure=True)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", True)
    token = client.cookies[django_settings.CSRF_COOKIE_NAME]
    assert (token["httponly"], token["samesite"], token["secure"]) == (True, "Lax", True)


def test_another_host_is_not_answered_and_not_told_why(world: World, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["involver.example"]
    client = Client(raise_request_exception=False)
    answer = client.get("/ind/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil" not in answer.content
    assert b"ALLOWED_HOSTS" not in answer.content


def test_far_too_much_is_not_read(world: World) -> None:
    client = Client(raise_request_exception=False)
    much = "x" * (django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert client.post("/ind/", {"username": "maja", "password": much}).status_code == 400
    many = "&".join(f"n{number}=1" for number in range(django_settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    answer = client.post("/ind/", many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_there_is_no_page_for_debugging(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_what: object, **_how: object) -> None:
        raise RuntimeError("the words of an error")

    monkeypatch.setattr("coordination.web.desk.views.read_desk", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(world.maja)
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"the words of an error" not in answer.content
    assert b"Traceback" not in answer.content
    missing = client.get("/nowhere/")
    assert (missing.status_code, b"urlconf" in missing.content.lower()) == (404, False)
