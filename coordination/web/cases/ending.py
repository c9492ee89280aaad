"""Pages: a case is closed, and opened again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.cases import close_case, reopen_case
from coordination.commands.changing import require_right
from coordination.commands.looks import look_at_case
from coordination.errors import MovedOn
from coordination.queries.open_asks import OpenAsks, read_open_asks
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import may_hold
from coordination.rules.day_words import day_words
from coordination.web.cases.forms import CloseForm, ReopenForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import admit


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: PageRequest, code: str) -> HttpResponse:
    """Close a case, as its holder, after seeing what ends with it."""
    case = find(cases_seen_by(request.actor).select_related("holder", "holder_unit"), code=code)
    require_right(may_hold(request.actor, case), request.actor, case)
    if request.method != "POST":  # a form that is sent twice is answered twice, after the case has been closed too
        admit(request, case)
    else:
        look_at_case(case=case, actor=request.user, now=request.now)
    form = CloseForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        told = read_open_asks(case).partners
        close_case(case=case, outcome=form.cleaned_data["outcome"], actor=request.user, now=request.now)
        said = _("The case %(code)s is closed.") % {"code": case.code}
        if told:
            said += " " + _("%(units)s can see that it is.") % {"units": ", ".join(told)}
        messages.success(request, said)
        return reverse("case", args=[case.code])

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Close the case"),
        where=_("Case %(code)s") % {"code": case.code},
        text=_("Everything that somebody waits for here is answered by this, and nobody can open the case any more."),
        consequences=_what_ends(read_open_asks(case), request),
        submit_label=_("Close the case"),
        back_url=reverse("case", args=[case.code]),
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: PageRequest, code: str) -> HttpResponse:
    """Open a closed case again, as the one who held it last."""
    case = find(cases_seen_by(request.actor).select_related("holder", "holder_unit"), code=code)
    require_right(may_hold(request.actor, case), request.actor, case)
    if request.method != "POST" and case.is_open:
        raise MovedOn(_("The case is open already."))
    look_at_case(case=case, actor=request.user, now=request.now)
    form = ReopenForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reopen_case(case=case, reason=form.cleaned_data["reason"], actor=request.user, now=request.now)
        messages.success(
            request, _("The case %(code)s is open again. You hold the baton; invite those you need.") % {"code": code}
        )
        return reverse("case", args=[case.code])

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Open the case again"),
        where=_("Case %(code)s") % {"code": case.code},
        consequences=[
            _("You hold the baton, for %(unit)s.") % {"unit": case.holder_unit.name},
            _("Those who took part before are not let in by this: you invite them anew."),
        ],
        submit_label=_("Open the case again"),
        back_url=reverse("case", args=[case.code]),
    )


def _what_ends(asks: OpenAsks, request: PageRequest) -> list[str]:
    """Say, one sentence a thing, what closing does to what is open."""
    said = [_("The invitation to %(unit)s is taken back.") % {"unit": unit} for unit in asks.invited]
    said += [_("The request of %(unit)s to join ends unanswered.") % {"unit": unit} for unit in asks.asking]
    said += [_("The baton on its way to %(person)s stays with you.") % {"person": person} for person in asks.offered]
    said += [
        _("The meeting %(day)s is cancelled: %(kind)s.") % {"day": day_words(day, request.actor.today), "kind": kind}
        for kind, day in asks.meetings
    ]
    said += [
        _("The agreement ends undone: %(kind)s (%(person)s).") % {"kind": kind, "person": person}
        for kind, person in asks.agreements
    ]
    if asks.partners:
        said.append(
            _("%(units)s can see that it has been closed, and a receipt; nothing else.")
            % {"units": ", ".join(asks.partners)}
        )
    said.append(_("You keep a receipt, and can open the case again."))
    return said
