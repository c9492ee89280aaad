"""Pages: the officer finds a child's cases by the number of its record, and hands out what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from coordination.commands.subjects import look_up_subject
from coordination.errors import TooOften, Unseen
from coordination.models import Role
from coordination.queries.officers import cases_in, roots_of
from coordination.queries.subjects import SubjectCase, read_subject_cases
from coordination.web.erasing.forms import SubjectForm
from coordination.web.requests import PageRequest, show_form
from coordination.web.spreadsheets import CONTENT_TYPE, csv_lines

_SALT, _AN_HOUR = "coordination.web.erasing.subjects", 3600


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("number")
@sensitive_variables("form")
def look_up(request: PageRequest) -> HttpResponse:
    """Look for the cases of a record. What was typed stands in no address, nor on the page with what was found."""
    _require_officer(request)
    form = SubjectForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "erasing/subject.html", form)
    try:
        found = look_up_subject(
            system=form.cleaned_data["system"],
            number=form.cleaned_data["number"],
            actor=request.user,
            now=request.now,
        )
    except TooOften as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, "erasing/subject.html", {"form": form}, status=HTTPStatus.TOO_MANY_REQUESTS)
    # So that the file can be asked for without the number: who asks, and which cases.
    token = signing.dumps({"by": request.user.pk, "cases": found}, salt=_SALT)
    context = {"found": read_subject_cases(found), "system": form.cleaned_data["system"], "token": token}
    return render(request, "erasing/found.html", context)


@require_POST
@never_cache
def hand_out(request: PageRequest) -> HttpResponse:
    """Hand out, as a CSV file, what was found a moment ago: dates, purposes and units; no employee is named."""
    _require_officer(request)
    try:
        asked = signing.loads(request.POST.get("found", ""), salt=_SALT, max_age=_AN_HOUR)
    except signing.BadSignature:
        raise Unseen(_("Not found.")) from None
    if asked["by"] != request.user.pk:
        raise Unseen(_("Not found."))
    own = cases_in(roots_of(request.user, Role.OFFICER)).filter(pk__in=asked["cases"])
    found = read_subject_cases(list(own.values_list("pk", flat=True)))
    lines = [line for each in found for line in _lines(each)]
    columns = [_("Case"), _("What"), _("Which"), _("From"), _("To")]
    response = HttpResponse(b"".join(csv_lines(columns, lines)), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="indsigt.csv"'
    return response


def _lines(found: SubjectCase) -> Iterator[list[str]]:
    code = found.case.code
    closed_on = found.closed_on.isoformat() if found.closed_on else ""
    yield [code, _("The case"), found.theme, found.opened_on.isoformat(), closed_on]
    for what, stretches in ((_("Unit that took part"), found.units), (_("Why it was shared"), found.bases)):
        for stretch in stretches:
            until = stretch.last_on.isoformat() if stretch.last_on else ""
            yield [code, what, stretch.what, stretch.first_on.isoformat(), until]
    for system in found.systems:
        yield [code, _("Where the record stands"), system, "", ""]
    for note in found.notes:
        yield [
            code,
            _("Practical note"),
            "",
            note.first_on.isoformat(),
            note.last_on.isoformat() if note.last_on else "",
        ]


def _require_officer(request: PageRequest) -> None:
    if not request.actor.officer_paths:
        raise Unseen(_("Not found."))
