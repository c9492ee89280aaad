"""Erase cases: with a receipt, in their time, unless they are held; the guards of traces let those of erased cases go.

New tables and an index; no column changes. Code from before goes on as it did: it erases nothing.
"""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from coordination.models.guards import ACCESS_CLEARED, READING_CLEARED, Guard

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
""".split()
OWED = [
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
    ("close_to_erase", "close a case that is to be erased"),
]
ERASED = "EXISTS (SELECT 1 FROM coordination_erasure erased WHERE erased.case_number = OLD.case_id)"
STEP_ERASED = (
    "EXISTS (SELECT 1 FROM coordination_erasure erased JOIN coordination_deadline owed "
    "ON owed.case_id = erased.case_number WHERE owed.id = OLD.deadline_id)"
)
STEPS = (("deadline_id", "planned_on"),)
GUARDS = [
    Guard("coordination_erasure", uniques=(("uid",), ("case_number",))),
    Guard(
        "coordination_event",
        may_delete_when=f"{ERASED} OR {READING_CLEARED}",
        before=Guard("coordination_event", may_delete_when=READING_CLEARED),
    ),
    Guard(
        "coordination_accessrecord",
        may_delete_when=f"{ERASED} OR {ACCESS_CLEARED}",
        before=Guard("coordination_accessrecord", may_delete_when=ACCESS_CLEARED),
    ),
    Guard("coordination_referencemet", may_delete_when=ERASED, before=Guard("coordination_referencemet")),
    Guard(
        "coordination_steptaken",
        uniques=STEPS,
        may_delete_when=STEP_ERASED,
        before=Guard("coordination_steptaken", uniques=STEPS),
    ),
]


class Migration(migrations.Migration):
    """Make the tables, then set the guards."""

    dependencies: ClassVar = [("coordination", "0018_case_keys")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("case_number", models.BigIntegerField(unique=True)),
                ("code_digest", models.BinaryField(max_length=32)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("retention", "its time was over"),
                            ("subject request", "the child or the parents asked for it"),
                            ("mistake", "it was opened by mistake"),
                        ],
                        max_length=15,
                    ),
                ),
                ("closed_on", models.DateField()),
                ("erased_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["erased_at", "id"]},
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasure_request",
                        to="coordination.case",
                    ),
                ),
            ],
            options={"ordering": ["asked_at", "id"]},
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="coordination.case"
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["placed_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(lifted_at=None), fields=("case",), name="retention_hold_one_per_case"
                    ),
                    models.CheckConstraint(
                        condition=Q(lifted_at=None, lifted_by=None)
                        | Q(lifted_at__isnull=False, lifted_at__gte=F("placed_at"), lifted_by__isnull=False),
                        name="retention_hold_lifted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("case", "a case with a reference, after it was closed"),
                            ("sparring", "anonymous sparring, after it was closed"),
                            ("message", "a message, after it was sent"),
                        ],
                        max_length=8,
                        unique=True,
                        verbose_name="what",
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        help_text=(
                            "From 1 to 120. Fewer than before holds for what is there, too: "
                            "from the next round on it goes."
                        ),
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="months",
                    ),
                ),
            ],
            options={
                "verbose_name": "retention rule",
                "verbose_name_plural": "retention rules",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(months__gte=1, months__lte=120), name="retention_rule_one_month_to_ten_years"
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(max_length=28, choices=[(kind, kind) for kind in KINDS]),
        ),
        migrations.AlterField(
            model_name="deadline", name="kind", field=models.CharField(choices=OWED, max_length=20)
        ),
        migrations.AlterField(
            model_name="deadlinerule",
            name="kind",
            field=models.CharField(choices=OWED, editable=False, max_length=20, unique=True, verbose_name="kind"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(state="closed"), fields=["closed_at"], name="case_closed_by_time"),
        ),
        *GUARDS,
    ]
