"""Fixtures that every test may use."""

from __future__ import annotations

import pytest

from tests.builders import World, build_world


@pytest.fixture
def world(db: None) -> World:
    """A small municipality with its cast."""
    return build_world()
