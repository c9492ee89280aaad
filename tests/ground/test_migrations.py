"""Migrations that carry something over: what was there before is there afterwards, as the new code reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from coordination.commands.invitations import change_contact
from coordination.models import ThemeHelper
from tests.builders import World, a_case, accepted, on

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(*targets: tuple[str, str | None]) -> None:
    """Bring the database to these states, backwards or forwards."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


@pytest.fixture(autouse=True)
def afterwards_everything_is_migrated() -> Iterator[None]:
    """Whatever happened, the next test finds the tables that it needs."""
    yield
    migrate()


def test_contacts_who_were_replaced_before_are_read_from_the_events(world: World) -> None:
    partnership = accepted(world, a_case(world))
    untouched = accepted(world, a_case(world))
    for contact, actor, days in (
        (world.anton, world.anna, 2),
        (world.anna, world.anton, 3),
        (world.per, world.anna, 5),
    ):
        change_contact(partnership=partnership, contact=contact, actor=actor, now=on(days))
    stretches = [
        (world.anna.pk, on(hours=1), on(2)),
        (world.anton.pk, on(2), on(3)),
        (world.anna.pk, on(3), on(5)),
    ]
    rows = partnership.former_contacts.values_list("person", "began_at", "ended_at")
    assert list(rows) == stretches
    migrate(("coordination", "0003_attendance_released"))
    migrate()
    assert list(rows.all()) == stretches
    assert not untouched.former_contacts.exists()


def test_helpers_of_themes_keep_the_order_in_which_they_were_suggested(world: World) -> None:
    helpers = ThemeHelper.objects.order_by("theme__code", "position", "pk")
    before = {(helper.theme_id, helper.unitkind_id) for helper in helpers}
    written = [helper.position for helper in helpers]
    migrate(("coordination", "0004_former_contacts"))
    migrate()
    carried = list(helpers.select_related("unitkind"))
    assert {(helper.theme_id, helper.unitkind_id) for helper in carried} == before
    assert [helper.position for helper in carried] == [helper.unitkind.position for helper in carried]
    assert [helper.position for helper in carried] != written
