"""Former contact persons keep their receipt, and whoever meets a reference of others leaves a trace: two new tables.

Code that knows neither goes on working beside them. Who was replaced before is read from the events.
"""

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def read_them_from_events(apps: Any, schema_editor: Any) -> None:
    """Write down everybody who was followed by another contact, stretch by stretch."""
    alias = schema_editor.connection.alias
    event, partnership, former_contact = (
        apps.get_model("coordination", name) for name in ("Event", "Partnership", "FormerContact")
    )
    begins = dict(partnership.objects.using(alias).values_list("pk", "began_at"))
    changes = event.objects.using(alias).filter(kind="contact_changed", subject="partnership").order_by("pk")
    rows = []
    for partnership_id, person_id, at in changes.values_list("subject_id", "data__before", "at").iterator():
        if partnership_id in begins:
            began_at = min(begins[partnership_id], at)
            rows.append(
                former_contact(partnership_id=partnership_id, person_id=person_id, began_at=began_at, ended_at=at)
            )
            begins[partnership_id] = at
    former_contact.objects.using(alias).bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    """Make the tables, and fill the first one."""

    dependencies: ClassVar = [("coordination", "0003_attendance_released")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="FormerContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_contacts",
                        to="coordination.partnership",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["ended_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gte", models.F("began_at"))), name="former_contact_forward"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceMet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["person", "-at"], name="reference_met_by_person")],
            },
        ),
        migrations.RunPython(read_them_from_events, migrations.RunPython.noop),
    ]
