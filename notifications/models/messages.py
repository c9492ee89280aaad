"""Messages: what one person is told over one channel, and what has become of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models import Event, StepTaken, User
from notifications.models.webhooks import Webhook


class Channel(models.TextChoices):
    """How somebody can be reached."""

    IN_APP = "inapp", _("here in Involver")
    EMAIL = "email", _("e-mail")
    PUSH = "push", _("push on phone or computer")
    WEBHOOK = "webhook", _("webhook")


class MessageState(models.TextChoices):
    """Where a message is in its life; all but the first are ends."""

    WAITING = "waiting", _("waiting")
    BUNDLED = "bundled", _("in a digest")
    SENT = "sent", _("sent")
    UNWANTED = "unwanted", _("no longer needed")
    DISCARDED = "discarded", _("could not be delivered")


class Audience(models.TextChoices):
    """Why somebody is told: it is theirs to do, they asked for it, they lead those who owe it, or it is news."""

    OWNER = "owner"
    ASKER = "asker"
    LEADER = "leader"
    NEWS = "news"


CAUSES = ("event", "step", "failed", "digest_on")


def _only(cause: str) -> Q:
    return Q(**{f"{other}__isnull": other != cause for other in CAUSES})


class Message(models.Model):
    """One message, owed from the moment the row exists until it has reached one of its ends.

    Its cause is an event, a step of a deadline, another message that could not be delivered, or the day of a digest.
    Nothing of what it says is stored: it is worded when it is sent.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Each message has but one cause and one receiver: an index of all of them for each would be written in vain.
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False)
    step = models.ForeignKey(StepTaken, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False)
    failed = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="notices", db_index=False)
    digest_on = models.DateField(null=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False)
    channel = models.CharField(_("channel"), max_length=7, choices=Channel.choices)
    audience = models.CharField(max_length=6, choices=Audience.choices, default=Audience.NEWS)
    state = models.CharField(_("state"), max_length=9, choices=MessageState.choices, default=MessageState.WAITING)
    made_at = models.DateTimeField(_("made"))
    due_at = models.DateTimeField(_("due"), help_text="When it was to be sent: how late it is counts from here.")
    next_at = models.DateTimeField(help_text="Not before this; a claim puts it forward by its lease.")
    is_gathered = models.BooleanField(default=False, help_text="Waits for the person's next digest.")
    bundle = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="bundled", db_index=False)
    claim = models.UUIDField(null=True, help_text="Whose turn it is to send it; no other mark counts.")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.CharField(
        _("failure"), max_length=40, blank=True, help_text="A code, never what a server answered."
    )
    settled_at = models.DateTimeField(_("ended"), null=True)
    read_at = models.DateTimeField(null=True)
    reached = models.JSONField(default=list, help_text="The devices that a push has reached already.")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_only("event") | _only("step") | _only("failed") | _only("digest_on"),
                name="message_one_cause",
            ),
            models.CheckConstraint(
                condition=Q(channel="webhook", webhook__isnull=False, person=None, event__isnull=False)
                | ~Q(channel="webhook") & Q(webhook=None, person__isnull=False),
                name="message_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at=None) | ~Q(state="waiting") & Q(settled_at__isnull=False),
                name="message_settled_iff_settled_at",
            ),
            *(
                models.UniqueConstraint(
                    fields=[cause, "person", "channel"],
                    condition=Q(**{f"{cause}__isnull": False}, person__isnull=False),
                    name=f"message_once_per_{cause}",
                )
                for cause in CAUSES
            ),
            models.UniqueConstraint(
                fields=["event", "webhook"], condition=Q(webhook__isnull=False), name="message_once_per_webhook"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "next_at", "id"],
                condition=Q(state="waiting", is_gathered=False),
                name="message_due",
            ),
            models.Index(
                fields=["next_at", "id"], condition=Q(state="waiting", is_gathered=True), name="message_gathered"
            ),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["channel", "state"], name="message_counts"),
            models.Index(fields=["person", "-id"], condition=Q(channel="inapp"), name="message_in_app"),
            models.Index(
                fields=["person"], condition=Q(channel="inapp", state="sent", read_at=None), name="message_unread"
            ),
            models.Index(fields=["person", "-id"], condition=Q(channel="email"), name="message_mail_by_person"),
            models.Index(fields=["person"], condition=Q(channel="push"), name="message_push_by_person"),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"message_by_{name}")
                for name in ("event", "step", "failed", "webhook", "bundle")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uid} ({self.channel}, {self.state})"
