"""A consent says who gave it, on which day, and which kinds of units it covers; so does a legal basis for its kinds.

What is there already covers all kinds, and does not say who gave it. Code that does not know the columns leaves them
empty, which means the same.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns, and the tables of the kinds that are covered."""

    dependencies: ClassVar = [("coordination", "0016_the_chain")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="basis",
            name="given_by",
            field=models.CharField(
                choices=[
                    ("both", "both who have custody"),
                    ("sole", "the one who has custody alone"),
                    ("one", "one of two who have custody; the other knows and agrees"),
                    ("young", "the young person, 15 or older"),
                ],
                max_length=5,
                null=True,
            ),
        ),
        migrations.AddField(model_name="basis", name="given_on", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="basis", name="covers_all", field=models.BooleanField(db_default=True, default=False)
        ),
        migrations.CreateModel(
            name="BasisCover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "basis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coordination.basis"
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unitkind"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("basis", "kind"), name="basis_covers_a_kind_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="basis",
            name="covers",
            field=models.ManyToManyField(related_name="+", through="coordination.BasisCover", to="coordination.unitkind"),
        ),
        migrations.AddConstraint(
            model_name="basis",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_by", None), ("given_on", None))
                | models.Q(("given_by__isnull", False), ("given_on__isnull", False), ("kind", "consent")),
                name="basis_given_by_somebody_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="basis",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_on", None)) | models.Q(("given_on__lte", models.F("ends_on"))),
                name="basis_given_before_it_ends",
            ),
        ),
        migrations.AddField(
            model_name="statutorybasis",
            name="covers_all",
            field=models.BooleanField(db_default=True, default=False, verbose_name="covers all kinds of units"),
        ),
        migrations.AddField(
            model_name="statutorybasis",
            name="covers",
            field=models.ManyToManyField(
                blank=True,
                help_text="A reference is shared with units of these kinds only.",
                related_name="+",
                to="coordination.unitkind",
                verbose_name="covers these kinds of units",
            ),
        ),
    ]
