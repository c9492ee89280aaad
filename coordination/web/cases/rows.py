"""Rows of the case page: one thing each, how it stands, and what this reader may do about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.models import Deadline
from coordination.queries.case_page import CasePage
from coordination.rules.access import may_hold
from coordination.rules.actors import Actor
from coordination.templatetags.days import day_time
from coordination.web.desk.row import state_of


@dataclass(frozen=True)
class Act:
    """One thing that the reader may do, as a link."""

    label: str
    url: str


@dataclass(frozen=True)
class Row:
    """One thing on the page. ``state`` gives shape and colour, ``when`` the word; the first act is the button."""

    title: str
    state: str = "later"
    when: str = ""
    facts: list[str] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    href: str = ""


@dataclass(frozen=True)
class Reader:
    """Who reads which case page: what the rows need to know to offer an act."""

    page: CasePage
    actor: Actor

    @property
    def today(self) -> date:
        """The Danish day."""
        return self.actor.today

    @property
    def holds(self) -> bool:
        """Whether the reader holds the baton, or stands in for the one who does."""
        return may_hold(self.actor, self.page.case)

    def state_of(self, deadline: Deadline | None) -> str:
        """Say how late a deadline is, as the status component knows it."""
        return state_of(deadline.due_on, self.today) if deadline is not None else "later"

    def by(self, deadline: Deadline | None, words: str = "") -> str:
        """Say by when something is owed, or since when it is missing. ``words``: "answer by {day}" or the like."""
        if deadline is None:
            return ""
        if deadline.due_on < self.today:
            words = _("the limit was {day}")
        return format_html(words or _("by {day}"), day=self.day(deadline.due_on, "due"))

    def answer_by(self, deadline: Deadline | None) -> str:
        """Say by when an answer is owed, or since when it is missing."""
        return self.by(deadline, _("answer by {day}"))

    def notes_of(self, noted: str, pk: int) -> list[str]:
        """Give the practical note of an ask as a fact of its row."""
        note = self.page.note_of(noted, pk)
        return [_("note: %(text)s") % {"text": note}] if note else []

    def note_acts(self, noted: str, pk: int) -> list[Act]:
        """Offer to write the practical note of an ask, where the municipality wants any."""
        words = _("Change the note") if self.page.note_of(noted, pk) else _("Write a note")
        return [Act(words, link(f"{noted}_note", pk))] if self.page.has_notes else []

    def day(self, value: date | datetime, form: str = "day") -> str:
        """Say a day as people do, marked up with the exact one."""
        return day_time(Context({"today": self.today}), value, form)


def without(rows: list[Row], shown: set[str], *, drop_bare: bool = False) -> list[Row]:
    """Leave out acts that the page offers already; ``drop_bare``: and rows of which nothing is left to do."""
    left = [(row, [act for act in row.acts if act.url not in shown]) for row in rows]
    return [
        replace(row, acts=acts) if len(acts) < len(row.acts) else row
        for row, acts in left
        if acts or not (drop_bare and row.acts)
    ]


def link(name: str, *args: object) -> str:
    """Give the address of a page."""
    return reverse(name, args=args)
