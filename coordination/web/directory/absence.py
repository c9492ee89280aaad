"""Being away: saying so, for oneself or as a leader for one's people, and being back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.people import end_absence, set_absence
from coordination.models import Absence, User
from coordination.privacy.cpr import looks_like_cpr
from coordination.queries.absences import absences_spoken_for, people_led, people_spoken_for
from coordination.rules.day_words import due_words
from coordination.web.directory.forms import AbsenceForm
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find

MOST_ABSENCES = 100


@require_http_methods(["GET", "HEAD", "POST"])
def show_absence(request: PageRequest) -> HttpResponse:
    """Show who is away of those one speaks for, and take a new absence; ``?person=`` for one of one's people."""
    person = _person(request)
    if request.method != "POST":
        return _page(request, person, AbsenceForm(person=person))
    if "find" in request.POST:
        # Only a search: nothing is checked, nothing is changed, and everything typed stays.
        return _page(request, person, AbsenceForm(person=person, initial=_typed(request)))
    form = AbsenceForm(request.POST, person=person)

    def act() -> str:
        given = form.cleaned_data
        set_absence(
            user=person,
            stand_in=given["stand_in"],
            first_on=given["first_on"],
            last_on=given["last_on"],
            actor=request.user,
            now=request.now,
        )
        return reverse("absence")

    answer = carry_out(request, form, act, said=_set_words(request, person, form) if form.is_valid() else "")
    return answer or _page(request, person, form)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: PageRequest, pk: int) -> HttpResponse:
    """Say that somebody is back, or does not go away after all. A mere visit, as after signing in, ends nothing."""
    if request.method != "POST":
        return redirect("absence")
    form = InvolverForm(request.POST)

    def act() -> str:
        # Looked up here: the same form sent twice finds it gone, and is answered as the first time.
        absence = find(_endable(request), pk=pk)
        end_absence(absence=absence, actor=request.user, now=request.now)
        return reverse("absence")

    said = _("The absence is over. What waits goes to the one whose it is.")
    answer = carry_out(request, form, act, said=said)
    return answer or _page(request, request.user, AbsenceForm(person=request.user), refused=form)


def _person(request: PageRequest) -> User:
    wanted = request.GET.get("person", "")
    if not wanted:
        return request.user
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
    return find(people_spoken_for(request.actor), pk=pk)


def _endable(request: PageRequest) -> Any:
    """Absences of those one speaks for; one that is over is found too, and the command says that it is."""
    return Absence.objects.filter(user__in=people_spoken_for(request.actor).values("pk"))


def _typed(request: PageRequest) -> dict[str, str]:
    names = ("first_on", "last_on", "words", "stand_in", "submission")
    typed = {name: request.POST.get(name, "") for name in names}
    return {name: value for name, value in typed.items() if value and not looks_like_cpr(value)}


def _set_words(request: PageRequest, person: User, form: AbsenceForm) -> str:
    days = {
        "first": due_words(form.cleaned_data["first_on"], request.actor.today),
        "last": due_words(form.cleaned_data["last_on"], request.actor.today),
        "stand_in": form.cleaned_data["stand_in"].name,
        "person": person.name,
    }
    if person == request.user:
        return (
            _("You are away from %(first)s to %(last)s, both included. %(stand_in)s sees and answers for you.") % days
        )
    return _("%(person)s is away from %(first)s to %(last)s, both included. %(stand_in)s stands in.") % days


def _page(
    request: PageRequest, person: User, form: AbsenceForm, *, refused: InvolverForm | None = None
) -> HttpResponse:
    words = request.GET.get("navn", "").strip()[:60]
    is_leader = bool(request.actor.led_paths)
    today = request.actor.today
    context = {
        "form": form,
        "refused": refused,
        "person": person,
        "is_own": person == request.user,
        "absences": [(absence, InvolverForm()) for absence in absences_spoken_for(request.actor)[:MOST_ABSENCES]],
        "stand_ins": Absence.objects.filter(stand_in=request.user, last_on__gte=today).select_related("user"),
        "is_leader": is_leader,
        "people": people_led(request.actor, words) if is_leader else [],
        "words": words,
    }
    asked = refused or form
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked.errors else HTTPStatus.OK
    return render(request, "directory/absence.html", context, status=getattr(asked, "refused_with", status))
