"""What has been sent and what has not: for operators, who see no case, no words, and change nothing by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.admin.base import InvolverAdmin, actor_of, now_of
from notifications.commands.retrying import retry
from notifications.models import Channel, Message, MessageState
from notifications.queries.figures import Figures, read_figures

AGES = {
    "hour": (gettext_lazy("the last hour"), timedelta(hours=1)),
    "day": (gettext_lazy("the last 24 hours"), timedelta(days=1)),
    "week": (gettext_lazy("the last seven days"), timedelta(days=7)),
}


class AgeFilter(admin.SimpleListFilter):
    """How long ago a message was made."""

    title = gettext_lazy("made in")
    parameter_name = "made"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer some spans of time."""
        return [(name, label) for name, (label, _span) in AGES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Keep the messages made within the span chosen."""
        chosen = AGES.get(self.value() or "")
        return queryset.filter(made_at__gte=now_of(request) - chosen[1]) if chosen else queryset


@admin.register(Message)
class MessageAdmin(InvolverAdmin):
    """Messages by state, channel and age; those that could not be delivered can be tried again."""

    change_list_template = "admin/notifications/messages.html"
    list_display = ("number", "receiver", "channel", "state", "attempts", "failure", "due", "ended")
    list_display_links = None
    list_filter = ("state", "channel", AgeFilter)
    list_select_related = ("person", "webhook")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("person__name", "person__username", "webhook__name", "failure")
    fields = (
        "uid", "receiver", "channel", "state", "attempts", "failure", "made_at", "due_at", "next_at", "settled_at",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("try_again",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes a message by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor changes one."""
        return False

    @admin.display(description=gettext_lazy("no."), ordering="pk")
    def number(self, message: Message) -> int:
        """Give the number by which the log names it."""
        return message.pk

    @admin.display(description=gettext_lazy("due"), ordering="due_at")
    def due(self, message: Message) -> str:
        """Say in figures when it was to be sent, so that the line has room for when it was."""
        return _in_figures(message.due_at)

    @admin.display(description=gettext_lazy("ended"), ordering="settled_at")
    def ended(self, message: Message) -> str:
        """Say in figures when it was sent, or given up."""
        return _in_figures(message.settled_at) if message.settled_at else ""

    @admin.display(description=gettext_lazy("receiver"))
    def receiver(self, message: Message) -> str:
        """Name the person or the webhook."""
        return str(message.person or message.webhook)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list below the figures."""
        figures = _shown(read_figures(now_of(request)))
        return super().changelist_view(request, {**(extra_context or {}), "figures": figures})

    @admin.action(description=gettext_lazy("Try again what could not be delivered"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Let the chosen messages wait to be sent once more."""
        ids = list(queryset.values_list("pk", flat=True))
        count = retry(ids=ids, actor=actor_of(request), now=now_of(request))
        said = ngettext("%(count)s message is tried again.", "%(count)s messages are tried again.", count)
        messages.success(request, said % {"count": count})
        if count < len(ids):
            messages.warning(request, _("The others had not been given up, and are left as they are."))


def _in_figures(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _shown(figures: Figures) -> dict[str, Any]:
    return {
        "oldest_due": _age_words(figures.oldest_due_seconds),
        "oldest_unrelayed": _age_words(figures.oldest_unrelayed_seconds),
        "channels": [
            (
                channel.label,
                [(state.label, count) for state in MessageState if (count := figures.counts.get((channel, state)))],
            )
            for channel in Channel
        ],
    }


def _age_words(seconds: float | None) -> str:
    """Say an age roughly; nothing where nothing waits."""
    if seconds is None:
        return ""
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}
