"""Take down that the child was heard and the parents took part.

New tables and one column that may be empty: code that does not know them goes on as before.
"""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add involvement and its vocabularies."""

    dependencies: ClassVar = [("coordination", "0006_steps_after")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Involvement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("child", "the child was heard"), ("parents", "the parents took part")], max_length=7
                    ),
                ),
                ("on", models.DateField()),
                ("changed_plan", models.BooleanField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="InvolvementForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("label_da", models.CharField(max_length=80, verbose_name="Danish label")),
                ("label_en", models.CharField(max_length=80, verbose_name="English label")),
                ("hint_da", models.CharField(blank=True, max_length=160, verbose_name="Danish hint")),
                ("hint_en", models.CharField(blank=True, max_length=160, verbose_name="English hint")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                (
                    "is_retired",
                    models.BooleanField(
                        default=False,
                        help_text="No longer offered; what was said with it stays readable.",
                        verbose_name="retired",
                    ),
                ),
                ("for_child", models.BooleanField(default=True, verbose_name="for the child")),
                ("for_parents", models.BooleanField(default=True, verbose_name="for the parents")),
            ],
            options={
                "verbose_name": "form of involvement",
                "verbose_name_plural": "forms of involvement",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NotInvolvedReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("label_da", models.CharField(max_length=80, verbose_name="Danish label")),
                ("label_en", models.CharField(max_length=80, verbose_name="English label")),
                ("hint_da", models.CharField(blank=True, max_length=160, verbose_name="Danish hint")),
                ("hint_en", models.CharField(blank=True, max_length=160, verbose_name="English hint")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                (
                    "is_retired",
                    models.BooleanField(
                        default=False,
                        help_text="No longer offered; what was said with it stays readable.",
                        verbose_name="retired",
                    ),
                ),
                ("for_child", models.BooleanField(default=True, verbose_name="for the child")),
                ("for_parents", models.BooleanField(default=True, verbose_name="for the parents")),
            ],
            options={
                "verbose_name": "reason not to be involved yet",
                "verbose_name_plural": "reasons not to be involved yet",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="again_weeks",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Only for what comes again and again.",
                null=True,
                verbose_name="again after so many weeks",
            ),
        ),
        migrations.AddField(
            model_name="involvement",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="involvements", to="coordination.case"
            ),
        ),
        migrations.AddField(
            model_name="involvement",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="involvement",
            name="recorded_unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unit"
            ),
        ),
        migrations.AddField(
            model_name="involvement",
            name="form",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.involvementform",
            ),
        ),
        migrations.AddField(
            model_name="involvement",
            name="reason",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.notinvolvedreason",
            ),
        ),
        migrations.AddIndex(
            model_name="involvement",
            index=models.Index(fields=["case", "kind", "-on"], name="involvement_by_case"),
        ),
        migrations.AddConstraint(
            model_name="involvement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("form", None), ("reason__isnull", False)),
                    models.Q(("form__isnull", False), ("reason", None)),
                    _connector="OR",
                ),
                name="involvement_form_or_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="involvement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("changed_plan", None), models.Q(("form__isnull", False), ("kind", "child")), _connector="OR"
                ),
                name="involvement_plan_changed_by_child",
            ),
        ),
    ]
