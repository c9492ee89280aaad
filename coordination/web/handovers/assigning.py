"""Pages: the holder asks to be released or stays after all, a leader names another holder."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_right
from coordination.commands.handovers import ask_for_release, assign_holder, withdraw_release
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
from coordination.web.requests import PageRequest, carry_out, show_form
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
def withdraw(request: PageRequest, code: str) -> HttpResponse:
    """Take the request for release back, after a page that says what happens then."""
    case = find_case(request, code)
    require_right(may_hold(request.actor, case), request.actor, case)
    if request.method != "POST" and case.release_asked_at is None:
        raise MovedOn(_("No leader is asked to find another holder any more."))
    asked = case.deadlines.open().select_related("owner").filter(kind=DeadlineKind.ASSIGN_HOLDER).first()
    leader = asked.owner.name if asked is not None and asked.owner is not None else ""
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        withdraw_release(case=case, actor=request.user, now=request.now)
        return case_or_desk(request, case.pk)

    words = {"holder": case.holder.name, "leader": leader}
    said = _("Taken back. %(holder)s still holds the baton.") % words
    done = carry_out(request, form, act, said=said) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Take the request for release back"),
        where=_("Case %(code)s") % {"code": case.code},
        text=_("You keep the baton after all.") if case.holder_id == request.user.pk else "",
        consequences=[
            *([_("%(leader)s no longer has to find another holder, and is told so.") % words] if leader else []),
            _("%(holder)s still holds the baton.") % words,
        ],
        submit_label=_("Take back"),
        back_url=reverse("case", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: PageRequest, code: str) -> HttpResponse:
    """Name another holder, as a leader, where the holder is away, has asked for it, or the baton fell."""
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
        messages.success(request, _said_assigned(request, assigned, kept=assigned.holder_id == case.holder_id))
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if form.is_bound else None
    return done or show_form(
        request,
        "handovers/assign.html",
        form,
        case=case,
        may_keep=_keeping(request, case) is not None and case.holder_id == request.user.pk,
        choice=choice,
        causes=causes,
        back_url=reverse("case", args=[case.code]),
    )


def _at_hand(request: PageRequest, case: Case) -> list[Candidate]:
    """Partners' contacts whom the actor leads, the people of the unit that has the baton, and whom it fell to."""
    contacts = [each for each in contacts_of(case) if request.actor.leads(each.unit)]
    colleagues = people_in(case.holder_unit, case) if request.actor.leads(case.holder_unit) else []
    keeper = _keeping(request, case)
    return [
        *contacts,
        *(colleagues if len(colleagues) <= MOST_AT_HAND else []),
        *([keeper] if keeper is not None else []),
    ]


def _keeping(request: PageRequest, case: Case) -> Candidate | None:
    """Give the choice that the one to whom the baton fell keeps it."""
    if not _fell(case):
        return None
    said = _("%(person)s keeps the baton") % {"person": case.holder.name}
    if case.holder_id == request.user.pk:
        said = _("Keep the baton yourself")
    return Candidate(case.holder, case.holder_unit, said=said)


def _said_assigned(request: PageRequest, case: Case, *, kept: bool) -> str:
    said = _("%(person)s, %(unit)s, holds the baton now. Both have been told.")
    if kept:
        said = _("%(person)s, %(unit)s, keeps the baton.")
        if case.holder_id == request.user.pk:
            said = _("You keep the baton.")
    return said % {"person": case.holder.name, "unit": case.holder_unit.name}


def _fell(case: Case) -> bool:
    return case.holdings.filter(ended_at=None, reason=HoldingReason.FELL).exists()


def _causes(request: PageRequest, case: Case) -> list[str]:
    """Say why the actor may name a holder just now, or refuse: otherwise the baton moves only by agreement."""
    is_holder_away = is_away(case.holder_id, request.actor.today)
    fell = _fell(case)
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
