"""Events: one thing that happened. The audit log and the timeline; written once, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from coordination.models.append_only import AppendOnly
from coordination.models.cases import Case
from coordination.models.deadlines import StepTaken
from coordination.models.people import User
from coordination.models.references import Reference
from coordination.models.units import Unit
from coordination.models.vocabularies import LookReason


class EventKind(models.TextChoices):
    """Everything that can happen. The sentence for each stands in ``templates/events/<kind>.html``."""

    CASE_OPENED = "case_opened"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    CASE_ERASED = "case_erased"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_WITHDRAWN = "erasure_withdrawn"
    SUBJECT_LOOKED_UP = "subject_looked_up"
    REFERENCE_ADDED = "reference_added"
    REFERENCE_OPENED = "reference_opened"
    BASIS_RECORDED = "basis_recorded"
    BASIS_WITHDRAWN = "basis_withdrawn"
    BASIS_EXPIRED = "basis_expired"
    INVITATION_SENT = "invitation_sent"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_DECLINED = "invitation_declined"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_OPENED_TO_UNIT = "invitation_opened_to_unit"
    ONWARD_POINTED = "onward_pointed"
    SEARCH_DROPPED = "search_dropped"
    PARTNERSHIP_COMPLETED = "partnership_completed"
    PARTNERSHIP_LEFT = "partnership_left"
    PARTNERSHIP_ENDED = "partnership_ended"
    CONTACT_CHANGED = "contact_changed"
    JOIN_ASKED = "join_asked"
    JOIN_ACCEPTED = "join_accepted"
    JOIN_DECLINED = "join_declined"
    JOIN_WITHDRAWN = "join_withdrawn"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_ACCEPTED = "handover_accepted"
    HANDOVER_DECLINED = "handover_declined"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    BATON_REQUESTED = "baton_requested"
    BATON_REQUEST_ACCEPTED = "baton_request_accepted"
    BATON_REQUEST_DECLINED = "baton_request_declined"
    BATON_REQUEST_WITHDRAWN = "baton_request_withdrawn"
    RELEASE_ASKED = "release_asked"
    RELEASE_WITHDRAWN = "release_withdrawn"
    HOLDER_ASSIGNED = "holder_assigned"
    BATON_FELL = "baton_fell"
    AGREEMENT_MADE = "agreement_made"
    AGREEMENT_MOVED = "agreement_moved"
    AGREEMENT_DONE = "agreement_done"
    AGREEMENT_DROPPED = "agreement_dropped"
    AGREEMENT_LOOKED_AT = "agreement_looked_at"
    AGREEMENT_ENDED = "agreement_ended"
    AGREEMENT_PASSED_ON = "agreement_passed_on"
    MEETING_CALLED = "meeting_called"
    MEETING_MOVED = "meeting_moved"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_ANSWERED = "meeting_answered"
    MEETING_RELEASED = "meeting_released"
    MEETING_HELD = "meeting_held"
    CHILD_HEARD = "child_heard"
    PARENTS_INVOLVED = "parents_involved"
    TRANSITION_PLANNED = "transition_planned"
    TRANSITION_POSTPONED = "transition_postponed"
    TRANSITION_CANCELLED = "transition_cancelled"
    RECEIVER_NAMED = "receiver_named"
    RECEIVER_LOST = "receiver_lost"
    TRANSITION_HANDED_OVER = "transition_handed_over"
    TRANSITION_DECLINED = "transition_declined"
    TRANSITION_RECEIVED = "transition_received"
    TRANSITION_LANDED = "transition_landed"
    TRANSITION_REVIEWED = "transition_reviewed"
    TRANSITION_REMINDED = "transition_reminded"
    MILESTONE_DONE = "milestone_done"
    MILESTONE_NOT_RELEVANT = "milestone_not_relevant"
    TEMPLATE_CHANGED = "template_changed"
    UNIT_PLACED = "unit_placed"
    UNIT_CHANGED = "unit_changed"
    UNIT_CLOSED = "unit_closed"
    PERSON_REGISTERED = "person_registered"
    PERSON_CHANGED = "person_changed"
    PERSON_DEACTIVATED = "person_deactivated"
    PERSON_REACTIVATED = "person_reactivated"
    MEMBERSHIP_BEGUN = "membership_begun"
    MEMBERSHIP_CHANGED = "membership_changed"
    MEMBERSHIP_ENDED = "membership_ended"
    ABSENCE_SET = "absence_set"
    ABSENCE_ENDED = "absence_ended"
    LOG_READ = "log_read"
    LOG_CLEARED = "log_cleared"
    LOOK_DRAWN = "look_drawn"
    LOOK_CONFIRMED = "look_confirmed"
    LOOK_QUESTIONED = "look_questioned"
    NOTE_WRITTEN = "note_written"
    NOTE_KEPT = "note_kept"
    NOTE_REMOVED = "note_removed"


# After these a case stands as it stood before: they do not put its next step off.
CHANGES_NOTHING = (
    EventKind.REFERENCE_OPENED,
    EventKind.TRANSITION_REMINDED,
    EventKind.HOLD_PLACED,
    EventKind.HOLD_LIFTED,
    EventKind.NOTE_WRITTEN,
    EventKind.NOTE_KEPT,
    EventKind.NOTE_REMOVED,
)


class Event(AppendOnly):
    """What happened, when, by whom (None: by time itself) and to what. ``data`` holds codes, ids and days, no text."""

    kind = models.CharField(max_length=28, choices=[(kind.value, kind.value) for kind in EventKind])
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="events")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=20, blank=True, help_text="The kind of row it happened to.")
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["case", "-id"], name="event_by_case"),
            models.Index(fields=["subject", "subject_id", "kind"], name="event_by_subject"),
            models.Index(fields=["-at", "-id"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class AccessRecord(AppendOnly):
    """That somebody looked at a case, or opened one of its references."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="access_records")
    viewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reference = models.ForeignKey(
        Reference, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    reason = models.ForeignKey(LookReason, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["case", "viewer", "-at"], name="access_by_case_and_viewer"),
            models.Index(fields=["-at", "-id"], name="access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer} {self.at:%Y-%m-%d %H:%M}"


class OutboxEntry(models.Model):
    """One event or one step taken that people may have to be told of; written in the same transaction as its cause."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, null=True, related_name="outbox_entry")
    step = models.OneToOneField(StepTaken, on_delete=models.CASCADE, null=True, related_name="outbox_entry")
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(event=None, step__isnull=False) | Q(event__isnull=False, step=None),
                name="outbox_entry_one_cause",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(relayed_at=None), name="outbox_waiting")]

    def __str__(self) -> str:
        return f"{self.event or self.step}"
