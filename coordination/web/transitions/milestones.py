"""Pages: a milestone is reached, or is not needed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_open, require_right
from coordination.commands.looks import look_at_move
from coordination.commands.milestones import do_milestone, skip_milestone
from coordination.errors import MovedOn
from coordination.models import Milestone, MilestoneState
from coordination.rules.day_words import due_words
from coordination.rules.transitions import may_do_milestone
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find
from coordination.web.transitions.changing import confirm_move
from coordination.web.transitions.finding import move_or_desk, moves_seen_by
from coordination.web.transitions.forms import SkipForm


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: PageRequest, pk: int) -> HttpResponse:
    """Say that a milestone is reached: one tap by POST; GET asks first."""
    milestone = _find(request, pk)
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        did = do_milestone(milestone=milestone, actor=request.user, now=request.now)
        messages.success(request, _("Reached: %(milestone)s.") % {"milestone": did.kind.label})
        return move_or_desk(request, milestone.transition)

    carried_out = carry_out(request, form, act) if request.method == "POST" else None
    return carried_out or _confirm(request, milestone, form, heading=_("Is it done?"), submit_label=_("Done"))


@require_http_methods(["GET", "HEAD", "POST"])
def skip(request: PageRequest, pk: int) -> HttpResponse:
    """Say that a milestone is not needed for this child, and why."""
    milestone = _find(request, pk)
    form = SkipForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        skipped = skip_milestone(milestone=milestone, reason=reason, actor=request.user, now=request.now)
        messages.success(request, _("Not needed: %(milestone)s.") % {"milestone": skipped.kind.label})
        return move_or_desk(request, milestone.transition)

    carried_out = carry_out(request, form, act) if request.method == "POST" else None
    return carried_out or _confirm(
        request, milestone, form, heading=_("The milestone is not needed"), submit_label=_("It is not needed")
    )


def _find(request: PageRequest, pk: int) -> Milestone:
    """Find a milestone that the reader may settle; a visit refuses one that is no longer open."""
    milestone = find(Milestone.objects.filter(transition__in=moves_seen_by(request)).select_related("kind"), pk=pk)
    move = milestone.transition = find(moves_seen_by(request), pk=milestone.transition_id)
    part = look_at_move(transition=move, actor=request.user, now=request.now)
    require_right(may_do_milestone(request.actor, milestone, part), request.actor, move.case, sees_it=True)
    if request.method != "POST":
        require_open(move.case)
        if milestone.state != MilestoneState.OPEN or not move.is_live:
            raise MovedOn(_("This milestone is no longer open (%(state)s).") % {"state": milestone.get_state_display()})
    return milestone


def _confirm(
    request: PageRequest, milestone: Milestone, form: InvolverForm, *, heading: str, submit_label: str
) -> HttpResponse:
    text = _("%(milestone)s, by %(day)s.") % {
        "milestone": milestone.kind.label,
        "day": due_words(milestone.due_on, request.actor.today),
    }
    return confirm_move(request, milestone.transition, form, heading=heading, text=text, submit_label=submit_label)
