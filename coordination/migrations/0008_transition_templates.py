"""Say what belongs to a kind of move, in versions that are never changed.

New tables only.
"""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the kinds of moves, their milestones and templates."""

    dependencies: ClassVar = [("coordination", "0007_involvement")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CancelReason",
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
            ],
            options={
                "verbose_name": "reason to cancel a transition",
                "verbose_name_plural": "reasons to cancel a transition",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MilestoneKind",
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
                ("is_meeting", models.BooleanField(default=False, verbose_name="is a meeting of both units")),
            ],
            options={
                "verbose_name": "kind of milestone",
                "verbose_name_plural": "kinds of milestones",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MissingKnowledge",
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
            ],
            options={
                "verbose_name": "kind of missing knowledge",
                "verbose_name_plural": "kinds of missing knowledge",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NotRelevantReason",
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
            ],
            options={
                "verbose_name": "reason why a milestone is not relevant",
                "verbose_name_plural": "reasons why a milestone is not relevant",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TemplateMilestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "is_senders",
                    models.BooleanField(default=True, verbose_name="owed by the unit that the child leaves"),
                ),
                ("amount", models.SmallIntegerField(blank=True, null=True, verbose_name="so long from the move")),
                (
                    "span",
                    models.CharField(
                        blank=True,
                        choices=[("days", "days"), ("weeks", "weeks"), ("months", "months")],
                        max_length=6,
                        verbose_name="counted in",
                    ),
                ),
                ("month", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="month")),
                ("day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day")),
                (
                    "years_before",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="years before the move's"),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="TransitionKind",
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
                ("leaves_town", models.BooleanField(default=False, verbose_name="to another municipality")),
                (
                    "move_month",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="usual month of the move"),
                ),
                (
                    "move_day",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="usual day of the move"),
                ),
            ],
            options={
                "verbose_name": "kind of transition",
                "verbose_name_plural": "kinds of transitions",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TransitionTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "follow_up_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="Calendar days, not working days.",
                        verbose_name="calendar days from the move to the follow-up",
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "template",
                "verbose_name_plural": "templates",
                "ordering": ["kind", "-version"],
            },
        ),
        migrations.AddField(
            model_name="templatemilestone",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.milestonekind",
                verbose_name="milestone",
            ),
        ),
        migrations.AddField(
            model_name="transitionkind",
            name="from_kinds",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="coordination.unitkind", verbose_name="from units of kind"
            ),
        ),
        migrations.AddField(
            model_name="transitionkind",
            name="next_kind",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.transitionkind",
                verbose_name="usually followed by",
            ),
        ),
        migrations.AddField(
            model_name="transitionkind",
            name="to_kinds",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="coordination.unitkind", verbose_name="to units of kind"
            ),
        ),
        migrations.AddField(
            model_name="transitiontemplate",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="templates", to="coordination.transitionkind"
            ),
        ),
        migrations.AddField(
            model_name="transitiontemplate",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="templatemilestone",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="milestones",
                to="coordination.transitiontemplate",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitionkind",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("move_day", None), ("move_month", None)),
                    models.Q(
                        ("move_day__gte", 1), ("move_day__lte", 28), ("move_month__gte", 1), ("move_month__lte", 12)
                    ),
                    _connector="OR",
                ),
                name="transition_kind_usual_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitiontemplate",
            constraint=models.UniqueConstraint(fields=("kind", "version"), name="template_version_once"),
        ),
        migrations.AddConstraint(
            model_name="templatemilestone",
            constraint=models.UniqueConstraint(fields=("template", "position"), name="template_milestone_once"),
        ),
        migrations.AddConstraint(
            model_name="templatemilestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount__isnull", False),
                        ("day", None),
                        ("month", None),
                        ("years_before", None),
                        models.Q(("span", ""), _negated=True),
                    ),
                    models.Q(
                        ("amount", None),
                        ("day__gte", 1),
                        ("day__lte", 28),
                        ("month__gte", 1),
                        ("month__lte", 12),
                        ("span", ""),
                        ("years_before__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="template_milestone_offset_or_day",
            ),
        ),
    ]
