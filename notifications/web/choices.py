"""How somebody wants to be told, and when not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.people import choose_language
from coordination.models import User
from coordination.web.language import remember_language
from coordination.web.requests import PageRequest, carry_out, show_form
from notifications.commands.preferences import choose
from notifications.models import Channel, Preference
from notifications.queries.feeds import feed_of
from notifications.web.choice_words import choice_words
from notifications.web.forms import ChoicesForm


@require_http_methods(["GET", "HEAD", "POST"])
def show_choices(request: PageRequest) -> HttpResponse:
    """Show what whoever is signed in has chosen, in a sentence for each channel, and take another choice."""
    preference = Preference.objects.filter(person=request.user).first() or Preference(person=request.user)
    channels = _set_up_for(request.user)
    given: dict[str, Any] = {"data": request.POST} if request.method == "POST" else {}
    form = ChoicesForm(**given, preference=preference, language=request.user.language, channels=channels)

    def act() -> str:
        choose(draft=form.draft(preference), actor=request.user, now=request.now)
        choose_language(language=form.cleaned_data["language"], actor=request.user, now=request.now)
        return reverse("notifications:choices")

    language = form.cleaned_data["language"] if form.is_bound and form.is_valid() else None
    with translation.override(language or translation.get_language()):
        answer = carry_out(request, form, act, said=_("From now on you are told as you have chosen."))
    if answer is not None:
        if language:
            remember_language(answer, language)
        return answer
    return show_form(
        request,
        "notifications/choices.html",
        form,
        said=choice_words(preference, channels),
        has_email=settings.HAS_EMAIL,
        has_push=settings.HAS_PUSH,
        has_address=bool(request.user.email),
        has_digest=bool(channels),
        feed=feed_of(request.user),
    )


def _set_up_for(person: User) -> list[Channel]:
    """Name the channels beside the app over which this installation can reach a person."""
    by_email = [Channel.EMAIL] if settings.HAS_EMAIL and person.email else []
    return [*by_email, *([Channel.PUSH] if settings.HAS_PUSH else [])]
