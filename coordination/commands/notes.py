"""The practical note: written beside an ask, screened first, and gone with the ask.

``write_note`` is the only way in. What is refused is stored nowhere: a refusal holds places in the text, never words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import (
    again_after_deadlock,
    changing,
    record,
    require_open,
    require_part,
    require_right,
)
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    LIVE_INVITATION,
    LONGEST_NOTE,
    NOTED,
    NOTES_ARE_KEPT,
    Agreement,
    AgreementState,
    Case,
    EventKind,
    Invitation,
    KeepReason,
    Meeting,
    MeetingState,
    PracticalNote,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.known_words import known_words
from coordination.queries.notes import notes_are_on, read_beside
from coordination.rules.access import Part, may_hold, may_note_agreement
from coordination.rules.notes import blocked, counts, refusal_words, screen, tidy
from coordination.screening import Finding

Noted = Invitation | Agreement | Meeting


class NoteRefused(Unacceptable):
    """What screening found in a note. ``findings`` count the characters of the tidied text; none of it is in here."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(refusal_words(findings), field="note")
        self.findings = findings

    @property
    def may_be_kept(self) -> bool:
        """Whether a reason would let the words stand."""
        return not blocked(self.findings)


@again_after_deadlock
def write_note(
    *, ask: Noted, text: str, actor: User, now: datetime, keep_reason: KeepReason | None = None
) -> PracticalNote:
    """Write the practical note of an ask, or another one in its place, as one who may make or change the ask.

    Raises ``NoteRefused`` for what screening finds, unless it only warns and ``keep_reason`` says why the words may
    stand; ``MovedOn`` where the ask has ended, ``Unacceptable`` where the municipality wants no notes.
    """
    with changing(ask.case_id, now=now) as case:
        ask = _writable(case, ask, actor, now)
        if not notes_are_on(case.holder_unit, lock=True):
            raise Unacceptable(_("Practical notes are not switched on in your municipality."), field="note")
        text = tidy(text)
        if not text:
            raise Unacceptable(_("Write the note, or leave it out."), field="note")
        if len(text) > LONGEST_NOTE:
            raise Unacceptable(_("A note has 140 characters at most."), field="note")
        before = ask.notes.first()
        if before is not None and before.text == text:
            return before
        findings = _screened(case, ask, text, now)
        if keep_reason is not None and keep_reason.is_retired:
            raise Unacceptable(_("Choose why the words may stand."), field="keep_reason")
        if blocked(findings) or (findings and keep_reason is None):
            raise NoteRefused(findings)
        of_ask: dict[str, Any] = {_name(ask): ask}
        note, _is_new = PracticalNote.objects.update_or_create(
            **of_ask,
            defaults={
                "case": case,
                "text": text,
                "written_by": actor,
                "written_at": now,
                "kept": len(findings),
                "kept_reason": keep_reason if findings else None,
            },
        )
        kind = EventKind.NOTE_KEPT if findings else EventKind.NOTE_WRITTEN
        told: dict[str, Any] = dict(counts(findings))
        if findings and keep_reason is not None:
            told["reason"] = keep_reason.code
        record(kind, at=now, actor=actor, case=case, unit=_unit_of(case, actor, now), about=note, **told)
        return note


@again_after_deadlock
def remove_note(*, ask: Noted, actor: User, now: datetime) -> None:
    """Take the practical note of an ask away, as one who may write it."""
    with changing(ask.case_id, now=now) as case:
        ask = _writable(case, ask, actor, now)
        note = ask.notes.first()
        if note is None:
            raise MovedOn(_("There is no note any more."), field="note")
        record(EventKind.NOTE_REMOVED, at=now, actor=actor, case=case, unit=_unit_of(case, actor, now), about=note)
        note.delete()


def end_notes(ask: Noted) -> None:
    """Delete the note of an ask that ends, in the transaction that ends it."""
    ask.notes.all().delete()


@again_after_deadlock
def expire_notes(*, now: datetime, limit: int) -> int:
    """Delete at most ``limit`` notes that were written more than thirty days ago; say how many."""
    over = PracticalNote.objects.filter(written_at__lt=now - NOTES_ARE_KEPT)
    with transaction.atomic():
        # One that is written anew meanwhile is young again: it is locked before it is judged.
        if connection.features.has_select_for_update_skip_locked:
            over = over.select_for_update(skip_locked=True)
        ids = list(over.order_by("pk").values_list("pk", flat=True)[:limit])
        PracticalNote.objects.filter(pk__in=ids).delete()
    return len(ids)


def _writable(case: Case, ask: Noted, actor: User, now: datetime) -> Noted:
    """Read an ask anew in its case, which is locked, and refuse whoever may not write beside it, or too late."""
    who = actor_of(actor, now)
    if isinstance(ask, Invitation):
        invitation = case.invitations.select_related("unit").get(pk=ask.pk)
        require_right(may_hold(who, case), who, case)
        is_live = invitation.state in LIVE_INVITATION
        ask = invitation
    elif isinstance(ask, Agreement):
        agreement = case.agreements.select_related("case").get(pk=ask.pk)
        require_part(Part.PARTNER, who, case)
        require_right(may_note_agreement(who, agreement), who, case)
        is_live = agreement.state == AgreementState.OPEN
        ask = agreement
    else:
        meeting = case.meetings.select_related("place", "room").get(pk=ask.pk)
        require_part(Part.PARTNER, who, case)
        require_right(may_hold(who, case) or who.is_one_of(meeting.called_by_id), who, case)
        is_live = meeting.state == MeetingState.PLANNED
        ask = meeting
    require_open(case)
    if not is_live:
        raise MovedOn(_("This has ended, so no note is kept beside it."), field="note")
    return ask


def _screened(case: Case, ask: Noted, text: str, now: datetime) -> list[Finding]:
    root = case.holder_unit.root or case.holder_unit
    known = known_words(root.code, now=now)
    beside = read_beside(case, ask)
    return screen(text, beside=beside, today=timezone.localdate(now), known=known)


def _name(ask: Noted) -> str:
    """Name the field of a note that holds this kind of ask."""
    name = type(ask).__name__.lower()
    assert name in NOTED  # noqa: S101 (for the reader)
    return name


def _unit_of(case: Case, actor: User, now: datetime) -> Unit:
    """Find the unit for which somebody writes: that of their part in the case, or of the one they stand in for."""
    who = actor_of(actor, now)
    if who.is_one_of(case.holder_id):
        return case.holder_unit
    theirs = case.partnerships.live().filter(contact_id__in=who.persons).select_related("unit").first()
    return theirs.unit if theirs is not None else case.holder_unit
