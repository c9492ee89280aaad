"""A log says where something went wrong and never what was typed."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.http import HttpResponseNotFound
from django.test import RequestFactory
from django.urls import resolve
from django.utils.log import log_response

from backend.logs import Formatter


def fail_with_a_cause() -> None:
    try:
        raise ValueError("010190-1234")
    except ValueError as error:
        raise RuntimeError("Key (email)=(maja@example.org) already exists") from error


def test_an_exception_is_logged_by_type_and_place_without_its_words() -> None:
    try:
        fail_with_a_cause()
    except RuntimeError:
        record = logging.LogRecord("name", logging.ERROR, __file__, 1, "It failed", None, sys.exc_info())
    text = Formatter().format(record)
    assert "It failed" in text
    assert "builtins.RuntimeError" in text
    assert "builtins.ValueError" in text
    assert "in fail_with_a_cause" in text
    assert "maja" not in text
    assert "010190" not in text


@pytest.mark.parametrize(
    ("path", "leads_somewhere", "said"),
    [
        ("/forloeb/010190-1234/", True, "Not Found: …"),
        ("/forloeb/０１０１９０-1234/", True, "Not Found: …"),
        ("/forloeb/K7M3-92QD/", True, "Not Found: /forloeb/K7M3-92QD/"),
        ("/forloeb/maja-holm/", False, "Not Found: …"),
    ],
)
def test_an_address_is_not_logged_with_something_like_a_cpr_number_nor_where_it_leads_nowhere(
    path: str, leads_somewhere: bool, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    request = RequestFactory().get(path)
    request.resolver_match = resolve("/forloeb/K7M3-92QD/") if leads_somewhere else None
    log_response("%s: %s", "Not Found", path, response=HttpResponseNotFound(), request=request)
    assert Formatter().format(caplog.records[-1]).endswith(said)


def test_the_name_of_a_host_that_looks_like_a_cpr_number_is_not_logged() -> None:
    words = "Invalid HTTP_HOST header: '010190-1234.example'. You may need to add it to ALLOWED_HOSTS."
    record = logging.LogRecord("django.security.DisallowedHost", logging.ERROR, __file__, 1, words, (), None)
    assert Formatter().format(record).endswith("django.security.DisallowedHost …")


def test_a_task_that_fails_is_logged_without_what_it_was_given_or_the_words_of_the_exception() -> None:
    context: dict[str, Any] = {
        "name": "notifications.tasks.pass_time",
        "id": "7",
        "exc": "ValueError('maja@example.org')",
        "traceback": "maja@example.org",
        "args": "['maja@example.org']",
        "kwargs": "{'who': 'maja@example.org'}",
    }
    words = "Task %(name)s[%(id)s]: %(exc)s %(traceback)s %(args)s %(kwargs)s"
    record = logging.LogRecord("celery.app.trace", logging.ERROR, __file__, 1, words, (context,), None)
    text = Formatter().format(record)
    assert "Task notifications.tasks.pass_time[7]: … … … …" in text
    assert "maja" not in text
    assert "maja" in record.getMessage()  # others that handle the record find it whole
