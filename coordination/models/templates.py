"""Templates: what belongs to a move of a kind, and by when. Never changed: a new version takes their place."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.append_only import AppendOnly
from coordination.models.people import User
from coordination.models.vocabularies import MilestoneKind, TransitionKind


class TransitionTemplate(AppendOnly):
    """One version of what belongs to a kind of move. Transitions keep the version that they were planned with."""

    kind = models.ForeignKey(TransitionKind, on_delete=models.PROTECT, related_name="templates")
    version = models.PositiveSmallIntegerField()
    follow_up_days = models.PositiveSmallIntegerField(
        _("calendar days from the move to the follow-up"), default=90, help_text="Calendar days, not working days."
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering: ClassVar = ["kind", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "version"], name="template_version_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.version})"


class Span(models.TextChoices):
    """What an offset is counted in."""

    DAYS = "days", _("days")
    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")


class TemplateMilestone(AppendOnly):
    """A milestone of a template: so long before or after the day of the move, or on a fixed day of some year before.

    Either ``amount`` and ``span`` (negative: before the move), or ``month``, ``day`` and ``years_before``: the day in
    the year of the move less so many.
    """

    template = models.ForeignKey(TransitionTemplate, on_delete=models.CASCADE, related_name="milestones")
    kind = models.ForeignKey(MilestoneKind, on_delete=models.PROTECT, verbose_name=_("milestone"), related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))
    is_senders = models.BooleanField(_("owed by the unit that the child leaves"), default=True)
    amount = models.SmallIntegerField(_("so long from the move"), null=True, blank=True)
    span = models.CharField(_("counted in"), max_length=6, choices=Span.choices, blank=True)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    years_before = models.PositiveSmallIntegerField(_("years before the move's"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "position"], name="template_milestone_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=False, month=None, day=None, years_before=None) & ~Q(span="")
                | Q(
                    amount=None,
                    span="",
                    # Compared with nothing the database says neither yes nor no, and lets it pass.
                    month__isnull=False,
                    day__isnull=False,
                    month__gte=1,
                    month__lte=12,
                    day__gte=1,
                    day__lte=28,
                    years_before__isnull=False,
                ),
                name="template_milestone_offset_or_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind)
