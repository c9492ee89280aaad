"""Keep the figures that leaders are shown of each period that is over.

New tables only: code that does not know them goes on as before.
"""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the tables."""

    dependencies: ClassVar = [("coordination", "0010_owe_involvement")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="FigureRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "threshold",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="At least 3. It holds from the next period on.",
                        validators=[django.core.validators.MinValueValidator(3)],
                        verbose_name="hide counts under",
                    ),
                ),
                (
                    "length",
                    models.CharField(
                        choices=[("month", "a month"), ("quarter", "a quarter")],
                        default="quarter",
                        max_length=7,
                        verbose_name="a period is",
                    ),
                ),
                (
                    "root",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.unit",
                        verbose_name="municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of figures",
                "verbose_name_plural": "rules of figures",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 3)), name="figure_rule_never_under_three"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FigurePeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("threshold", models.PositiveSmallIntegerField()),
                ("reckoned_at", models.DateTimeField()),
                (
                    "root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figure_periods",
                        to="coordination.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["first_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("root", "first_on"), name="figure_period_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))), name="figure_period_forward"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 3)), name="figure_period_never_under_three"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "population",
                    models.CharField(
                        choices=[
                            ("answers", "asks to be answered by a day in the period"),
                            ("open_asks", "asks without an answer on the last day"),
                            ("cases", "cases open on the last day"),
                            ("receptions", "children to be received by a day in the period"),
                            ("landings", "children followed up in the period"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unit", "the unit with all below it"),
                            ("own", "the unit without those below it"),
                            ("group", "several together, each of them too small or beside one that is"),
                        ],
                        max_length=5,
                    ),
                ),
                ("members", models.JSONField(default=list)),
                ("total", models.PositiveIntegerField(null=True)),
                ("cells", models.JSONField(default=dict)),
                ("median", models.PositiveSmallIntegerField(null=True)),
                ("ninetieth", models.PositiveSmallIntegerField(null=True)),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="coordination.figureperiod",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unit"
                    ),
                ),
                (
                    "under",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["unit", "period"], name="figure_row_by_unit")],
                "constraints": [
                    models.UniqueConstraint(fields=("period", "population", "kind", "unit"), name="figure_row_once")
                ],
            },
        ),
    ]
