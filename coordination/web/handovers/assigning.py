"""Pages: the holder asks to be released, a leader names another holder."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_right
from coordination.commands.handovers import ask_for_release, assign_holder
from coordination.errors import Forbidden, MovedOn
from coordination.models import Case, DeadlineKind, HoldingReason
from coordination.queries.actors import is_away
from coordination.queries.candidates import Candidate, contacts_of, people_in, units_for_baton
from coordination.queries.leaders import nearest_leader
from coordination.rules.access import Part, may_assign, may_hold
from coordination.rules.day_words import due_words
from coordination.web.forms_base import InvolverForm
from coordination.web.handovers.choosing import candidate_form, choose_among
from coordination.web.handovers.forms import AssignForm
from coordination.web.requests import PageRequest, answered_before, carry_out, show_form
from coordination.web.taking_part import case_or_desk, find_case

# More people than this are not for one list: one searches for their unit instead.
MOST_AT_HAND = 12


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: PageRequest, code: str) -> HttpResponse:
    """Ask one's leader to find another holder, after a page that says what happens then."""
    case = find_case(request, code)
    require_right(may_hold(request.actor, case), request.actor, case)
    already = case.deadlines.open().filter(kind=DeadlineKind.ASSIGN_HOLDER).exists()
    if request.method != "POST" and (already or case.release_asked_at is not None):
        raise MovedOn(_("A leader has been asked already."))
    leader = nearest_leader(case.holder_unit, other_than=case.holder_id)
    words = {"leader": leader.user.name if leader else "", "unit": leader.unit.name if leader else ""}
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        asked = ask_for_release(case=case, actor=request.user, now=request.now)
        owed = asked.deadlines.open().select_related("owner").get(kind=DeadlineKind.ASSIGN_HOLDER)
        messages.success(
            request,
            _("%(leader)s has been asked to find another holder by %(day)s. The baton stays where it is until then.")
            % {
                "leader": owed.owner.name if owed.owner else owed.unit.name,
                "day": due_words(owed.due_on, request.actor.today),
            },
        )
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Ask to be released"),
        where=_("Case %(code)s") % {"code": case.code},
        text=_("Your leader is asked to find somebody else to hold the baton."),
        consequences=[
            *([_("%(leader)s, %(unit)s, is asked to name another holder.") % words] if leader else []),
            _("%(holder)s holds the baton until somebody else does.") % {"holder": case.holder.name},
            _("You can still offer the baton to somebody yourself."),
        ],
        submit_label=_("Ask to be released"),
        back_url=reverse("case", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: PageRequest, code: str) -> HttpResponse:
    """Name another holder, as a leader, where the holder is away, has asked for it, or the baton fell."""
    before = answered_before(request)
    if before:
        return before
    case = find_case(request, code, least=Part.LEADER)
    causes = _causes(request, case)
    units = units_for_baton(case, led_paths=request.actor.led_paths)
    choice = choose_among(request, case, at_hand=_at_hand(request, case), units=units)
    form = candidate_form(AssignForm, request, choice.candidates)

    def act() -> str:
        assigned = assign_holder(
            case=case,
            to_person=form.chosen.person,
            to_unit=form.chosen.unit,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            now=request.now,
        )
        messages.success(
            request,
            _("%(person)s, %(unit)s, holds the baton now. Both have been told.")
            % {"person": assigned.holder.name, "unit": assigned.holder_unit.name},
        )
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if form.is_bound else None
    return done or show_form(
        request,
        "handovers/assign.html",
        form,
        case=case,
        choice=choice,
        causes=causes,
        back_url=reverse("case", args=[case.code]),
    )


def _at_hand(request: PageRequest, case: Case) -> list[Candidate]:
    """Partners' contacts whom the actor leads, and the people of the unit that has the baton, if they are not many."""
    contacts = [each for each in contacts_of(case) if request.actor.leads(each.unit)]
    colleagues = people_in(case.holder_unit, case) if request.actor.leads(case.holder_unit) else []
    return [*contacts, *(colleagues if len(colleagues) <= MOST_AT_HAND else [])]


def _causes(request: PageRequest, case: Case) -> list[str]:
    """Say why the actor may name a holder just now, or refuse: otherwise the baton moves only by agreement."""
    is_holder_away = is_away(case.holder_id, request.actor.today)
    fell = case.holdings.filter(ended_at=None, reason=HoldingReason.FELL).exists()
    if not may_assign(request.actor, case, holder_is_away=is_holder_away, fell_to_leader=fell):
        if request.actor.leads(case.holder_unit):
            raise Forbidden(
                _(
                    "A leader can name a holder when the holder is away, has asked to be released or has left."
                    " Now the baton moves only when %(holder)s hands it over."
                )
                % {"holder": case.holder.name}
            )
        raise Forbidden(_("This is for somebody else to do."))
    words = {"holder": case.holder.name}
    causes = []
    if is_holder_away:
        causes.append(_("%(holder)s is away.") % words)
    if case.release_asked_at is not None:
        causes.append(_("%(holder)s has asked to be released.") % words)
    if fell:
        causes.append(_("The one who held the baton before is gone, and it fell to %(holder)s as leader.") % words)
    return causes
