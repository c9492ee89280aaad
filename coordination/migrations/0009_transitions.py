"""Let a case have moves, with milestones and reviews, and let deadlines be about them.

New tables, and two columns of deadlines that may be empty; code that does not know them leaves them so.
"""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add transitions, and what is owed in them."""

    dependencies: ClassVar = [("coordination", "0008_transition_templates")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "is_senders",
                    models.BooleanField(
                        help_text="Owed by the unit that the child leaves; else by the one it comes to."
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("not_relevant", "not relevant")],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["due_on", "position"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reviewed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("move_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("handed_over", "handed over"),
                            ("received", "received"),
                            ("landed", "followed up"),
                            ("reviewed", "reviewed"),
                            ("left", "has moved away"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=11,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                (
                    "moves_baton",
                    models.BooleanField(default=True, help_text="Who receives the child takes the baton over as well."),
                ),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                (
                    "landing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("well", "has landed well"),
                            ("needs_more", "needs more support"),
                            ("knowledge_missing", "knowledge was missing"),
                        ],
                        max_length=17,
                    ),
                ),
                ("landed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["move_on", "id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="deadline",
            name="deadline_one_open_per_case_and_kind",
        ),
        migrations.AlterField(
            model_name="deadline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("answer_invitation", "answer an invitation"),
                    ("find_partner", "find another partner after a no"),
                    ("answer_join_request", "answer a request to join"),
                    ("answer_handover", "answer a handover"),
                    ("do_agreement", "do an agreement"),
                    ("look_again", "look at an agreement again"),
                    ("answer_meeting", "answer a call to a meeting"),
                    ("meeting_outcome", "take a meeting's outcome down"),
                    ("next_step", "agree on a next step"),
                    ("renew_consent", "renew a consent"),
                    ("assign_holder", "assign a new holder"),
                    ("hear_child", "hear the child"),
                    ("involve_parents", "involve the parents"),
                    ("do_milestone", "do a milestone of a transition"),
                    ("name_receiver", "find out who receives the child"),
                    ("receive_transition", "receive a transition"),
                    ("follow_up", "follow up whether the child has landed"),
                    ("review_transition", "review a transition"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="deadlinerule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("answer_invitation", "answer an invitation"),
                    ("find_partner", "find another partner after a no"),
                    ("answer_join_request", "answer a request to join"),
                    ("answer_handover", "answer a handover"),
                    ("do_agreement", "do an agreement"),
                    ("look_again", "look at an agreement again"),
                    ("answer_meeting", "answer a call to a meeting"),
                    ("meeting_outcome", "take a meeting's outcome down"),
                    ("next_step", "agree on a next step"),
                    ("renew_consent", "renew a consent"),
                    ("assign_holder", "assign a new holder"),
                    ("hear_child", "hear the child"),
                    ("involve_parents", "involve the parents"),
                    ("do_milestone", "do a milestone of a transition"),
                    ("name_receiver", "find out who receives the child"),
                    ("receive_transition", "receive a transition"),
                    ("follow_up", "follow up whether the child has landed"),
                    ("review_transition", "review a transition"),
                ],
                editable=False,
                max_length=20,
                unique=True,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("case_opened", "case_opened"),
                    ("case_closed", "case_closed"),
                    ("case_reopened", "case_reopened"),
                    ("reference_added", "reference_added"),
                    ("reference_opened", "reference_opened"),
                    ("basis_recorded", "basis_recorded"),
                    ("basis_withdrawn", "basis_withdrawn"),
                    ("basis_expired", "basis_expired"),
                    ("invitation_sent", "invitation_sent"),
                    ("invitation_accepted", "invitation_accepted"),
                    ("invitation_declined", "invitation_declined"),
                    ("invitation_withdrawn", "invitation_withdrawn"),
                    ("invitation_opened_to_unit", "invitation_opened_to_unit"),
                    ("onward_pointed", "onward_pointed"),
                    ("search_dropped", "search_dropped"),
                    ("partnership_completed", "partnership_completed"),
                    ("partnership_left", "partnership_left"),
                    ("partnership_ended", "partnership_ended"),
                    ("contact_changed", "contact_changed"),
                    ("join_asked", "join_asked"),
                    ("join_accepted", "join_accepted"),
                    ("join_declined", "join_declined"),
                    ("join_withdrawn", "join_withdrawn"),
                    ("handover_offered", "handover_offered"),
                    ("handover_accepted", "handover_accepted"),
                    ("handover_declined", "handover_declined"),
                    ("handover_withdrawn", "handover_withdrawn"),
                    ("baton_requested", "baton_requested"),
                    ("baton_request_accepted", "baton_request_accepted"),
                    ("baton_request_declined", "baton_request_declined"),
                    ("baton_request_withdrawn", "baton_request_withdrawn"),
                    ("release_asked", "release_asked"),
                    ("release_withdrawn", "release_withdrawn"),
                    ("holder_assigned", "holder_assigned"),
                    ("baton_fell", "baton_fell"),
                    ("agreement_made", "agreement_made"),
                    ("agreement_moved", "agreement_moved"),
                    ("agreement_done", "agreement_done"),
                    ("agreement_dropped", "agreement_dropped"),
                    ("agreement_looked_at", "agreement_looked_at"),
                    ("agreement_ended", "agreement_ended"),
                    ("agreement_passed_on", "agreement_passed_on"),
                    ("meeting_called", "meeting_called"),
                    ("meeting_moved", "meeting_moved"),
                    ("meeting_cancelled", "meeting_cancelled"),
                    ("meeting_answered", "meeting_answered"),
                    ("meeting_released", "meeting_released"),
                    ("meeting_held", "meeting_held"),
                    ("child_heard", "child_heard"),
                    ("parents_involved", "parents_involved"),
                    ("transition_planned", "transition_planned"),
                    ("transition_postponed", "transition_postponed"),
                    ("transition_cancelled", "transition_cancelled"),
                    ("receiver_named", "receiver_named"),
                    ("receiver_lost", "receiver_lost"),
                    ("transition_handed_over", "transition_handed_over"),
                    ("transition_declined", "transition_declined"),
                    ("transition_received", "transition_received"),
                    ("transition_landed", "transition_landed"),
                    ("transition_reviewed", "transition_reviewed"),
                    ("milestone_done", "milestone_done"),
                    ("milestone_not_relevant", "milestone_not_relevant"),
                    ("unit_placed", "unit_placed"),
                    ("unit_changed", "unit_changed"),
                    ("unit_closed", "unit_closed"),
                    ("person_registered", "person_registered"),
                    ("person_changed", "person_changed"),
                    ("person_deactivated", "person_deactivated"),
                    ("person_reactivated", "person_reactivated"),
                    ("membership_begun", "membership_begun"),
                    ("membership_changed", "membership_changed"),
                    ("membership_ended", "membership_ended"),
                    ("absence_set", "absence_set"),
                    ("absence_ended", "absence_ended"),
                ],
                max_length=28,
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="milestone",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deadlines",
                to="coordination.milestone",
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.milestonekind"
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="reason",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.notrelevantreason",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="reviewed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unit"
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="cancel_reason",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.cancelreason"
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="transitions", to="coordination.case"
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transitions_received",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="decline_reason",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.declinereason",
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="declined_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.unit"
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="follows",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="coordination.transition",
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="from_unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="transitions_out", to="coordination.unit"
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="handed_over_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="missing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.missingknowledge",
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="onward_unit",
            field=models.ForeignKey(
                help_text="To whom a no has pointed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.unit",
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="planned_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="received_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="to_unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transitions_in",
                to="coordination.unit",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="transition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="coordination.transition"
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="transition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="coordination.transition"
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="transition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deadlines",
                to="coordination.transition",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("agreement__isnull", True),
                    ("attendance__isnull", True),
                    ("basis__isnull", True),
                    ("handover__isnull", True),
                    ("invitation__isnull", True),
                    ("join_request__isnull", True),
                    ("meeting__isnull", True),
                    ("milestone__isnull", True),
                    ("settled_at", None),
                    ("transition__isnull", True),
                ),
                fields=("case", "kind"),
                name="deadline_one_open_per_case_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("milestone__isnull", False), ("settled_at", None)),
                fields=("kind", "milestone"),
                name="deadline_one_open_per_milestone",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None), ("transition__isnull", False)),
                fields=("kind", "transition", "unit"),
                name="deadline_one_open_per_transition_and_unit",
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transitions",
                to="coordination.transitiontemplate",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(fields=("transition", "unit"), name="review_once_per_unit"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.UniqueConstraint(fields=("transition", "position"), name="milestone_once"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="milestone_settled_iff_settled_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason__isnull", False), ("state", "not_relevant")),
                    models.Q(models.Q(("state", "not_relevant"), _negated=True), ("reason", None)),
                    _connector="OR",
                ),
                name="milestone_reason_iff_not_relevant",
            ),
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(fields=["from_unit", "move_on"], name="transition_out_by_day"),
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(fields=["to_unit", "move_on"], name="transition_in_by_day"),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_unit", None), models.Q(("to_unit", models.F("from_unit")), _negated=True), _connector="OR"
                ),
                name="transition_to_another_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("planned", "cancelled")), ("handed_over_at__isnull", False), _connector="OR"
                ),
                name="transition_handed_over_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("received", "landed", "reviewed")), _negated=True),
                    ("received_at__isnull", False),
                    _connector="OR",
                ),
                name="transition_received_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("landing", "knowledge_missing"), ("missing__isnull", False)),
                    models.Q(models.Q(("landing", "knowledge_missing"), _negated=True), ("missing", None)),
                    _connector="OR",
                ),
                name="transition_missing_iff_knowledge_missing",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("landed_at__isnull", False),
                        ("state__in", ("landed", "reviewed")),
                        models.Q(("landing", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ("landed", "reviewed")), _negated=True),
                        ("landed_at", None),
                        ("landing", ""),
                    ),
                    _connector="OR",
                ),
                name="transition_landed_iff_landing",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ("reviewed", "left", "cancelled"))),
                    models.Q(
                        models.Q(("state__in", ("reviewed", "left", "cancelled")), _negated=True), ("ended_at", None)
                    ),
                    _connector="OR",
                ),
                name="transition_ended_iff_ended_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("case", "from_unit", "move_on"),
                name="transition_once_per_case_and_day",
            ),
        ),
    ]
