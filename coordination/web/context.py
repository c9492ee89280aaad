"""What every page knows: what day it is, who reads it, and where else one can go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.privacy.cpr import looks_like_cpr
from coordination.rules.actors import Actor


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``today``, ``actor`` (None for nobody), ``nav_items``, and ``here``: the address of the page."""
    actor = getattr(request, "actor", None)
    now = getattr(request, "now", None)
    return {
        "today": timezone.localdate(now),
        "actor": actor,
        "here": "/" if looks_like_cpr(request.path) else request.get_full_path(),
        "nav_items": _nav_items(request.path, actor) if actor is not None else [],
    }


def _nav_items(path: str, actor: Actor) -> list[dict[str, Any]]:
    places = [("desk", _("My desk")), ("cases", _("Cases")), ("units", _("Who can do what"))]
    if actor.led_paths:
        places.insert(2, ("board", pgettext("the board", "Moves")))
        places.append(("figures", _("Leadership")))
    if actor.officer_paths:
        places.append(("protection", _("Data protection")))
    urls = {name: reverse(name) for name, _label in places}
    return [
        {
            "url": urls[name],
            "label": label,
            "current": path == urls[name] or (name != "desk" and path.startswith(urls[name])),
        }
        for name, label in places
    ]
