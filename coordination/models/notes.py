"""The practical note: one line about when and where, beside an ask. It goes with the ask, or after thirty days."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from coordination.models.agreements import Agreement
from coordination.models.cases import Case
from coordination.models.invitations import Invitation
from coordination.models.meetings import Meeting
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import KeepReason

LONGEST_NOTE = 140
NOTES_ARE_KEPT = timedelta(days=30)
NOTED = ("invitation", "agreement", "meeting")


class NoteRule(models.Model):
    """Whether a municipality lets practical notes be written; without a row, it does not."""

    root = models.OneToOneField(
        Unit, on_delete=models.PROTECT, verbose_name=_("municipality"), related_name="note_rule"
    )
    is_on = models.BooleanField(
        _("practical notes are switched on"),
        default=False,
        db_default=False,
        help_text=_(
            "One line of 140 characters about when and where, on invitations, agreements and meetings. "
            "Switching it off deletes all notes at once."
        ),
    )

    class Meta:
        verbose_name = _("rule of practical notes")
        verbose_name_plural = _("rules of practical notes")

    def __str__(self) -> str:
        return f"{self.root}"


class PracticalNote(models.Model):
    """What stands beside one ask. ``kept``: how many warnings of screening it was kept against, for ``kept_reason``."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, related_name="notes")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, related_name="notes")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, related_name="notes")
    text = models.CharField(max_length=LONGEST_NOTE)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    kept = models.PositiveSmallIntegerField(default=0)
    kept_reason = models.ForeignKey(KeepReason, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(invitation__isnull=False, agreement=None, meeting=None)
                | Q(invitation=None, agreement__isnull=False, meeting=None)
                | Q(invitation=None, agreement=None, meeting__isnull=False),
                name="note_of_one_ask",
            ),
            *(
                models.UniqueConstraint(
                    fields=[noted], condition=Q(**{f"{noted}__isnull": False}), name=f"note_one_per_{noted}"
                )
                for noted in NOTED
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("text"), LONGEST_NOTE)) & ~Q(text=""), name="note_is_short"
            ),
            models.CheckConstraint(
                condition=~Q(text__contains="\n") & ~Q(text__contains="\r"), name="note_is_one_line"
            ),
            models.CheckConstraint(
                condition=Q(kept=0, kept_reason=None) | Q(kept__gt=0, kept_reason__isnull=False),
                name="note_kept_with_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["written_at"], name="note_by_age")]

    def __str__(self) -> str:
        return f"{self.case} {self.written_at:%Y-%m-%d}"
