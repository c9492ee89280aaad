"""Preferences: how somebody wants to be told, and when not."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models import User


class Pace(models.TextChoices):
    """How soon a channel tells somebody."""

    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day, all together")
    WEEKLY = "weekly", _("once a week, all together")
    NEVER = "never", _("not at all")


class Weekday(models.IntegerChoices):
    """Days of the week as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")


class Preference(models.Model):
    """One person's choices; who has made none has these defaults. Times are Danish. Quiet is not quiet in the app."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preference")
    email_pace = models.CharField(_("e-mail"), max_length=7, choices=Pace.choices, default=Pace.AT_ONCE)
    push_pace = models.CharField(_("push"), max_length=7, choices=Pace.choices, default=Pace.AT_ONCE)
    quiet_from = models.TimeField(_("quiet from"), default=time(17))
    quiet_until = models.TimeField(_("quiet until"), default=time(7))
    quiet_days_off = models.BooleanField(_("quiet on weekends, holidays and days we are closed"), default=True)
    digest_at = models.TimeField(_("time of the digest"), default=time(8))
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the weekly digest"), choices=Weekday.choices, default=Weekday.MONDAY
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(digest_weekday__lte=4), name="preference_digest_on_a_weekday")
        ]

    def __str__(self) -> str:
        return str(self.person)
