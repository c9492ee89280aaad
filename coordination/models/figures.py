"""Figures: what leaders are shown of a period that is over. Reckoned once, kept as it was shown, never changed.

A hidden number is not kept: what nobody may be shown is not stored here either.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.append_only import AppendOnly
from coordination.models.units import Unit

FEWEST_PEOPLE = 3


class PeriodLength(models.TextChoices):
    """How long a period is."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")


class FigureRule(models.Model):
    """What a municipality has decided for the figures of periods to come; without a row, the defaults hold."""

    root = models.OneToOneField(Unit, on_delete=models.PROTECT, verbose_name=_("municipality"), related_name="+")
    threshold = models.PositiveSmallIntegerField(
        _("hide counts under"),
        default=5,
        validators=[MinValueValidator(FEWEST_PEOPLE)],
        help_text=_("At least 3. It holds from the next period on."),
    )
    length = models.CharField(
        _("a period is"), max_length=7, choices=PeriodLength.choices, default=PeriodLength.QUARTER
    )

    class Meta:
        verbose_name = _("rule of figures")
        verbose_name_plural = _("rules of figures")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(threshold__gte=FEWEST_PEOPLE), name="figure_rule_never_under_three")
        ]

    def __str__(self) -> str:
        return f"{self.root}"


class FigurePeriod(AppendOnly):
    """A period of a municipality of which the figures have been reckoned; both days included."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="figure_periods")
    first_on = models.DateField()
    last_on = models.DateField()
    threshold = models.PositiveSmallIntegerField()
    reckoned_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["first_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["root", "first_on"], name="figure_period_once"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="figure_period_forward"),
            models.CheckConstraint(condition=Q(threshold__gte=FEWEST_PEOPLE), name="figure_period_never_under_three"),
        ]

    def __str__(self) -> str:
        return f"{self.root}: {self.first_on} – {self.last_on}"


class Population(models.TextChoices):
    """Whom, or what, a row counts. Each case or ask is counted once in a period, in one unit."""

    ANSWERS = "answers", "asks to be answered by a day in the period"
    OPEN_ASKS = "open_asks", "asks without an answer on the last day"
    CASES = "cases", "cases open on the last day"
    RECEPTIONS = "receptions", "children to be received by a day in the period"
    LANDINGS = "landings", "children followed up in the period"


class FigureRowKind(models.TextChoices):
    """Which part of a unit a row counts."""

    UNIT = "unit", "the unit with all below it"
    OWN = "own", "the unit without those below it"
    GROUP = "group", "several together, each of them too small or beside one that is"


class FigureRow(AppendOnly):
    """One row of the figures of a period.

    ``under``: the unit above it at the time; for a part of a unit, that unit. ``total``: none where it is hidden.
    ``cells``: for each table its outcomes in order, each with its count, or "few" or "kept" where it is hidden.
    ``members``: the ids of the units in a group. ``median`` and ``ninetieth``: working days until an answer came; none
    where hidden.
    """

    period = models.ForeignKey(FigurePeriod, on_delete=models.PROTECT, related_name="rows")
    population = models.CharField(max_length=10, choices=Population.choices)
    kind = models.CharField(max_length=5, choices=FigureRowKind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    under = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    members = models.JSONField(default=list)
    total = models.PositiveIntegerField(null=True)
    cells = models.JSONField(default=dict)
    median = models.PositiveSmallIntegerField(null=True)
    ninetieth = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "population", "kind", "unit"], name="figure_row_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "period"], name="figure_row_by_unit")]

    def __str__(self) -> str:
        return f"{self.period}, {self.unit}: {self.population}"

    def outcomes(self, table: str) -> dict[str, int | str]:
        """Give what is shown of each outcome of a table, in order (which a database does not keep in an object)."""
        return dict(self.cells[table])
