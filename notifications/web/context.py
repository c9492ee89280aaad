"""What the header of every page knows of messages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from coordination.models import User
from notifications.queries.unread import count_unread


def bell_context(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``unread``, the number of new messages: counted when a header asks for it, once."""
    user = getattr(request, "user", None)
    return {"unread": SimpleLazyObject(lambda: count_unread(user))} if isinstance(user, User) else {}
