"""Chain the logs, and let the database itself refuse to change or delete what was written once.

New tables and triggers, two indexes; no column changes. Code that does not know them only ever adds such rows, and goes
on as before. Whoever writes while the indexes are made waits until they are.
"""

from typing import ClassVar

from django.db import migrations, models

from coordination.models.guards import ACCESS_CLEARED, READING_CLEARED, Guard

KINDS = """
    case_opened case_closed case_reopened reference_added reference_opened basis_recorded basis_withdrawn
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
""".split()
ROLES = [
    ("professional", "professional"),
    ("leader", "leader"),
    ("coordinator", "coordinator"),
    ("officer", "data-protection officer"),
]
LOGS = [("event", "Event"), ("access", "Access")]
GUARDS = [
    Guard("coordination_event", may_delete_when=READING_CLEARED),
    Guard("coordination_accessrecord", may_delete_when=ACCESS_CLEARED),
    Guard("coordination_loglink", key="position", uniques=(("log", "row_id"),)),
    Guard("coordination_logcleared"),
    Guard("coordination_steptaken", uniques=(("deadline_id", "planned_on"),)),
    Guard("coordination_referencemet"),
    Guard("coordination_transitiontemplate", uniques=(("kind_id", "version"),)),
    Guard("coordination_templatemilestone", uniques=(("template_id", "position"),)),
    Guard("coordination_figureperiod", uniques=(("root_id", "first_on"),)),
    Guard("coordination_figurerow", uniques=(("period_id", "population", "kind", "unit_id"),)),
]


class Migration(migrations.Migration):
    """Make the tables, then set the guards."""

    dependencies: ClassVar = [("coordination", "0015_days_are_whole")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="LogLink",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("log", models.CharField(choices=LOGS, max_length=6)),
                ("row_id", models.BigIntegerField()),
                ("case_number", models.BigIntegerField(null=True)),
                ("digest", models.BinaryField(max_length=32)),
                ("chain", models.BinaryField(max_length=32)),
                ("linked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("log", "row_id"), name="log_link_once_per_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LogCleared",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(choices=LOGS, max_length=6)),
                ("before", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["log", "before"], name="log_cleared_by_log")],
            },
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(max_length=28, choices=[(kind, kind) for kind in KINDS]),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(choices=ROLES, default="professional", max_length=12, verbose_name="role"),
        ),
        migrations.AddIndex(
            model_name="accessrecord", index=models.Index(fields=["-at", "-id"], name="access_by_time")
        ),
        migrations.AddIndex(model_name="event", index=models.Index(fields=["-at", "-id"], name="event_by_time")),
        *GUARDS,
    ]
