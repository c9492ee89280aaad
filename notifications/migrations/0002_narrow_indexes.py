"""Index a message by the one cause and the one receiver that it has: rows where there is none were written in vain."""

from typing import ClassVar

import django.db.models.deletion as deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

NARROW = ("event", "step", "failed", "webhook", "bundle")
WIDE = (
    ("event", "coordination.event", deletion.CASCADE, "messages"),
    ("step", "coordination.steptaken", deletion.CASCADE, "messages"),
    ("failed", "notifications.message", deletion.CASCADE, "notices"),
    ("person", settings.AUTH_USER_MODEL, deletion.CASCADE, "messages"),
    ("webhook", "notifications.webhook", deletion.CASCADE, "messages"),
    ("bundle", "notifications.message", deletion.SET_NULL, "bundled"),
)


class Migration(migrations.Migration):
    """Make the narrow ones before the wide ones go, so that code at work always finds one."""

    dependencies: ClassVar = [
        ("coordination", "0015_days_are_whole"),
        ("notifications", "0001_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        *(
            migrations.AddIndex(
                "message",
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"message_by_{name}"),
            )
            for name in NARROW
        ),
        migrations.AddIndex(
            "message", models.Index(fields=["person"], condition=Q(channel="push"), name="message_push_by_person")
        ),
        *(
            migrations.AlterField(
                "message",
                name,
                models.ForeignKey(db_index=False, null=True, on_delete=on_delete, related_name=related, to=to),
            )
            for name, to, on_delete, related in WIDE
        ),
    ]
