"""What a partner does about its part: finishing it, leaving it, naming another contact."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.invitations import change_contact, complete_partnership, leave_case
from coordination.errors import MovedOn
from coordination.models import Partnership
from coordination.queries.contacts import possible_contacts
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import may_hold, may_speak_for_partner
from coordination.web.invitations.common import confirm, let_in, typed
from coordination.web.invitations.forms import ContactForm, LeaveForm, OutcomeForm
from coordination.web.requests import PageRequest, find
from coordination.web.taking_part import case_or_desk


@require_http_methods(["GET", "HEAD", "POST"])
def complete(request: PageRequest, pk: int) -> HttpResponse:
    """Say that a partner's part is done, and what came of it."""
    partnership = part_to_end(request, pk, holder_may=True)
    form = OutcomeForm(typed(request))
    case_url = reverse("case", args=[partnership.case.code])

    def act() -> str:
        outcome = form.cleaned_data["outcome"]
        complete_partnership(partnership=partnership, outcome=outcome, actor=request.user, now=request.now)
        return case_or_desk(request, partnership.case_id)

    unit = {"unit": partnership.unit.name, "holder": partnership.case.holder.name}
    return confirm(
        request,
        form,
        act,
        case=partnership.case,
        said=_("%(unit)s has finished its part. %(holder)s holds the baton.") % unit,
        heading=_("%(unit)s has finished its part") % unit,
        consequences=parting_words(partnership),
        submit_label=_("Finish the part"),
        back_url=case_url,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PageRequest, pk: int) -> HttpResponse:
    """Leave before one's part is done."""
    partnership = part_to_end(request, pk, holder_may=False)
    form = LeaveForm(typed(request))
    case_url = reverse("case", args=[partnership.case.code])

    def act() -> str:
        leave_case(partnership=partnership, reason=form.cleaned_data["reason"], actor=request.user, now=request.now)
        return case_or_desk(request, partnership.case_id)

    unit = {"unit": partnership.unit.name, "holder": partnership.case.holder.name}
    return confirm(
        request,
        form,
        act,
        case=partnership.case,
        said=_("%(unit)s has left the case. %(holder)s holds the baton and has been told.") % unit,
        heading=_("%(unit)s leaves the case") % unit,
        consequences=parting_words(partnership),
        submit_label=_("Leave the case"),
        back_url=case_url,
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: PageRequest, pk: int) -> HttpResponse:
    """Name another contact person; whoever was it until now may see nothing of the case from then on."""
    partnership = part_to_end(request, pk, holder_may=False)
    people = possible_contacts(partnership.unit, actor=request.user, without=partnership.case.holder_id)
    if request.method != "POST":
        people = people.exclude(pk=partnership.contact_id)
    form = ContactForm(typed(request), people=people)
    case_url = reverse("case", args=[partnership.case.code])

    def act() -> str:
        chosen = form.cleaned_data["contact"]
        change_contact(partnership=partnership, contact=chosen, actor=request.user, now=request.now)
        return case_or_desk(request, partnership.case_id)

    words = {"unit": partnership.unit.name, "contact": partnership.contact.name}
    return confirm(
        request,
        form,
        act,
        case=partnership.case,
        said=_("%(unit)s has another contact person, who has been told.") % words,
        heading=_("Another contact person for %(unit)s") % words,
        text=_("%(contact)s is the contact person now.") % words,
        consequences=[
            _("The new contact person sees the case; %(contact)s no longer does.") % words,
            _("Agreements and meetings go on with the new contact person."),
        ],
        submit_label=_("Change the contact person"),
        back_url=case_url,
    )


def part_to_end(request: PageRequest, pk: int, *, holder_may: bool) -> Partnership:
    """Find a partnership that the actor may speak for."""
    seen = Partnership.objects.filter(case__in=cases_seen_by(request.actor))
    partnership = find(seen.select_related("case__holder", "case__holder_unit", "unit", "contact"), pk=pk)
    case = partnership.case
    allowed = may_speak_for_partner(request.actor, partnership) or (holder_may and may_hold(request.actor, case))
    let_in(request, case, allowed=allowed)
    if request.method != "POST" and partnership.ended_at is not None:
        raise MovedOn(_("%(unit)s no longer takes part.") % {"unit": partnership.unit.name})
    return partnership


def parting_words(partnership: Partnership) -> list[str]:
    """Say what happens when a partner's part ends."""
    words = {"unit": partnership.unit.name, "holder": partnership.case.holder.name}
    return [
        _("%(unit)s no longer sees the case.") % words,
        _("What %(unit)s still had to do goes to %(holder)s, who holds the baton.") % words,
        _("%(unit)s can be asked again later.") % words,
    ]
