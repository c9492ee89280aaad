"""System checks: what Django cannot know about a safe Involver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's name


@register(Tags.security)
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Find keys that are too weak or used for two purposes."""
    found: list[CheckMessage] = []
    keys = list(settings.REFERENCE_KEYS.values())
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 5:
        found.append(Error("SECRET_KEY must have 50 random characters or more.", id="involver.E001"))
    if len(set(keys)) != len(keys):
        found.append(Error("REFERENCE_KEYS holds the same key under two ids.", id="involver.E002"))
    index_keys = [*settings.INDEX_KEYS.values(), settings.INDEX_KEY]
    if set(index_keys) & set(keys):
        found.append(Error("INDEX_KEY must not be one of the REFERENCE_KEYS.", id="involver.E003"))
    if any(len(set(key)) < 8 for key in [*keys, *index_keys]):
        found.append(Error("A key is not random: make it with openssl rand -base64 32.", id="involver.E004"))
    return found


@register(Tags.security)
def check_transport(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of an installation with a database server whose pages are not under HTTPS."""
    if settings.EMBEDDED or settings.BEHIND_HTTPS:
        return []
    hint = "Put a proxy with a certificate in front and set BEHIND_HTTPS=true."
    return [Warning("Cookies are sent without HTTPS.", hint=hint, id="involver.W001")]
