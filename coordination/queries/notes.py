"""Practical notes: where they are wanted, what stands beside an ask, and how many were kept against a warning."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.models import (
    NOTED,
    Agreement,
    Case,
    Event,
    EventKind,
    Invitation,
    Meeting,
    MeetingState,
    NoteRule,
    PracticalNote,
    Unit,
)
from coordination.queries.log import midnight
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor
from coordination.screening import Kind

WITH_NOTE_RULE = ("note_rule", "root__note_rule")
COUNTED_BACK = timedelta(days=365)


@dataclass(frozen=True)
class KeptNotes:
    """How many notes of a unit were kept for a reason, and how many warnings of each kind that were."""

    unit: str
    reason: str
    notes: int
    kinds: tuple[tuple[Kind, int], ...]


def notes_are_on(unit: Unit, *, lock: bool = False) -> bool:
    """Say whether the municipality of a unit wants practical notes. ``lock``: and let nobody switch them meanwhile."""
    rules = NoteRule.objects.select_for_update() if lock else NoteRule.objects.all()
    return rules.filter(root_id=unit.root_id_or_self, is_on=True).first() is not None


def wants_notes(unit: Unit) -> bool:
    """Say the same of a unit that was read with ``WITH_NOTE_RULE`` before it, without asking the database again."""
    return getattr(getattr(unit.root or unit, "note_rule", None), "is_on", False) is True


def notes_shown() -> QuerySet[PracticalNote]:
    """Find the notes that are shown: those of municipalities that want any."""
    root = Q(root=OuterRef("case__holder_unit__root")) | Q(root=OuterRef("case__holder_unit"))
    return PracticalNote.objects.filter(Exists(NoteRule.objects.filter(root, is_on=True)))


def note_of(ask: Invitation | Agreement | Meeting) -> str:
    """Read the note that is shown beside an ask; empty where there is none."""
    return notes_shown().filter(pk__in=ask.notes.values("pk")).values_list("text", flat=True).first() or ""


def notes_in(case: Case) -> dict[tuple[str, int], str]:
    """Read the notes of a case, by the kind and the id of the ask that each stands beside."""
    rows = case.notes.values_list("text", *NOTED)
    return {(noted, pk): text for text, *ids in rows for noted, pk in zip(NOTED, ids, strict=True) if pk is not None}


def read_beside(case: Case, ask: Invitation | Agreement | Meeting) -> list[str]:
    """Read what else stands near a note of the case: its other notes, and where its meetings to come are held."""
    own = ask.notes.values("pk")
    notes = list(case.notes.exclude(pk__in=own).values_list("text", flat=True))
    planned = case.meetings.filter(state=MeetingState.PLANNED).select_related("place", "room")
    places = [meeting.place.name for meeting in planned]
    rooms = [meeting.room.name for meeting in planned if meeting.room is not None]
    return [*notes, *dict.fromkeys([*places, *rooms])]


def notes_kept(actor: Actor) -> list[KeptNotes]:
    """Count the notes that were kept against a warning in the last year, in the units that the actor answers for.

    A leader's are those below them, an officer's those of the municipality. Counts only: which note of which case it
    was is for those who see the case.
    """
    paths = (*actor.led_paths, *actor.officer_paths)
    kept = Event.objects.filter(at_or_below(paths, "unit__path"), kind=EventKind.NOTE_KEPT)
    recent = kept.filter(at__gte=midnight(actor.today - COUNTED_BACK))
    rows = recent.order_by("unit__name", "unit_id").values_list("unit_id", "unit__name", "data")
    notes: Counter[tuple[int, str, str]] = Counter()
    kinds: dict[tuple[int, str, str], Counter[Kind]] = {}
    for unit_id, unit, data in rows:
        key = (unit_id, unit, data.get("reason", ""))
        notes[key] += 1
        kinds.setdefault(key, Counter()).update({kind: data[kind.value] for kind in Kind if kind.value in data})
    return [
        KeptNotes(unit, reason, count, tuple(sorted(kinds[unit_id, unit, reason].items())))
        for (unit_id, unit, reason), count in notes.items()
    ]
