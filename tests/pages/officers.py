"""Data-protection officers for tests."""

from __future__ import annotations

from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.models import Role, Unit, User
from tests.builders import World, on


def an_officer(world: World, name: str = "Dorthe Damm", *, unit: Unit | None = None) -> User:
    """Somebody who reads the logs of the municipality, or of another one; in ``world.people`` by first name."""
    username = name.partition(" ")[0].lower()
    user = register_person(draft=PersonDraft(username=username, name=name), actor=None, now=on(-30))
    begin_membership(user=user, unit=unit or world.town, role=Role.OFFICER, actor=None, now=on(-30))
    world.people[username] = user
    return user
