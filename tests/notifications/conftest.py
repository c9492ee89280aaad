"""Other systems that answer, and who looks after them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from coordination.models import User
from notifications.commands.webhooks import (
    add_webhook,
)
from notifications.models import Webhook
from tests.builders import PASSWORD, World, on
from tests.notifications.other_side import OtherSide, other_side


@pytest.fixture
def system(settings: Settings) -> Iterator[OtherSide]:
    """Another system on this machine, and an Involver that may call it."""
    settings.OUTWARD_TIMEOUT, settings.OUTWARD_ALLOWED_HOSTS = 0.5, ["127.0.0.1"]
    with other_side() as running:
        yield running


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


@pytest.fixture
def hook(world: World, system: OtherSide, clerk: User) -> tuple[Webhook, str]:
    """The system is told of the whole town; with its secret."""
    return add_webhook(name="Tavlen", unit=world.town, url=system.url("/hook"), actor=clerk, now=on(-1))


@pytest.fixture
def side() -> Iterator[OtherSide]:
    """A server that answers 200 to everything."""
    with other_side() as running:
        yield running


@pytest.fixture
def allowed(side: OtherSide, settings: Settings) -> OtherSide:
    """The same, named by the operator."""
    settings.OUTWARD_ALLOWED_HOSTS = [side.host]
    return side
