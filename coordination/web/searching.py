"""What is typed into a search box stands in the address of the page: a CPR number must not stay there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from coordination.privacy.cpr import looks_like_cpr
from coordination.web.requests import PageRequest


def turn_cpr_away(request: PageRequest, typed: str, page: str) -> HttpResponse | None:
    """Go to the clean address of ``page``, with a word about why, where ``typed`` looks like a CPR number."""
    if not looks_like_cpr(typed):
        return None
    messages.warning(request, _("That looks like a CPR number. Never type one here. Nothing was looked for."))
    return redirect(page)
