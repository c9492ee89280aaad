"""A rule may change while deadlines are open: from which day on each of them follows the new one.

The column is empty for all that is there, and code that does not know it leaves it so.
"""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the day."""

    dependencies: ClassVar = [("coordination", "0005_theme_order")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="deadline",
            name="steps_after",
            field=models.DateField(
                null=True, help_text="No step of a day up to this one is owed: the rule has changed since."
            ),
        ),
    ]
