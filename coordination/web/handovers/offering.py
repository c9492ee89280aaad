"""Pages: the holder offers the baton, a partner asks for it."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_right
from coordination.commands.handovers import offer_handover, request_baton
from coordination.errors import MovedOn
from coordination.models import Handover, HandoverKind, HandoverState, Partnership
from coordination.queries.candidates import contacts_of, units_for_baton
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import may_hold, may_speak_for_partner
from coordination.rules.day_words import due_words
from coordination.web.forms_base import InvolverForm
from coordination.web.handovers.choosing import candidate_form, choose_among
from coordination.web.handovers.forms import OfferForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import admit, case_or_desk, find_case


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: PageRequest, code: str) -> HttpResponse:
    """Offer the baton to a partner's contact or to anybody found through their unit."""
    case = find_case(request, code)
    require_right(may_hold(request.actor, case), request.actor, case)
    waiting = case.handovers.filter(kind=HandoverKind.OFFER, state=HandoverState.OFFERED).first()
    if waiting is not None and request.method != "POST":
        return redirect("handover", waiting.pk)
    choice = choose_among(request, case, at_hand=contacts_of(case), units=units_for_baton(case))
    form = candidate_form(OfferForm, request, choice.candidates)

    def act() -> str:
        handover = offer_handover(
            case=case,
            to_person=form.chosen.person,
            to_unit=form.chosen.unit,
            stays_on=form.cleaned_data["stays_on"],
            actor=request.user,
            now=request.now,
        )
        messages.success(request, _said_offered(request, handover))
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if form.is_bound else None
    return done or show_form(
        request,
        "handovers/offer.html",
        form,
        case=case,
        choice=choice,
        holds=case.holder_id == request.user.pk,
        back_url=reverse("case", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def request_it(request: PageRequest, pk: int) -> HttpResponse:
    """Ask for the baton, as a partner, after a page that says what happens then."""
    partnership = find(
        Partnership.objects.filter(case__in=cases_seen_by(request.actor)).select_related(
            "case__holder", "case__holder_unit", "unit", "contact"
        ),
        pk=pk,
    )
    case = partnership.case
    admit(request, case)
    require_right(may_speak_for_partner(request.actor, partnership), request.actor, case)
    if partnership.ended_at is not None:
        raise MovedOn(_("%(unit)s no longer takes part.") % {"unit": partnership.unit.name})
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        handover = request_baton(partnership=partnership, actor=request.user, now=request.now)
        messages.success(
            request,
            _("%(holder)s has been asked and answers by %(day)s. Until then %(holder)s holds the baton.")
            % {"holder": case.holder.name, "day": due_words(answer_by(handover), request.actor.today)},
        )
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if request.method == "POST" else None
    back_url = reverse("case", args=[case.code])
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Ask for the baton"),
        where=_("Case %(code)s") % {"code": case.code},
        text=_("%(person)s, %(unit)s, would like to hold the baton in this case.")
        % {"person": partnership.contact.name, "unit": partnership.unit.name},
        consequences=[
            _("%(holder)s, %(unit)s, says yes or no.") % {"holder": case.holder.name, "unit": case.holder_unit.name},
            _("%(holder)s holds the baton until the answer is yes.") % {"holder": case.holder.name},
            _("You can take the request back as long as it is not answered."),
        ],
        submit_label=_("Ask for the baton"),
        back_url=back_url,
    )


def answer_by(handover: Handover) -> date:
    """Read by which day a handover that waits is to be answered."""
    return handover.deadlines.open().values_list("due_on", flat=True).get()


def _said_offered(request: PageRequest, handover: Handover) -> str:
    words = {
        "person": handover.to_person.name,
        "day": due_words(answer_by(handover), request.actor.today),
        "holder": handover.case.holder.name,
    }
    said = _("%(person)s has been asked and answers by %(day)s. %(holder)s holds the baton until it is accepted.")
    if handover.case.holder_id == request.user.pk:
        said = _("%(person)s has been asked and answers by %(day)s. You hold the baton until it is accepted.")
    return said % words
