"""The secrets of webhooks: random, sealed, two at a time for a week, and moved along when keys change."""

from __future__ import annotations

import base64
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from coordination.models import User
from notifications.channels.signing import open_secret
from notifications.commands.webhooks import (
    PREVIOUS_SECRET_LASTS,
    add_webhook,
    rotate_secret,
)
from notifications.models import Webhook
from tests.builders import World, a_case, a_case_with_reference, on
from tests.notifications.hooking import tell, verifies
from tests.notifications.other_side import OtherSide

pytestmark = pytest.mark.django_db


def test_for_seven_days_both_secrets_sign(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    secret = rotate_secret(webhook=hook[0], actor=clerk, now=on())
    a_case(world)
    tell()
    assert all(verifies(request, hook[1]) and verifies(request, secret) for request in system.requests)
    system.requests.clear()
    later = on() + PREVIOUS_SECRET_LASTS
    a_case(world, now=later)
    tell(later)
    assert system.requests
    for request in system.requests:
        assert verifies(request, secret, later)
        assert not verifies(request, hook[1], later)


def test_secrets_are_random_and_sealed_for_their_row_and_column(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    other, secret = add_webhook(name="Anden", unit=world.ppr, url=system.url("/x"), actor=clerk, now=on())
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != hook[1]
    rotate_secret(webhook=other, actor=clerk, now=on())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_secret, sealed_previous_secret FROM notifications_webhook")
        stored = b"".join(bytes(value or b"") for row in cursor.fetchall() for value in row)
    assert secret.encode() not in stored
    assert base64.b64decode(secret.removeprefix("whsec_")) not in stored
    mine = Webhook.objects.get(pk=hook[0].pk).sealed_secret
    other.refresh_from_db()
    for column, moved in (("sealed_secret", mine), ("sealed_secret", other.sealed_previous_secret)):
        Webhook.objects.filter(pk=other.pk).update(**{column: moved})
        a_case(world)
        tell()
        assert Webhook.objects.get(pk=other.pk).failure == "SealBroken"
        Webhook.objects.filter(pk=other.pk).update(paused_until=None, failure="")
    assert "/x" not in {request.path for request in system.requests}


def test_secrets_move_to_another_key_with_the_references(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User, settings: Settings
) -> None:
    secret = rotate_secret(webhook=hook[0], actor=clerk, now=on())
    a_case_with_reference(world)
    [(key_id, key)] = settings.REFERENCE_KEYS.items()
    settings.REFERENCE_KEYS = {"new": b"n" * 32, key_id: key}
    out = StringIO()
    call_command("rotate_reference_keys", stdout=out)
    assert "current keys: 3" in out.getvalue()
    settings.REFERENCE_KEYS = {"new": b"n" * 32}
    webhook = Webhook.objects.get()
    assert open_secret(webhook) == secret
    assert open_secret(webhook, "sealed_previous_secret") == hook[1]


def test_a_secret_whose_key_is_gone_makes_the_rotation_fail(hook: tuple[Webhook, str], settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"new": b"n" * 32}
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_reference_keys", stdout=StringIO(), stderr=errors)
    assert "1 under the key 1" in errors.getvalue()
