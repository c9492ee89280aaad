"""Owe in every open case that the child is heard and the parents are involved, as a case that is opened now owes it.

New rows only. Their day and their steps are reckoned by the rules; here each is given four weeks and looked at in the
next round of time.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.db import migrations
from django.utils import timezone

BATCH = 1000
GIVEN = timedelta(weeks=4)


def owe_involvement(apps: Any, schema_editor: Any) -> None:
    """Owe both where nobody owes them yet."""
    using, now = schema_editor.connection.alias, timezone.now()
    cases = apps.get_model("coordination", "Case").objects.using(using)
    deadlines = apps.get_model("coordination", "Deadline").objects.using(using)
    for kind in ("hear_child", "involve_parents"):
        owed = deadlines.filter(kind=kind, settled_at=None).values("case_id")
        missing = cases.filter(state="open").exclude(pk__in=owed)
        rows = (
            deadlines.model(
                kind=kind,
                case_id=case_id,
                unit_id=unit_id,
                owner_id=holder_id,
                due_on=timezone.localdate(now) + GIVEN,
                opened_at=now,
                next_step_on=timezone.localdate(now),
            )
            for case_id, unit_id, holder_id in list(missing.values_list("pk", "holder_unit_id", "holder_id"))
        )
        deadlines.bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    """Owe involvement."""

    dependencies: ClassVar = [("coordination", "0009_transitions")]

    operations: ClassVar = [migrations.RunPython(owe_involvement, migrations.RunPython.noop)]
