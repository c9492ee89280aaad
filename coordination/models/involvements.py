"""Involvement: that the child was heard and the parents took part. When and how; never what was said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import InvolvementForm, NotInvolvedReason


class InvolvementKind(models.TextChoices):
    """Whose part it is about."""

    CHILD = "child", _("the child was heard")
    PARENTS = "parents", _("the parents took part")


class Involvement(models.Model):
    """One time that the child was heard or the parents took part; or that they were not yet, and why, by a code.

    ``changed_plan``: whether what the child said changed the plan. Of parents it is not asked.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="involvements")
    kind = models.CharField(max_length=7, choices=InvolvementKind.choices)
    on = models.DateField()
    form = models.ForeignKey(InvolvementForm, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey(NotInvolvedReason, on_delete=models.PROTECT, null=True, related_name="+")
    changed_plan = models.BooleanField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(form=None, reason__isnull=False) | Q(form__isnull=False, reason=None),
                name="involvement_form_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(changed_plan=None) | Q(kind="child", form__isnull=False),
                name="involvement_plan_changed_by_child",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "kind", "-on"], name="involvement_by_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    @property
    def took_place(self) -> bool:
        """Whether they were involved, rather than a reason given why not."""
        return self.form_id is not None
