"""Answering an invitation: yes with a contact person, no with a reason and somebody better, or asking first."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.invitations import accept_invitation, decline_invitation
from coordination.errors import Forbidden, MovedOn
from coordination.models import Invitation, InvitationState, Partnership, User
from coordination.queries.asks import answer_due
from coordination.queries.contacts import possible_contacts
from coordination.queries.notes import note_of
from coordination.queries.suggestions import suggest_partners
from coordination.queries.visibility import at_or_below, cases_taken_part_in, invitations_seen_by
from coordination.rules.access import may_answer_invitation
from coordination.web.invitations.common import typed
from coordination.web.invitations.forms import ContactForm, DeclineForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.unit_picker import Picker, is_finding, kept

_SHOWN = ("unit__root", "person", "ask", "case__theme", "sent_by", "sent_unit__root", "onward_unit", "decline_reason")


@require_safe
def invitation_page(request: PageRequest, pk: int) -> HttpResponse:
    """Show who asks, what for and how soon, with the three answers; afterwards what has become of it."""
    invitation = asked(request, pk)
    if invitation.state != InvitationState.SENT:
        return show_answered(request, invitation)
    return show_ask(request, invitation, contact_form(request, invitation))


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: PageRequest, pk: int) -> HttpResponse:
    """Say yes. A mere visit says nothing: it leads to the page with the answers."""
    here = reverse("invitation", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(here)
    invitation = asked(request, pk)
    form = contact_form(request, invitation)

    def act() -> str:
        contact = form.cleaned_data["contact"]
        accept_invitation(invitation=invitation, contact=contact, actor=request.user, now=request.now)
        return here

    response = carry_out(request, form, act)
    if response:
        say_whom(request, form.cleaned_data.get("contact", request.user))
        return response
    require_waiting(invitation)
    return show_ask(request, invitation, form)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PageRequest, pk: int) -> HttpResponse:
    """Say no, with a reason and a unit that can help instead, or that nobody knows which."""
    invitation = asked(request, pk)
    if request.method != "POST":
        require_answerable(request, invitation)
    form = kept(DeclineForm, request) if is_finding(request) else DeclineForm(typed(request))
    # Only what the asking unit's helpers are: who else is in the case is not for the invited unit to see.
    without = {invitation.unit_id}
    suggested = suggest_partners(invitation.sent_unit, theme=invitation.case.theme, without=without)
    picker = Picker.of(request, beside=invitation.sent_unit, suggested=suggested, without=without)
    picker.offer(form, "onward")

    def act() -> str:
        chosen = form.cleaned_data
        decline_invitation(
            invitation=invitation,
            reason=chosen["reason"],
            onward=chosen["onward"],
            actor=request.user,
            now=request.now,
        )
        return reverse("invitation", args=[pk])

    response = carry_out(request, form, act)
    if response:
        return response
    require_waiting(invitation)
    context = {"field": form["onward"], "picker": picker, "invitation": invitation}
    return show_form(request, "invitations/decline.html", form, **context)


def asked(request: PageRequest, pk: int) -> Invitation:
    """Find an invitation that the actor may see, or could have answered had nobody come first.

    To the latter a visit says only that it no longer waits. Sending an answer is for the command to refuse.
    """
    actor = request.actor
    seen = invitations_seen_by(actor).select_related(*_SHOWN).filter(pk=pk).first()
    if seen is not None:
        return seen
    to_ones_unit = Invitation.objects.filter(unit_id__in=actor.units) | Invitation.objects.filter(
        at_or_below(actor.led_paths, "unit__path")
    )
    invitation = find(to_ones_unit.select_related(*_SHOWN), pk=pk)
    if request.method != "POST" or is_finding(request):
        require_waiting(invitation)
    return invitation


def require_waiting(invitation: Invitation) -> None:
    """Refuse where somebody came first: what was asked is no longer to be seen."""
    if invitation.state != InvitationState.SENT:
        raise MovedOn(_("This invitation is no longer waiting for an answer. There is nothing for you to do."))


def require_answerable(request: PageRequest, invitation: Invitation) -> None:
    """Refuse to show a form that could only be refused."""
    require_waiting(invitation)
    if not may_answer_invitation(request.actor, invitation):
        raise Forbidden(_("You have sent this invitation yourself. Somebody else in the unit answers it."))


def contacts(request: PageRequest, invitation: Invitation) -> QuerySet[User]:
    """The people who could be the unit's contact."""
    return possible_contacts(invitation.unit, actor=request.user, without=invitation.case.holder_id)


def contact_form(request: PageRequest, invitation: Invitation) -> ContactForm:
    """Ask for the contact person: the actor, or else the one whom the invitation names."""
    people = contacts(request, invitation)
    entitled = set(people.values_list("pk", flat=True))
    chosen = next((pk for pk in (request.user.pk, invitation.person_id) if pk in entitled), None)
    return ContactForm(typed(request), people=people, initial={"contact": chosen})


def say_whom(request: PageRequest, contact: User) -> None:
    """Say whom one has just named as the contact person; who it is later is for those who take part."""
    if contact != request.user:
        words = {"contact": contact.name}
        messages.success(request, _("%(contact)s is the contact person, and sees the case now.") % words)


def show_ask(request: PageRequest, invitation: Invitation, form: ContactForm) -> HttpResponse:
    """Show the ask with its three answers. It names nothing of the case but its theme."""
    due_on = answer_due(invitation)
    context = {
        "invitation": invitation,
        "due_on": due_on,
        "is_late": due_on is not None and due_on < request.actor.today,
        "may_answer": may_answer_invitation(request.actor, invitation),
        "note": note_of(invitation),
    }
    return show_form(request, "invitations/ask.html", form, **context)


def show_answered(request: PageRequest, invitation: Invitation) -> HttpResponse:
    """Show to those who answered what they said, and who was told; what goes on only where they take part."""
    takes_part = cases_taken_part_in(request.actor).filter(pk=invitation.case_id).exists()
    partnership = Partnership.objects.live().filter(invitation=invitation).select_related("contact").first()
    contact = partnership.contact if takes_part and partnership is not None else None
    note = note_of(invitation) if takes_part else ""
    context = {"invitation": invitation, "takes_part": takes_part, "contact": contact, "note": note}
    return render(request, "invitations/answered.html", context)
