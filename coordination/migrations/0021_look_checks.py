"""Put a few looks of each month before their leaders.

New tables only: code that does not know them goes on as before.
"""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from coordination.models.guards import Guard


class Migration(migrations.Migration):
    """Make the tables, then set the guard."""

    dependencies: ClassVar = [
        ("coordination", "0020_sign_in_attempts"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="LookSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                ("drawn_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("told_until", models.DateField()),
                ("is_above", models.BooleanField(default=False)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="look_samples",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="LookCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_id", models.BigIntegerField(unique=True)),
                ("looked_at", models.DateTimeField()),
                ("opened_reference", models.BooleanField(default=False)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("in_order", "Yes, it was in order"), ("questioned", "No, I ask for an explanation")],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coordination.case"
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.lookreason",
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="coordination.looksample"
                    ),
                ),
            ],
            options={
                "ordering": ["looked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="LookDrawing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                ("drawn_at", models.DateTimeField()),
                (
                    "root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("root", "month"), name="look_drawing_once_a_month")],
            },
        ),
        migrations.AddIndex(
            model_name="looksample",
            index=models.Index(
                condition=models.Q(("answered_at", None)), fields=["leader"], name="look_sample_open_by_leader"
            ),
        ),
        migrations.AddConstraint(
            model_name="lookcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="look_check_answered_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by", None), models.Q(("answered_by", models.F("viewer")), _negated=True), _connector="OR"
                ),
                name="look_check_never_ones_own",
            ),
        ),
        Guard("coordination_lookdrawing", uniques=(("root_id", "month"),)),
    ]
