"""Let practical notes be written where a municipality wants them.

New tables and choices only: code that does not know them goes on as before. The reasons to keep marked words come with
the defaults, after the migration.
"""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


KINDS = """
    case_opened case_closed case_reopened case_erased hold_placed hold_lifted erasure_asked erasure_withdrawn
    subject_looked_up reference_added reference_opened basis_recorded basis_withdrawn
    basis_expired invitation_sent invitation_accepted invitation_declined invitation_withdrawn
    invitation_opened_to_unit onward_pointed search_dropped partnership_completed partnership_left
    partnership_ended contact_changed join_asked join_accepted join_declined join_withdrawn handover_offered
    handover_accepted handover_declined handover_withdrawn baton_requested baton_request_accepted
    baton_request_declined baton_request_withdrawn release_asked release_withdrawn holder_assigned baton_fell
    agreement_made agreement_moved agreement_done agreement_dropped agreement_looked_at agreement_ended
    agreement_passed_on meeting_called meeting_moved meeting_cancelled meeting_answered meeting_released
    meeting_held child_heard parents_involved transition_planned transition_postponed transition_cancelled
    receiver_named receiver_lost transition_handed_over transition_declined transition_received
    transition_landed transition_reviewed transition_reminded milestone_done milestone_not_relevant
    template_changed unit_placed unit_changed unit_closed person_registered person_changed person_deactivated
    person_reactivated membership_begun membership_changed membership_ended absence_set absence_ended
    log_read log_cleared look_drawn look_confirmed look_questioned
    note_written note_kept note_removed
""".split()


class Migration(migrations.Migration):
    """Make the tables."""

    dependencies: ClassVar = [
        ("coordination", "0021_look_checks"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="KeepReason",
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
                "verbose_name": "reason to keep marked words",
                "verbose_name_plural": "reasons to keep marked words",
                "ordering": ["position", "code"],
                "abstract": False,
            },
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=28),
        ),
        migrations.CreateModel(
            name="NoteRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "is_on",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text=(
                            "One line of 140 characters about when and where, on invitations, agreements and meetings. "
                            "Switching it off deletes all notes at once."
                        ),
                        verbose_name="practical notes are switched on",
                    ),
                ),
                (
                    "root",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="note_rule",
                        to="coordination.unit",
                        verbose_name="municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of practical notes",
                "verbose_name_plural": "rules of practical notes",
            },
        ),
        migrations.CreateModel(
            name="PracticalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=140)),
                ("written_at", models.DateTimeField()),
                ("kept", models.PositiveSmallIntegerField(default=0)),
                (
                    "agreement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="coordination.agreement",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="coordination.case"
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="coordination.invitation",
                    ),
                ),
                (
                    "kept_reason",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coordination.keepreason",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="coordination.meeting",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["written_at"], name="note_by_age")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreement", None), ("invitation__isnull", False), ("meeting", None)),
                            models.Q(("agreement__isnull", False), ("invitation", None), ("meeting", None)),
                            models.Q(("agreement", None), ("invitation", None), ("meeting__isnull", False)),
                            _connector="OR",
                        ),
                        name="note_of_one_ask",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("invitation__isnull", False)),
                        fields=("invitation",),
                        name="note_one_per_invitation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agreement__isnull", False)),
                        fields=("agreement",),
                        name="note_one_per_agreement",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("meeting__isnull", False)), fields=("meeting",), name="note_one_per_meeting"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.text.Length("text"), 140
                            ),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="note_is_short",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text__contains", "\n"), _negated=True),
                            models.Q(("text__contains", "\r"), _negated=True),
                        ),
                        name="note_is_one_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kept", 0), ("kept_reason", None)),
                            models.Q(("kept__gt", 0), ("kept_reason__isnull", False)),
                            _connector="OR",
                        ),
                        name="note_kept_with_reason",
                    ),
                ],
            },
        ),
    ]
