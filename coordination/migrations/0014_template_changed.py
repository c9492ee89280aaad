"""One more thing that can happen: that an administrator changes the template of a kind of move. No column changes."""

from typing import ClassVar

from django.db import migrations, models

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
""".split()


class Migration(migrations.Migration):
    """Know one more kind of event."""

    dependencies: ClassVar = [("coordination", "0013_transition_reminded")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(max_length=28, choices=[(kind, kind) for kind in KINDS]),
        ),
    ]
