"""Pages: one's own calendar feed. And the feed itself, which whoever has its address may read."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.web.requests import PageRequest
from notifications.channels.feed import write_feed
from notifications.commands.feeds import make_feed, note_read, remove_feed
from notifications.queries.feeds import find_feed, read_plans


@login_not_required
@require_safe
def read(_request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program what the owner of the feed has before them, in their language. It needs no session."""
    feed = find_feed(token)
    if feed is None:
        raise Http404
    now = timezone.now()
    with translation.override(feed.person.language):
        text = write_feed(read_plans(feed.person, now=now))
    note_read(feed, now=now)
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="involver.ics"',
            "Cache-Control": "private",
            "X-Robots-Tag": "noindex, nofollow",
            "Referrer-Policy": "no-referrer",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: PageRequest) -> HttpResponse:
    """Make the feed, or make it anew, and show its address: here and now, and never again."""
    if request.method != "POST":
        return redirect("notifications:choices")
    path = reverse("notifications:feed", args=[make_feed(actor=request.user, now=request.now)])
    address = f"{settings.BASE_URL}{path}"
    return render(
        request,
        "notifications/feed.html",
        {"address": address, "subscribe": f"webcal://{address.partition('://')[2]}"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest) -> HttpResponse:
    """Remove the feed."""
    if request.method == "POST" and remove_feed(actor=request.user, now=request.now):
        messages.success(request, _("The address of your calendar leads nowhere any more."))
    return redirect("notifications:choices")
