"""The kinds of units that usually help with a theme keep the order in which an administrator puts them.

The table stays the one there is, with one more column that has a default: code that knows nothing of it goes on.
Those there are get their kind's own position, by which they were suggested until now.
"""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


def take_the_kinds_own_positions(apps: Any, schema_editor: Any) -> None:
    """Keep the suggestions as they were."""
    alias = schema_editor.connection.alias
    theme_helper, unit_kind = (apps.get_model("coordination", name) for name in ("ThemeHelper", "UnitKind"))
    own = unit_kind.objects.using(alias).filter(pk=models.OuterRef("unitkind")).values("position")
    theme_helper.objects.using(alias).update(position=models.Subquery(own))


class Migration(migrations.Migration):
    """Name the table that there is, and add the position."""

    dependencies: ClassVar = [("coordination", "0004_former_contacts")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="theme", name="unit_kinds"),
                migrations.CreateModel(
                    name="ThemeHelper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "theme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="helpers",
                                to="coordination.theme",
                                verbose_name="theme",
                            ),
                        ),
                        (
                            "unitkind",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.unitkind",
                                verbose_name="unit kind",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "kind of units that usually help",
                        "verbose_name_plural": "kinds of units that usually help",
                        "ordering": ["id"],
                        "db_table": "coordination_theme_unit_kinds",
                        "unique_together": {("theme", "unitkind")},
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="themehelper",
            name="position",
            field=models.PositiveSmallIntegerField(db_default=100, default=100, verbose_name="position"),
        ),
        migrations.AlterModelOptions(
            name="themehelper",
            options={
                "ordering": ["position", "id"],
                "verbose_name": "kind of units that usually help",
                "verbose_name_plural": "kinds of units that usually help",
            },
        ),
        migrations.RunPython(take_the_kinds_own_positions, migrations.RunPython.noop),
    ]
