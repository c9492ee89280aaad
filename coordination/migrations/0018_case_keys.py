"""A key for each case, and the name of the key that an index is under.

What is there stays as it is, and readable; time brings it under the new keys. Code from before goes on writing rows as
it did (without a name of a key: they are found and renewed), but cannot open a number that newer code has encrypted.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add a table, a column and its index."""

    dependencies: ClassVar = [("coordination", "0017_consent")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CaseKey",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="own_key",
                        serialize=False,
                        to="coordination.case",
                    ),
                ),
                ("sealed_key", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="reference",
            name="index_key_id",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Under which key the index is; none for a row from before cases had keys of their own.",
                max_length=40,
            ),
        ),
        migrations.AddIndex(
            model_name="reference",
            index=models.Index(fields=["index_key_id"], name="reference_by_index_key"),
        ),
    ]
