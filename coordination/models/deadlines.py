"""Deadlines: one thing that one party owes by one date. My desk, the scheduler and leaders' boards read this table."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.agreements import Agreement
from coordination.models.bases import Basis
from coordination.models.cases import Case
from coordination.models.handovers import Handover
from coordination.models.invitations import Invitation
from coordination.models.join_requests import JoinRequest
from coordination.models.meetings import Attendance, Meeting
from coordination.models.people import User
from coordination.models.transitions import Milestone, Transition
from coordination.models.units import Unit


class DeadlineKind(models.TextChoices):
    """What can be owed."""

    ANSWER_INVITATION = "answer_invitation", _("answer an invitation")
    FIND_PARTNER = "find_partner", _("find another partner after a no")
    ANSWER_JOIN_REQUEST = "answer_join_request", _("answer a request to join")
    ANSWER_HANDOVER = "answer_handover", _("answer a handover")
    DO_AGREEMENT = "do_agreement", _("do an agreement")
    LOOK_AGAIN = "look_again", _("look at an agreement again")
    ANSWER_MEETING = "answer_meeting", _("answer a call to a meeting")
    MEETING_OUTCOME = "meeting_outcome", _("take a meeting's outcome down")
    NEXT_STEP = "next_step", _("agree on a next step")
    RENEW_CONSENT = "renew_consent", _("renew a consent")
    ASSIGN_HOLDER = "assign_holder", _("assign a new holder")
    HEAR_CHILD = "hear_child", _("hear the child")
    INVOLVE_PARENTS = "involve_parents", _("involve the parents")
    DO_MILESTONE = "do_milestone", _("do a milestone of a transition")
    NAME_RECEIVER = "name_receiver", _("find out who receives the child")
    RECEIVE_TRANSITION = "receive_transition", _("receive a transition")
    FOLLOW_UP = "follow_up", _("follow up whether the child has landed")
    REVIEW_TRANSITION = "review_transition", _("review a transition")
    CLOSE_TO_ERASE = "close_to_erase", _("close a case that is to be erased")


class DeadlineRule(models.Model):
    """What a municipality has decided for one kind: how long one has, and (in its steps) who is told when."""

    kind = models.CharField(_("kind"), max_length=20, choices=DeadlineKind.choices, unique=True, editable=False)
    limit_days = models.PositiveSmallIntegerField(_("working days"), default=3)
    urgent_limit_days = models.PositiveSmallIntegerField(_("working days when urgent"), default=1)
    again_weeks = models.PositiveSmallIntegerField(
        _("again after so many weeks"), null=True, blank=True, help_text=_("Only for what comes again and again.")
    )

    class Meta:
        verbose_name = _("deadline rule")
        verbose_name_plural = _("deadline rules")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class RuleStep(models.Model):
    """One step of a rule: so many working days from the due day these are told. ``repeat_days`` repeats the last."""

    rule = models.ForeignKey(DeadlineRule, on_delete=models.CASCADE, related_name="steps")
    offset_days = models.SmallIntegerField(_("working days from the due day"))
    tells_owner = models.BooleanField(_("tells the one who owes it"), default=False)
    tells_asker = models.BooleanField(_("tells the one who asked, or the holder"), default=False)
    tells_leader = models.BooleanField(_("tells the unit's leader"), default=False)
    tells_leader_above = models.BooleanField(_("tells the leader above"), default=False)
    repeat_days = models.PositiveSmallIntegerField(_("again every so many working days"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["offset_days"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "offset_days"], name="rule_step_once_per_day"),
            models.CheckConstraint(
                condition=Q(repeat_days=None) | Q(repeat_days__gt=0), name="rule_step_repeat_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.offset_days:+d}"


class Settlement(models.TextChoices):
    """How a deadline came to its end."""

    MET = "met", _("done")
    LAPSED = "lapsed", _("no longer owed")


class Escalation(models.IntegerChoices):
    """How far up a deadline has been taken by its steps."""

    NONE = 0
    LEADER = 1
    LEADER_ABOVE = 2


SUBJECTS = (
    "invitation",
    "join_request",
    "handover",
    "agreement",
    "meeting",
    "attendance",
    "basis",
    "milestone",
    "transition",
)


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines, open or settled."""

    def open(self) -> DeadlineQuerySet:
        """Keep what is still owed."""
        return self.filter(settled_at__isnull=True)


class Deadline(models.Model):
    """Owed by ``owner``, or by the whole ``unit`` where nobody has taken it yet, by the day ``due_on``."""

    kind = models.CharField(max_length=20, choices=DeadlineKind.choices)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadlines")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, related_name="deadlines")
    join_request = models.ForeignKey(JoinRequest, on_delete=models.CASCADE, null=True, related_name="deadlines")
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, null=True, related_name="deadlines")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, related_name="deadlines")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, related_name="deadlines")
    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, null=True, related_name="deadlines")
    basis = models.ForeignKey(Basis, on_delete=models.CASCADE, null=True, related_name="deadlines")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, null=True, related_name="deadlines")
    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, null=True, related_name="deadlines")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="deadlines")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="deadlines")
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settlement = models.CharField(max_length=6, choices=Settlement.choices, blank=True)
    escalation = models.PositiveSmallIntegerField(choices=Escalation.choices, default=Escalation.NONE)
    next_step_on = models.DateField(
        null=True, help_text="The day of the next step of its rule; none when all are taken."
    )
    steps_until = models.DateField(null=True, help_text="The day of the last step taken.")
    steps_after = models.DateField(
        null=True, help_text="No step of a day up to this one is owed: the rule has changed since."
    )

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settlement="") | Q(settled_at__isnull=False) & ~Q(settlement=""),
                name="deadline_settled_iff_settlement",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(settled_at=None, **{f"{subject}__isnull": True for subject in SUBJECTS}),
                name="deadline_one_open_per_case_and_kind",
            ),
            *(
                models.UniqueConstraint(
                    fields=["kind", subject],
                    condition=Q(settled_at=None, **{f"{subject}__isnull": False}),
                    name=f"deadline_one_open_per_{subject}",
                )
                for subject in SUBJECTS
                if subject != "transition"
            ),
            # Both leaders owe the review of one transition.
            models.UniqueConstraint(
                fields=["kind", "transition", "unit"],
                condition=Q(settled_at=None, transition__isnull=False),
                name="deadline_one_open_per_transition_and_unit",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_on"], condition=Q(settled_at=None), name="deadline_open_by_owner"),
            models.Index(fields=["unit", "due_on"], condition=Q(settled_at=None), name="deadline_open_by_unit"),
            models.Index(fields=["case", "due_on"], condition=Q(settled_at=None), name="deadline_open_by_case"),
            models.Index(fields=["next_step_on", "id"], condition=Q(settled_at=None), name="deadline_next_step"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.case})"

    @property
    def move(self) -> Transition | None:
        """The transition that it is about, itself or by one of its milestones."""
        return self.milestone.transition if self.milestone is not None else self.transition

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.settled_at is None


class StepTaken(models.Model):
    """That steps of a deadline were taken on a day: several late ones become one, with everybody whom they tell."""

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="steps_taken")
    planned_on = models.DateField(help_text="The day of the last of the steps taken together.")
    taken_at = models.DateTimeField()
    tells_owner = models.BooleanField()
    tells_asker = models.BooleanField()
    tells_leader = models.BooleanField()
    tells_leader_above = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["planned_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deadline", "planned_on"], name="step_taken_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.deadline} {self.planned_on}"
