"""The three boxes that a case begins with: the meeting with the child, the work with parents, and across."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.commands.involvements import OWED
from coordination.models import BasisKind, BasisState, Deadline, Involvement, InvolvementKind
from coordination.rules.access import Part
from coordination.web.cases.rows import Act, Reader, Row, link


@dataclass(frozen=True)
class Voice:
    """A box: what was noted last, what else belongs to it, and by when it is owed again.

    ``state`` and ``again``: how the status of what is owed looks, and its words.
    """

    heading: str
    lines: list[str] = field(default_factory=list)
    state: str = ""
    again: str = ""
    act: Act | None = None


def voices_of(reader: Reader) -> list[Voice]:
    """Build the boxes of the child and of the parents."""
    return [_child(reader), _parents(reader)]


def partners_of(across: list[Row]) -> list[Row]:
    """Say in one line each who takes part or has been asked; what can be done about it stands further down."""
    return [Row(row.title, row.state, row.when, row.facts[:1]) for row in across]


def _child(reader: Reader) -> Voice:
    noted, owed = _noted(reader, InvolvementKind.CHILD)
    lines = [_("Not heard yet")]
    if noted is not None and noted.form is not None:
        lines = [_said(reader, _("Heard {day}: {form}"), noted, noted.form.label)]
        lines.append(_("It changed the plan") if noted.changed_plan else _("The plan stayed as it was"))
    elif noted is not None and noted.reason is not None:
        lines = [_said(reader, _("Not heard yet ({day}): {form}"), noted, noted.reason.label)]
    return Voice(_("The child"), lines, *_again(reader, noted, owed), _note(reader, "child_heard"))


def _parents(reader: Reader) -> Voice:
    noted, owed = _noted(reader, InvolvementKind.PARENTS)
    lines = [_("Have not taken part yet")]
    if noted is not None and noted.form is not None:
        lines = [_said(reader, _("Took part {day}: {form}"), noted, noted.form.label)]
    elif noted is not None and noted.reason is not None:
        lines = [_said(reader, _("Have not taken part yet ({day}): {form}"), noted, noted.reason.label)]
    return Voice(
        _("The parents"),
        [*lines, *_consent(reader)],
        *_again(reader, noted, owed),
        _note(reader, "parents_involved"),
    )


def _consent(reader: Reader) -> list[str]:
    basis = reader.page.basis
    if basis is None or basis.kind != BasisKind.CONSENT or basis.ends_on is None:
        return []
    if basis.state == BasisState.WITHDRAWN:
        return [_("The consent has been withdrawn")]
    if basis.state == BasisState.EXPIRED or basis.ends_on < reader.today:
        return [format_html(_("The consent ended {day}"), day=reader.day(basis.ends_on))]
    return [format_html(_("Consent until {day}"), day=reader.day(basis.ends_on, "due"))]


def _noted(reader: Reader, kind: InvolvementKind) -> tuple[Involvement | None, Deadline | None]:
    return reader.page.last_of(kind), reader.page.due(OWED[kind])


def _said(reader: Reader, words: str, noted: Involvement, form: str) -> str:
    return format_html(words, day=reader.day(noted.on), form=form)


def _again(reader: Reader, noted: Involvement | None, owed: Deadline | None) -> tuple[str, str]:
    if owed is None:
        return "", ""
    if noted is not None and noted.took_place and owed.due_on >= reader.today:
        return reader.state_of(owed), reader.by(owed, _("again by {day}"))
    return reader.state_of(owed), reader.by(owed)


def _note(reader: Reader, page: str) -> Act | None:
    if reader.page.part < Part.PARTNER:
        return None
    return Act(_("Note it"), link(page, reader.page.case.code))
