"""Tries to sign in that have not succeeded. A new table: code from before goes on without it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table."""

    dependencies: ClassVar = [("coordination", "0019_erasures")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.BinaryField(max_length=32)),
                ("address", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "at"], name="sign_in_by_account"),
                    models.Index(fields=["address", "at"], name="sign_in_by_address"),
                    models.Index(fields=["at"], name="sign_in_by_time"),
                ]
            },
        )
    ]
