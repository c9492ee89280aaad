"""A log says where something went wrong and never what was typed."""

from __future__ import annotations

import logging
import sys

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
