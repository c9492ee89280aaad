"""My desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from coordination.models import Deadline
from coordination.queries.desk import Desk, Few, read_desk
from coordination.rules.actors import Actor
from coordination.rules.day_words import whole_day
from coordination.templatetags.labels import labels_of
from coordination.web.desk.asked import rows_asked
from coordination.web.desk.row import Row
from coordination.web.desk.rows import awaited_row, case_line, escalated_row, own_row
from coordination.web.protection.looks import rows_of_samples
from coordination.web.requests import PageRequest

FEW = 50
MANY = 500
GROUPS = ("escalated", "now", "week", "later", "inbox")


@dataclass(frozen=True)
class Group:
    """Rows under one heading. ``more``: the name of the group to ask for where there are more of them."""

    heading: str
    rows: list[Row]
    more: str = ""
    is_folded: bool = False
    is_open: bool = False


@require_safe
def show_desk(request: PageRequest) -> HttpResponse:
    """Show what waits for whoever is signed in, the most pressing first."""
    actor = request.actor
    wanted = request.GET.get("flere", "")
    desk = read_desk(actor, now=request.now, most={group: MANY if group == wanted else FEW for group in GROUPS})
    labels = labels_of(request)
    others = sorted(actor.persons - {request.user.pk})
    labels.expect(people=others)
    context = {
        "greeting": _greeting(request.now, request.user.get_short_name()),
        "whole_day": whole_day(actor.today),
        "waiting": _waiting_words(desk),
        "stands_in_for": [labels.person(person) for person in others],
        "groups": [group for group in _groups(desk, actor, wanted) if group.rows],
        "asked": rows_asked(desk.asks, actor),
        "held": [case_line(row, actor.today) for row in desk.held],
        "held_count": desk.held_count,
    }
    return render(request, "desk/desk.html", context)


def _groups(desk: Desk, actor: Actor, wanted: str) -> list[Group]:
    escalated = [
        escalated_row(deadline, actor, sees_case=deadline.case_id in desk.seen_cases)
        for deadline in desk.escalated.rows
    ]
    inboxes = [
        Group(_("To %(unit)s (%(count)s)") % {"unit": inbox.unit.name, "count": len(inbox.deadlines)}, rows)
        for inbox in desk.inboxes
        if (rows := [own_row(deadline, actor) for deadline in inbox.deadlines])
    ]
    if desk.inboxes_have_more:
        inboxes[-1] = Group(inboxes[-1].heading, inboxes[-1].rows, more="inbox")
    return [
        Group(_("To you as leader"), escalated, _more("escalated", desk.escalated)),
        Group(_("Looks to confirm"), rows_of_samples(actor)),
        Group(_("Now"), _rows(desk.now.rows, actor), _more("now", desk.now)),
        *inboxes,
        Group(_("This week"), _rows(desk.this_week.rows, actor), _more("week", desk.this_week)),
        Group(
            _("Later"),
            _rows(desk.later.rows, actor),
            _more("later", desk.later),
            is_folded=True,
            is_open=wanted == "later",
        ),
    ]


def _rows(deadlines: Iterable[Deadline], actor: Actor) -> list[Row]:
    return [
        own_row(deadline, actor) if actor.is_one_of(deadline.owner_id) else awaited_row(deadline, actor)
        for deadline in deadlines
    ]


def _more(group: str, few: Few[Deadline]) -> str:
    return group if few.has_more else ""


def _greeting(now: datetime, name: str) -> str:
    hour = timezone.localtime(now).hour
    if 5 <= hour < 10:
        words = _("Good morning, %(name)s")
    elif 10 <= hour < 12:
        words = pgettext("late in the morning", "Good morning, %(name)s")
    elif 12 <= hour < 18:
        words = _("Good afternoon, %(name)s")
    else:
        words = _("Good evening, %(name)s")
    return words % {"name": name}


def _waiting_words(desk: Desk) -> str:
    waiting = len(desk.escalated.rows) + len(desk.now.rows)
    if desk.escalated.has_more or desk.now.has_more:
        things = _("More than %(count)s things wait for you today.") % {"count": waiting}
    elif waiting:
        things = ngettext("%(count)s thing waits for you today.", "%(count)s things wait for you today.", waiting) % {
            "count": waiting
        }
    else:
        things = _("Nothing waits for you today.")
    if not desk.held_count:
        return things
    held = ngettext(
        "You hold the baton in %(count)s case.", "You hold the baton in %(count)s cases.", desk.held_count
    ) % {"count": desk.held_count}
    return f"{things} {held}"
