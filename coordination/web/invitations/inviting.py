"""What the holder does about invitations, and the leader who finds out whom to ask after a no."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.invitations import drop_search, invite_unit, point_onward, withdraw_invitation
from coordination.errors import MovedOn
from coordination.models import LIVE_INVITATION, Case, Invitation, InvitationState, Unit, User
from coordination.queries.asks import answer_due, search_after
from coordination.queries.bases import active_basis
from coordination.queries.contacts import people_of
from coordination.queries.notes import notes_are_on
from coordination.queries.suggestions import open_units_beside, suggest_partners
from coordination.rules.access import is_in_force, may_hold
from coordination.rules.day_words import due_words
from coordination.web.bases import cover_words
from coordination.web.forms_base import CardRadio, InvolverForm
from coordination.web.invitations.common import confirm, held_case, invitation_of_case, lacks_basis, let_in, typed
from coordination.web.invitations.forms import InviteForm, OnwardForm
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.unit_picker import FIND, Picker, as_id, is_finding, kept, picked_in

PEOPLE = "people"


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PageRequest, code: str) -> HttpResponse:
    """Invite a unit, or somebody certain in it; ``?efter=`` names the declined invitation that it follows."""
    case = held_case(request, code)
    follows = followed(request, case)
    people = people_to_ask(request, case)
    with_note = notes_are_on(case.holder_unit)
    if is_finding(request):
        form = kept(InviteForm, request, people=people, with_note=with_note)
    else:
        form = InviteForm(typed(request), people=people, with_note=with_note, initial=onward_values(follows))
    taken = units_taken(case)
    refusing = {follows.unit_id} if follows is not None else set()
    suggested = suggest_partners(case.holder_unit, theme=case.theme, without=taken | refusing)
    picker = Picker.of(request, beside=case.holder_unit, suggested=suggested, without=taken)
    picker.offer(form, "units")
    sent: list[Invitation] = []
    response = carry_out(request, form, lambda: invited(request, form, case, follows, sent))
    say_invited(request, sent)
    if response:
        return response
    wants_people = request.POST.get(FIND) == PEOPLE or "person" in request.POST
    return show_form(
        request,
        "invitations/invite.html",
        form,
        field=form["units"],
        picker=picker,
        case=case,
        follows=follows,
        lacks_basis=lacks_basis(case, today=request.actor.today),
        covered=mark_uncovered(form, case, today=request.actor.today),
        shows_people=wants_people and bool(picked_in(form, "units")),
    )


def mark_uncovered(form: InviteForm, case: Case, *, today: date) -> str:
    """Say beside the units on offer which the basis does not cover; give what it covers, where that is not all."""
    basis = active_basis(case)
    if basis is None or basis.covered_kinds is None or not is_in_force(basis, today) or not case.references.exists():
        return ""
    widget = cast("CardRadio", form.fields["units"].widget)
    offered = Unit.objects.filter(pk__in=[pk for _label, units in widget.choices for pk, _name in units])
    of_other_kinds = offered.exclude(kind__in=basis.covered_kinds).select_related("kind")
    hint = _("not covered by the basis: %(kind)s")
    widget.hints = {**widget.hints, **{str(unit.pk): hint % {"kind": unit.kind.label} for unit in of_other_kinds}}
    return cover_words(basis)


def invited(
    request: PageRequest, form: InviteForm, case: Case, follows: Invitation | None, sent: list[Invitation]
) -> str:
    """Send the invitation that the form describes; go back to the case."""
    chosen = form.cleaned_data
    invitation = invite_unit(
        case=case,
        unit=chosen["units"],
        person=chosen["person"],
        ask=chosen["ask"],
        follows=follows,
        actor=request.user,
        now=request.now,
    )
    form.put_note(invitation, actor=request.user, now=request.now)
    sent[:] = [invitation]  # not added: what is tried again after a deadlock was still sent once
    return reverse("case", args=[case.code])


def say_invited(request: PageRequest, sent: list[Invitation]) -> None:
    """Say who has been asked, and by when they answer."""
    for invitation in sent:
        due_on = answer_due(invitation)
        day = due_words(due_on, request.actor.today) if due_on else ""
        said = _("%(unit)s has been asked and answers by %(day)s. You hold the baton until somebody takes it over.")
        messages.success(request, said % {"unit": invitation.unit.name, "day": day})


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = invitation_of_case(request, pk)
    case = invitation.case
    let_in(request, case, allowed=may_hold(request.actor, case))
    if request.method != "POST" and invitation.state != InvitationState.SENT:
        raise MovedOn(_("This invitation is no longer waiting for an answer."))

    def act() -> str:
        withdraw_invitation(invitation=invitation, actor=request.user, now=request.now)
        return reverse("case", args=[case.code])

    unit = {"unit": invitation.unit.name}
    return confirm(
        request,
        InvolverForm(typed(request)),
        act,
        case=case,
        said=_("The invitation to %(unit)s has been withdrawn. They owe no answer any more.") % unit,
        heading=_("Withdraw the invitation to %(unit)s") % unit,
        consequences=[
            _("%(unit)s no longer sees it and owes no answer.") % unit,
            _("You can invite them again later."),
        ],
        submit_label=_("Withdraw the invitation"),
        back_url=reverse("case", args=[case.code]),
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: PageRequest, pk: int) -> HttpResponse:
    """Say that nobody else needs to be asked after a no."""
    invitation = invitation_of_case(request, pk)
    case = invitation.case
    let_in(request, case, allowed=may_hold(request.actor, case))
    if request.method != "POST" and search_after(invitation) is None:
        raise MovedOn(_("Nobody is being looked for after this no any more."))

    def act() -> str:
        drop_search(invitation=invitation, actor=request.user, now=request.now)
        return reverse("case", args=[case.code])

    unit = {"unit": invitation.unit.name}
    return confirm(
        request,
        InvolverForm(typed(request)),
        act,
        case=case,
        said=_("Nobody else is looked for after the no from %(unit)s. You hold the baton.") % unit,
        heading=_("Nobody else needs to be asked"),
        text=_("%(unit)s said no, and you can manage without somebody else.") % unit,
        consequences=[
            _("Neither you nor a leader is reminded of it any more."),
            _("You can still invite others whenever you like."),
        ],
        submit_label=_("Nobody else is needed"),
        back_url=reverse("case", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def onward(request: PageRequest, pk: int) -> HttpResponse:
    """Point, as the leader who was asked to find out, to the unit that can help instead."""
    invitation = invitation_of_case(request, pk)
    case, search = invitation.case, search_after(invitation)
    is_asked = search is not None and request.actor.is_one_of(search.owner_id)
    let_in(request, case, allowed=is_asked or request.actor.leads(case.holder_unit))
    if request.method != "POST" and (search is None or invitation.onward_unit_id is not None):
        raise MovedOn(_("Somebody has already been found."))
    form = kept(OnwardForm, request) if is_finding(request) else OnwardForm(typed(request))
    without = {invitation.unit_id}
    suggested = suggest_partners(case.holder_unit, theme=case.theme, without=without)
    picker = Picker.of(request, beside=case.holder_unit, suggested=suggested, without=without)
    picker.offer(form, "onward")

    def act() -> str:
        unit = form.cleaned_data["onward"]
        point_onward(invitation=invitation, onward=unit, actor=request.user, now=request.now)
        return reverse("case", args=[case.code])

    said = _("Thank you. %(holder)s holds the baton and asks them now.") % {"holder": case.holder.name}
    response = carry_out(request, form, act, said=said)
    if response:
        return response
    context = {"field": form["onward"], "picker": picker, "invitation": invitation, "case": case}
    return show_form(request, "invitations/onward.html", form, **context)


def followed(request: PageRequest, case: Case) -> Invitation | None:
    """Find the invitation that the address names, if somebody is still looked for after it."""
    named = case.invitations.filter(pk=as_id(request.GET.get("efter", "")))
    invitation = named.select_related("unit", "onward_unit").first()
    return invitation if invitation is not None and search_after(invitation) is not None else None


def onward_values(follows: Invitation | None) -> dict[str, object]:
    """Begin with the unit that a no pointed to, and with what was asked for before."""
    return {"units": follows.onward_unit_id, "ask": follows.ask_id} if follows is not None else {}


def units_taken(case: Case) -> set[int]:
    """The ids of the units that wait to answer, and of those that take part."""
    invited_already = case.invitations.filter(state__in=LIVE_INVITATION).values_list("unit_id", flat=True)
    return {*invited_already, *case.partnerships.live().values_list("unit_id", flat=True)}


def people_to_ask(request: PageRequest, case: Case) -> QuerySet[User]:
    """The people of the unit that has been picked, the holder excepted."""
    units = Unit.objects.filter(open_units_beside(case.holder_unit), pk=as_id(request.POST.get("units", "")))
    return people_of(units.values_list("pk", flat=True).first() or 0).exclude(pk=case.holder_id)
