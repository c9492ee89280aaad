"""A leader's page: the looks of a month that were drawn, each to be found in order or to be explained."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordination.commands.look_checks import answer_looks
from coordination.models import LookAnswer, LookCheck, LookSample
from coordination.queries.look_checks import samples_seen_by, samples_waiting_for
from coordination.rules.actors import Actor
from coordination.rules.day_words import due_words
from coordination.web.desk.row import Row, state_of
from coordination.web.forms_base import InvolverForm, RadioList
from coordination.web.requests import PageRequest, carry_out, find, show_form


class LooksForm(InvolverForm):
    """One answer for each look that waits."""

    def __init__(self, *args: Any, checks: list[LookCheck], **kwargs: Any) -> None:
        self.checks = {check.pk: f"look_{check.pk}" for check in checks}
        super().__init__(*args, **kwargs)
        for check in checks:
            self.fields[self.checks[check.pk]] = forms.ChoiceField(
                label=_("Was this look in order?"),
                choices=LookAnswer.choices,
                widget=RadioList(attrs={"class": "form-radio"}),
            )

    def answers(self) -> dict[int, LookAnswer]:
        """Give what was answered, by the ids of the checks."""
        return {pk: LookAnswer(self.cleaned_data[name]) for pk, name in self.checks.items()}


@require_http_methods(["GET", "HEAD", "POST"])
def show_sample(request: PageRequest, pk: int) -> HttpResponse:
    """Show who looked at which case and when, and take the answers."""
    sample = find(samples_seen_by(request.actor).select_related("unit", "leader"), pk=pk)
    checks = list(sample.checks.select_related("case", "viewer", "reason", "answered_by"))
    waiting = [check for check in checks if not check.answer and check.viewer_id != request.user.pk]
    form = LooksForm(request.POST if request.method == "POST" else None, checks=waiting)

    def act() -> str:
        left = answer_looks(sample=sample, answers=form.answers(), actor=request.user, now=request.now)
        return reverse("desk") if left.answered_at is not None else reverse("look_sample", args=[sample.pk])

    done = carry_out(
        request, form, act, said=_("Thank you. What is to be explained, the data-protection officer sees.")
    )
    return done or show_form(
        request,
        "protection/sample.html",
        form,
        sample=sample,
        waiting=[(check, form[form.checks[check.pk]]) for check in waiting],
        answered=[check for check in checks if check.answer],
        own=[check for check in checks if not check.answer and check.viewer_id == request.user.pk],
    )


def rows_of_samples(actor: Actor) -> list[Row]:
    """Build the rows of the desk: looks that wait for the actor's answer."""
    return [_row(sample, actor) for sample in samples_waiting_for(actor)]


def _row(sample: LookSample, actor: Actor) -> Row:
    count = sample.waiting  # type: ignore[attr-defined]
    url = reverse("look_sample", args=[sample.pk])
    words = ngettext("%(count)d look of %(unit)s to confirm", "%(count)d looks of %(unit)s to confirm", count)
    day = due_words(sample.due_on, actor.today)
    is_for_other = sample.leader_id != actor.user.pk
    return Row(
        title=words % {"count": count, "unit": sample.unit.name},
        state=state_of(sample.due_on, actor.today),
        when=_("was due %(day)s") % {"day": day}
        if sample.due_on < actor.today
        else _("answer by %(day)s") % {"day": day},
        text=_("for %(person)s") % {"person": sample.leader} if is_for_other else "",
        href=url,
        action=_("Answer"),
        action_url=url,
    )
