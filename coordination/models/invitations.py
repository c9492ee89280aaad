"""Invitations: a unit, or a person in it, asked to join a case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import Ask, DeclineReason, LeaveReason, PartnershipOutcome


class InvitationState(models.TextChoices):
    """Where an invitation is in its life."""

    SENT = "sent", _("waiting for an answer")
    ACCEPTED = "accepted", _("takes part")
    DECLINED = "declined", _("said no")
    WITHDRAWN = "withdrawn", _("withdrawn")
    COMPLETED = "completed", _("has finished its part")
    LEFT = "left", _("has left")


LIVE_INVITATION = (InvitationState.SENT, InvitationState.ACCEPTED)


class Invitation(models.Model):
    """One ask to one unit. ``follows`` is the declined invitation that pointed to this unit."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="invitations")
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    state = models.CharField(max_length=9, choices=InvitationState.choices, default=InvitationState.SENT)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sent_invitations")
    sent_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sent_invitations")
    sent_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    decline_reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT, null=True, related_name="+")
    onward_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    onward_unknown = models.BooleanField(
        default=False,
        help_text="The one who declined did not know who else; stays true when a leader points onward.",
    )
    outcome = models.ForeignKey(PartnershipOutcome, on_delete=models.PROTECT, null=True, related_name="+")
    leave_reason = models.ForeignKey(LeaveReason, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sent_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=Q(state__in=["sent", "accepted"]),
                name="invitation_one_live_per_case_and_unit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "withdrawn"], answered_at=None, answered_by=None)
                | Q(
                    state__in=["accepted", "declined", "completed", "left"],
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                name="invitation_answered_iff_answered_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined")
                | Q(decline_reason__isnull=False) & (Q(onward_unit__isnull=False) | Q(onward_unknown=True)),
                name="invitation_no_points_onward",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "accepted"], ended_at=None)
                | ~Q(state__in=["sent", "accepted"]) & Q(ended_at__isnull=False),
                name="invitation_ended_iff_ended_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state", "-sent_at"], name="invitation_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.unit}"


class PartnershipEnd(models.TextChoices):
    """How a partnership came to its end."""

    COMPLETED = "completed", _("finished its part")
    LEFT = "left", _("left")
    CASE_CLOSED = "case_closed", _("the case was closed")
    UNIT_CLOSED = "unit_closed", _("the unit closed")


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    """Partnerships, live or ended."""

    def live(self) -> PartnershipQuerySet:
        """Keep those that have not ended."""
        return self.filter(ended_at__isnull=True)


class Partnership(models.Model):
    """That a unit, with a named contact person, takes part in a case.

    It comes from an invitation, from a request to join, or from a baton handed over by a unit that stays on.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="partnerships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="partnerships")
    contact = models.ForeignKey(User, on_delete=models.PROTECT, related_name="partnerships")
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, null=True, related_name="partnership")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=11, choices=PartnershipEnd.choices, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["began_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=Q(ended_at=None),
                name="partnership_one_live_per_case_and_unit",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="partnership_ended_iff_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["contact"], condition=Q(ended_at=None), name="partnership_live_by_contact"),
            models.Index(fields=["unit"], condition=Q(ended_at=None), name="partnership_live_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.unit}"


class FormerContact(models.Model):
    """That somebody was the contact person of a partnership, from–to, until another one was named in their place.

    Who once took part keeps a receipt: the partnership itself knows only its present, or last, contact.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="former_contacts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["ended_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="former_contact_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.person}"
