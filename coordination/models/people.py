"""People: professionals, the units they belong to, and their absences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.units import Unit


class UserManager(BaseUserManager["User"]):
    """Makes users; everyday changes go through ``coordination.commands.people``."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Create a user with a hashed password, or with none at all."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator: directory, vocabularies and rules, no case."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works with children; never a child or a parent. Deactivated, never deleted."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("work e-mail"), blank=True)
    phone = models.CharField(_("work phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("da", "Dansk"), ("en", "English")], default="da")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("administrator"), default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["name", "username"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The whole name."""
        return self.name

    def get_short_name(self) -> str:
        """The first name."""
        return self.name.split(" ", 1)[0]


class Role(models.TextChoices):
    """What somebody is in a unit."""

    PROFESSIONAL = "professional", _("professional")
    LEADER = "leader", _("leader")
    COORDINATOR = "coordinator", _("coordinator")
    OFFICER = "officer", _("data-protection officer")


LEADING = (Role.LEADER, Role.COORDINATOR)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, live or ended."""

    def in_force(self) -> MembershipQuerySet:
        """Keep those of active people that have not ended, in units that are open; officers' too."""
        return self.filter(ended_at__isnull=True, user__is_active=True, unit__closed_at__isnull=True)

    def live(self) -> MembershipQuerySet:
        """Keep those in force by which somebody works in a unit: an officer reads logs, and takes part in nothing."""
        return self.in_force().exclude(role=Role.OFFICER)

    def leading(self) -> MembershipQuerySet:
        """Keep those that lead their unit. A coordinator leads the root in the last resort."""
        return self.filter(role__in=LEADING)


class Membership(models.Model):
    """That a person belongs to a unit, in one role, for a time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, verbose_name=_("person"), related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("unit"), related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.PROFESSIONAL)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "unit"], condition=Q(ended_at=None), name="membership_once_at_a_time"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "role"], condition=Q(ended_at=None), name="membership_live")]

    def __str__(self) -> str:
        return f"{self.user}, {self.unit} ({self.get_role_display()})"


class Absence(models.Model):
    """That a person is away, and who stands in; both days included."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, verbose_name=_("person"), related_name="absences")
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, verbose_name=_("stand-in"), related_name="stand_ins")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar = ["first_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_forward"),
            models.CheckConstraint(condition=~Q(user=F("stand_in")), name="absence_stand_in_other"),
        ]
        indexes: ClassVar = [models.Index(fields=["stand_in", "last_on"], name="absence_by_stand_in")]

    def __str__(self) -> str:
        return f"{self.user}: {self.first_on} – {self.last_on}"
