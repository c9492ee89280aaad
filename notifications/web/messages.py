"""Pages: what somebody has been told in the app."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from coordination.templatetags.labels import labels_of
from coordination.web.requests import PageRequest
from coordination.web.unit_picker import as_id
from notifications.commands.reading import mark_read
from notifications.web.inbox import read_inbox


@require_safe
def show_messages(request: PageRequest) -> HttpResponse:
    """Show one's messages, the newest first; ``?foer=`` for those older than an id. Looking marks nothing as read."""
    inbox = read_inbox(request.actor, labels_of(request), before=as_id(request.GET.get("foer", "")))
    return render(request, "notifications/messages.html", {"inbox": inbox})


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: PageRequest) -> HttpResponse:
    """Mark messages as read: those between two ids that a page has shown, or all up to the newest that it knew of."""
    here = reverse("notifications:bell")
    if request.method != "POST":
        return redirect(here)
    since, until = as_id(request.POST.get("since", "")), as_id(request.POST.get("until", ""))
    mark_read(actor=request.user, now=request.now, since=since, until=until)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "notifications/_read.html", {"until": until})
    return HttpResponseRedirect(here)
