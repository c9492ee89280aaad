"""The practical note in a form: one line, marked where screening found something, and why marked words may stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.commands.notes import Noted, NoteRefused, remove_note, write_note
from coordination.models import LONGEST_NOTE, KeepReason, User
from coordination.rules.notes import tidy
from coordination.screening import Finding, Kind, check
from coordination.web.forms_base import InvolverForm
from coordination.web.terms import TermField

LEFT_OUT = "…"
MOST_SHOWN_AGAIN = 500


class NoteInput(forms.TextInput):
    """One line. What looks like a CPR number is never shown again."""

    def format_value(self, value: Any) -> str | None:
        """Leave out what must not stand on the page."""
        shown: str | None = super().format_value(without_cpr(str(value)[:MOST_SHOWN_AGAIN]) if value else value)
        return shown


class NoteField(forms.CharField):
    """The note, with the marked text above it where it was refused."""

    widget = NoteInput(attrs={"autocomplete": "off"})
    is_screened = True
    marked: SafeString | str = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template_name = "components/note.html"


class NoteForm(InvolverForm):
    """A form with room for a note, where ``with_note`` says that the municipality wants any."""

    note = NoteField(
        label=gettext_lazy("Practical note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Only practical: when and where. Nothing about the child. 140 characters at most."),
    )
    keep_reason = TermField(
        KeepReason, label=gettext_lazy("Or why may the marked words stand?"), required=False, widget=forms.Select
    )

    def __init__(self, *args: Any, with_note: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keep_reason = cast("TermField", self.fields.pop("keep_reason"))
        self._keep_reason.empty_label = _("I write it differently")
        if not with_note:
            del self.fields["note"]
        elif "keep_reason" in self.data:
            self.fields["keep_reason"] = self._keep_reason

    def put_note(self, ask: Noted, *, actor: User, now: datetime) -> None:
        """Write what stands in a valid form beside an ask, or take away what stood there. Nothing where none is wanted.

        A refusal marks the words on the page that comes back, and asks for a reason where one would do.
        """
        if "note" not in self.fields:
            return
        text = self.cleaned_data["note"]
        if not tidy(text):
            if ask.notes.exists():
                remove_note(ask=ask, actor=actor, now=now)
            return
        try:
            keep_reason = self.cleaned_data.get("keep_reason")
            write_note(ask=ask, text=text, keep_reason=keep_reason, actor=actor, now=now)
        except NoteRefused as refused:
            self._mark(text, refused)
            raise

    def _mark(self, text: str, refused: NoteRefused) -> None:
        cast("NoteField", self.fields["note"]).marked = marked(tidy(text), refused.findings)
        self.fields.pop("keep_reason", None)
        if refused.may_be_kept:
            self._keep_reason.required = True  # so that it is not called optional
            self.fields["keep_reason"] = self._keep_reason


def marked(text: str, findings: list[Finding]) -> SafeString:
    """Mark what was found in a note, also for those who hear it; no digit of a CPR number is repeated."""
    pieces, at = [], 0
    for start, end, is_cpr in _spans(findings):
        pieces.append(format_html("{}", text[at:start]))
        shown = _("left out here") if is_cpr else text[start:end]
        words = '<mark><span class="sr-only">({} </span>{}<span class="sr-only">)</span></mark>'
        pieces.append(format_html(words, _("marked:"), shown))
        at = end
    return format_html_join("", "{}", [(piece,) for piece in [*pieces, format_html("{}", text[at:])]])


def without_cpr(text: str) -> str:
    """Leave out of a text what looks like a CPR number."""
    for finding in reversed(check(text, timezone.localdate())):
        if finding.kind is Kind.CPR:
            text = text[: finding.start] + LEFT_OUT + text[finding.end :]
    return text


def _spans(findings: list[Finding]) -> list[tuple[int, int, bool]]:
    """Put places that overlap together, in the order of the text; with each whether it is of a CPR number."""
    spans: list[tuple[int, int, bool]] = []
    for finding in sorted(findings, key=lambda each: each.start):
        start, end, is_cpr = finding.start, finding.end, finding.kind is Kind.CPR
        if spans and start < spans[-1][1]:
            before = spans.pop()
            start, end, is_cpr = before[0], max(end, before[1]), is_cpr or before[2]
        spans.append((start, end, is_cpr))
    return spans
