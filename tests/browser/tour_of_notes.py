"""The practical notes that the tour comes by."""

from __future__ import annotations

from coordination.commands.notes import write_note
from coordination.models import AgreementState, Case, KeepReason, MeetingState, NoteRule
from tests.builders import World, on, term


def write_notes(world: World, case: Case) -> None:
    """Let the municipality want practical notes, and one stand for a reason beside an agreement and a meeting."""
    NoteRule.objects.create(root=world.town, is_on=True)
    reason = term(KeepReason, "colleague_or_place")
    to_come = case.meetings.filter(state=MeetingState.PLANNED, starts_at__gt=on(1)).earliest("pk")
    still_open = case.agreements.filter(state=AgreementState.OPEN).earliest("pk")
    for ask, text in ((to_come, "Spørg efter Mikkel i receptionen"), (still_open, "lokale 4, indgang B")):
        write_note(ask=ask, text=text, keep_reason=reason, actor=world.maja, now=on())
