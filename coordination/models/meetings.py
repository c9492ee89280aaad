"""Meetings: when, where and who. The minutes are a reference."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.references import Reference
from coordination.models.units import Room, Unit
from coordination.models.vocabularies import MeetingKind


class MeetingState(models.TextChoices):
    """Where a meeting is in its life."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Meeting(models.Model):
    """One meeting at a unit, perhaps in one of its rooms. ``moved_count`` tells calendars which version is newest."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="meetings")
    kind = models.ForeignKey(MeetingKind, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=MeetingState.choices, default=MeetingState.PLANNED)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    moved_count = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    minutes = models.OneToOneField(Reference, on_delete=models.SET_NULL, null=True, related_name="meeting")

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_forward"),
            models.CheckConstraint(
                condition=Q(state="planned", settled_at=None) | ~Q(state="planned") & Q(settled_at__isnull=False),
                name="meeting_settled_iff_settled_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.place}"


class AttendanceAnswer(models.TextChoices):
    """What somebody answered to being called to a meeting."""

    ASKED = "asked", _("has not answered")
    YES = "yes", _("comes")
    NO = "no", _("cannot come")
    RELEASED = "released", _("is no longer called")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Calls to meetings, taken back or not."""

    def called(self) -> AttendanceQuerySet:
        """Keep those that have not been taken back."""
        return self.exclude(answer=AttendanceAnswer.RELEASED)


class Attendance(models.Model):
    """That a participant is called to a meeting, what they answered, and afterwards whether they came.

    The row stays when their part ends before the meeting: it is released then, at ``answered_at``, and asked anew where
    they are called again.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attendances")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=AttendanceAnswer.choices, default=AttendanceAnswer.ASKED)
    answered_at = models.DateTimeField(null=True)
    came = models.BooleanField(null=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once_per_meeting"),
            models.CheckConstraint(
                condition=Q(answer="asked", answered_at=None) | ~Q(answer="asked") & Q(answered_at__isnull=False),
                name="attendance_answered_iff_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_answer_display()}"
