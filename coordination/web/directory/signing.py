"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

from coordination.commands.sign_ins import begin_sign_in, end_sign_in
from coordination.errors import TooOften, Unseen
from coordination.models import User
from coordination.web.forms_base import SignInForm


class SignIn(LoginView):
    """Let somebody in, and speak the language that stands by their name until they choose another here."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the made-up people where this is a demonstration."""
        demo = {"demo_people": settings.DEMO_PEOPLE, "demo_password": settings.DEMO_PASSWORD}
        return super().get_context_data(**kwargs) | demo

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try to sign in, unless it has been tried too often."""
        try:
            attempt = begin_sign_in(
                username=request.POST.get("username", ""), address=address_of(request), now=timezone.now()
            )
        except TooOften as refusal:
            form = SignInForm(**self.get_form_kwargs())
            form.refused = str(refusal.message)
            response = self.render_to_response(self.get_context_data(form=form), status=refusal.status)
            response["Retry-After"] = str(int(refusal.wait.total_seconds()) + 1)
            return response
        response = super().post(request, *args, **kwargs)
        if request.user.is_authenticated:
            end_sign_in(attempt)
        return response

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; a browser that has no language chosen yet gets the person's."""
        response = super().form_valid(form)
        user = form.get_user()
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES and isinstance(user, User):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response


def address_of(request: HttpRequest) -> str:
    """Say where a request comes from. Behind a proxy that is what the proxy has written last, and nobody else can."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


class ToSigningIn(RedirectView):
    """Lead from the administration to signing in; who has, and is no administrator, learns of no administration.

    Otherwise signing in would lead them back there, and so on without an end.
    """

    pattern_name = "sign_in"
    query_string = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go there."""
        if isinstance(request.user, User) and not request.user.is_staff:
            raise Unseen(_("Not found."))
        return super().dispatch(request, *args, **kwargs)


class SignOut(LogoutView):
    """Let somebody out. A mere visit, as after signing in again, lets nobody out: it goes to the desk."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go to the desk."""
        return redirect("desk")
