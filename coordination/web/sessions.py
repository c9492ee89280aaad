"""How long somebody stays signed in: a working day at the most, and an hour without doing anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

BEGAN, LAST = "began", "last"
# So much later another look is worth writing down: not every page writes to the database.
COARSE = 60.0  # seconds


def begin_session(request: HttpRequest, **_how: Any) -> None:
    """Note when somebody has signed in; it is written with the session that then begins."""
    request.session[BEGAN] = request.session[LAST] = time.time()


class SessionMiddleware:
    """Sign out whoever has been away for too long, or in for too long. What they ask then leads to signing in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, as somebody signed in only within the limits."""
        if request.user.is_authenticated:
            now = time.time()
            began, last = request.session.get(BEGAN), request.session.get(LAST)
            if began is None or last is None:
                begin_session(request)  # it was begun before there were limits
            elif now - began > settings.SESSION_COOKIE_AGE or now - last > settings.SESSION_IDLE_AGE:
                logout(request)
            elif now - last > COARSE:
                request.session[LAST] = now
        return self.get_response(request)
