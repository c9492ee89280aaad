"""Units: the tree of schools, daycares, teams and departments that take part in cases."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.vocabularies import Ask, UnitKind


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units, open or closed."""

    def open(self) -> UnitQuerySet:
        """Keep the units that have not closed."""
        return self.filter(closed_at__isnull=True)

    def below(self, path: str) -> UnitQuerySet:
        """Keep the unit at ``path`` and everything below it."""
        return self.filter(path__startswith=path)


class Unit(models.Model):
    """One place in the tree. ``path`` holds the ids from the root down to the unit itself: ``/1/4/17/``."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT, verbose_name=_("kind"), related_name="units")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("parent"),
        related_name="children",
    )
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    path = models.CharField(max_length=200, unique=True, editable=False, null=True)  # noqa: DJ001 (the id comes first)
    serves = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        verbose_name=_("works for"),
        related_name="served_by",
        help_text=_("The units this unit works for, including everything below them."),
    )
    continues_at = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("older pupils go on at"),
        related_name="continues_from",
    )
    offers = models.ManyToManyField(Ask, blank=True, verbose_name=_("can be asked for"), related_name="offered_by")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["name", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["root", "code"], name="unit_code_once_per_root"),
            models.UniqueConstraint(fields=["code"], condition=Q(root=None), name="root_code_once"),
            models.CheckConstraint(
                condition=Q(parent=None, root=None) | Q(parent__isnull=False, root__isnull=False),
                name="unit_root_iff_parent",
            ),
            models.CheckConstraint(
                condition=Q(continues_at=None) | ~Q(continues_at=F("id")), name="unit_continues_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the unit has not closed."""
        return self.closed_at is None

    @property
    def place(self) -> str:
        """The path of a saved unit."""
        if self.path is None:
            raise ValueError("a unit has its path as soon as it has been placed")
        return self.path

    @property
    def line(self) -> list[int]:
        """The ids from the root down to this unit."""
        return [int(part) for part in self.place.strip("/").split("/")]

    @property
    def root_id_or_self(self) -> int:
        """The id of the municipality that this unit belongs to."""
        return self.root_id or self.pk


class ClosingPeriod(models.Model):
    """Days on which a unit, and everything below it, is closed; both days included."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, verbose_name=_("unit"), related_name="closing_periods")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("closing period")
        verbose_name_plural = _("closing periods")
        ordering: ClassVar = ["first_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="closing_period_forward")
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.first_on} – {self.last_on}"


class Room(models.Model):
    """A room that meetings can be held in."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, verbose_name=_("unit"), related_name="rooms")
    name = models.CharField(_("name"), max_length=60)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering: ClassVar = ["unit__name", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="room_once_per_unit")]

    def __str__(self) -> str:
        return f"{self.unit}, {self.name}"
