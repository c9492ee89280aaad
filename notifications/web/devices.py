"""Pages: the browsers that are pushed to, and the worker that shows a push in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from coordination.errors import Unseen
from coordination.models import User
from coordination.web.requests import PageRequest
from coordination.web.unit_picker import as_id
from notifications.commands.devices import DeviceDraft, add_device, leave_device, remove_device

# By which a browser says which device it is, when somebody signs in or out there; signed, so that it names no other.
COOKIE = "device"
_COOKIE_AGE = timedelta(days=365)
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"))
_OTHER_BROWSERS = (("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS")),
    *(("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")),
)


@login_not_required
@require_safe
@cache_control(no_cache=True)
def show_worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker. It stands at the root, since it may act for no more than what lies beside it."""
    answer = render(request, "notifications/service-worker.js", content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Push to this browser."""
    if not settings.HAS_PUSH:
        raise Unseen(_("Not found."))
    if request.method != "POST":
        return redirect("notifications:choices")
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    draft = DeviceDraft(**given, name=name_of(request.headers.get("User-Agent", "")))
    device = add_device(draft=draft, actor=request.user, now=request.now)
    messages.success(request, _("Push comes to this browser from now on."))
    answer = redirect("notifications:choices")
    answer.set_signed_cookie(
        COOKIE,
        str(device.pk),
        max_age=_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Push to one of one's devices no longer."""
    if request.method == "POST":
        if not remove_device(device_id=pk, actor=request.user, now=request.now):
            raise Unseen(_("Not found."))
        messages.success(request, _("Push does not come to that device any more."))
    return redirect("notifications:choices")


def name_of(user_agent: str) -> str:
    """Say what people call a browser and what it runs on: "Firefox, Windows"."""
    found = (
        next((name for sign, name in names if sign in user_agent), "")
        for names in ((*_BROWSERS, *_OTHER_BROWSERS), _SYSTEMS)
    )
    return ", ".join(name for name in found if name)


def watch_who_sits_there() -> None:
    """Have a browser forget whom it is pushed to, when they sign out of it or somebody else signs in."""
    user_logged_out.connect(_on_sign_out, dispatch_uid="device-signed-out")
    user_logged_in.connect(_on_sign_in, dispatch_uid="device-signed-in")


def _on_sign_out(*, request: HttpRequest, user: Any, **_unused: Any) -> None:
    """Whoever signs out may leave a computer that others use as well."""
    if (device_id := _device_of(request)) and isinstance(user, User):
        remove_device(device_id=device_id, actor=user, now=timezone.now())


def _on_sign_in(*, request: HttpRequest, user: Any, **_unused: Any) -> None:
    if (device_id := _device_of(request)) and isinstance(user, User):
        leave_device(device_id=device_id, actor=user, now=timezone.now())


def _device_of(request: HttpRequest | None) -> int:
    return as_id(request.get_signed_cookie(COOKIE, default="") or "") if request is not None else 0
