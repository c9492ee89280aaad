"""Fixtures that every test may use."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.builders import World, build_world


@pytest.fixture
def world(db: None) -> World:
    """A small municipality with its cast."""
    return build_world()


@pytest.fixture
def with_mail(settings: Settings) -> None:
    """People are told by e-mail as well; what is sent lies in ``django.core.mail.outbox``."""
    settings.HAS_EMAIL = True
