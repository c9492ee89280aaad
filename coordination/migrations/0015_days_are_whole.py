"""A fixed day has a month and a day: half of one passed the constraints, for nothing is neither too small nor too big.

A database in which somebody has written half a day past all forms refuses this, and says of which row.
"""

from typing import ClassVar

from django.db import migrations, models

OFFSET = models.Q(
    ("amount__isnull", False),
    ("day", None),
    ("month", None),
    ("years_before", None),
    models.Q(("span", ""), _negated=True),
)
FIXED_DAY = models.Q(
    ("amount", None),
    ("day__gte", 1),
    ("day__isnull", False),
    ("day__lte", 28),
    ("month__gte", 1),
    ("month__isnull", False),
    ("month__lte", 12),
    ("span", ""),
    ("years_before__isnull", False),
)
NO_DAY = models.Q(("move_day", None), ("move_month", None))
USUAL_DAY = models.Q(
    ("move_day__isnull", False),
    ("move_month__isnull", False),
    ("move_day__gte", 1),
    ("move_day__lte", 28),
    ("move_month__gte", 1),
    ("move_month__lte", 12),
)


class Migration(migrations.Migration):
    """Constrain both anew."""

    dependencies: ClassVar = [("coordination", "0014_template_changed")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="templatemilestone", name="template_milestone_offset_or_day"),
        migrations.AddConstraint(
            model_name="templatemilestone",
            constraint=models.CheckConstraint(
                condition=models.Q(OFFSET, FIXED_DAY, _connector="OR"), name="template_milestone_offset_or_day"
            ),
        ),
        migrations.RemoveConstraint(model_name="transitionkind", name="transition_kind_usual_day"),
        migrations.AddConstraint(
            model_name="transitionkind",
            constraint=models.CheckConstraint(
                condition=models.Q(NO_DAY, USUAL_DAY, _connector="OR"), name="transition_kind_usual_day"
            ),
        ),
    ]
