"""What is searched for stands in the address of a page, or is sent to one: a CPR number must not stay there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_plus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from coordination.privacy.cpr import looks_like_cpr
from coordination.web.requests import PageRequest

# Some values are addresses themselves: a day in one part of them and an id in the next are no number.
_BETWEEN = re.compile(r"[?&=]")


class AddressMiddleware:
    """Lead whoever asks with a CPR number in the address to the same address without it; nothing is looked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or lead it away."""
        if not any(looks_like_cpr(part) for part in _asked(request)):
            return _leads_on(self.get_response(request))
        if request.user.is_authenticated:
            _warn(request)
        return HttpResponseRedirect(clean_path(request))


def turn_cpr_away(request: PageRequest, typed: str, page: str) -> HttpResponse | None:
    """Go to the clean address of ``page``, with a word about why, where ``typed`` looks like a CPR number."""
    if not looks_like_cpr(typed):
        return None
    _warn(request)
    return redirect(page)


def clean_path(request: HttpRequest) -> str:
    """Give the path of a request; that of the first page where a CPR number stands in it."""
    return "/" if looks_like_cpr(request.path) else request.path


def _leads_on(response: HttpResponse) -> HttpResponse:
    """Let an answer lead to no address with a CPR number in it, such as back to a mistyped one after signing in."""
    path, _mark, query = response.headers.get("Location", "").partition("?")
    if any(looks_like_cpr(part) for part in _BETWEEN.split(unquote_plus(query))):
        response.headers["Location"] = path
    return response


def _warn(request: HttpRequest) -> None:
    messages.warning(request, _("That looks like a CPR number. Never type one here. Nothing was looked for."))


def _asked(request: HttpRequest) -> Iterator[str]:
    for name, values in request.GET.lists():
        for value in (name, *values):
            yield from _BETWEEN.split(value)
