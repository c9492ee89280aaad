"""What every page has in common: who asks and when, how a form is carried out, how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from coordination.commands.submissions import carry_out_once
from coordination.errors import MovedOn, Refusal, Unacceptable, Unseen
from coordination.models import Submission, User
from coordination.queries.actors import actor_of
from coordination.rules.actors import Actor

Found = TypeVar("Found", bound=Model)


class PageRequest(HttpRequest):
    """A request of somebody signed in, after ``ActorMiddleware``."""

    user: User
    actor: Actor
    now: datetime


class ActorMiddleware:
    """Give each request one time, and whoever is signed in their part: both are read once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with ``now`` and ``actor`` set."""
        request.now = timezone.now()  # type: ignore[attr-defined]
        if not isinstance(request.user, AnonymousUser):
            request.actor = actor_of(request.user, request.now)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not isinstance(request.user, AnonymousUser):
            # On a shared computer, going back after signing out shows nothing of a case.
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show a refusal that no form has taken up as the page that says the same.

        What is refused only because the same form has been carried out, perhaps a moment ago, is answered like that.
        """
        if not isinstance(error, Refusal):
            return None
        before = answered_before(request)
        if before:
            return before
        context = {} if isinstance(error, Unseen) else {"message": error.message}
        return render(request, f"errors/{error.status.value}.html", context, status=error.status)


def find(queryset: QuerySet[Found], **which: Any) -> Found:
    """Find what the actor may see, or answer as if it had never been."""
    found = queryset.filter(**which).first()
    if found is None:
        raise Unseen(_("Not found."))
    return found


def carry_out(request: PageRequest, form: BaseForm, act: Callable[[], str], *, said: str = "") -> HttpResponse | None:
    """Carry out a form that is valid, once, and go to the address that ``act`` gives, with the message ``said``.

    None where the form is not valid or ``act`` refuses: the form then says why, with everything as it was typed. One
    that was carried out before leads where it led then, also where it would not be valid any more.
    """
    if not form.is_valid():
        return answered_before(request)
    try:
        location = carry_out_once(key=form.cleaned_data["submission"], actor=request.user, now=request.now, act=act)
    except (Unacceptable, MovedOn) as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        form.refused_with = refusal.status  # type: ignore[attr-defined]
        return None
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(location)


def answered_before(request: HttpRequest) -> HttpResponse | None:
    """Lead a form that comes a second time to where the first one led, though its sender may see nothing of it now.

    To be asked after something was refused, not before: of two sent at the same instant the one that comes too late for
    its right, or finds the choices gone, sees the other one's key from the moment on at which it sees what it did.
    """
    if request.method != "POST" or isinstance(request.user, AnonymousUser):
        return None
    try:
        before = Submission.objects.filter(person=request.user, key=request.POST.get("submission", "")).first()
    except ValidationError:
        return None
    return HttpResponseRedirect(before.location) if before else None


def show_form(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Show a page with its form; the status says whether what was sent has been refused, and how."""
    status = getattr(form, "refused_with", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return render(request, template, {"form": form, **context}, status=status)
