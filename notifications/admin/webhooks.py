"""Webhooks: other systems that are told of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.admin.base import InvolverAdmin, ModelForm, actor_of, now_of
from coordination.errors import Refusal
from coordination.models import Unit
from coordination.privacy.sealing import SealBroken
from notifications.commands.webhooks import (
    add_webhook,
    change_webhook,
    rotate_secret,
    start_webhook,
    stop_webhook,
)
from notifications.models import Webhook


class WebhookForm(ModelForm):
    """Which system is told, where, and of which unit."""

    class Meta:
        model = Webhook
        fields = ("name", "unit", "url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].queryset = Unit.objects.open()  # type: ignore[attr-defined]
        if "url" in self.fields:
            self.fields["url"].widget = forms.TextInput(attrs={"class": "vTextField", "inputmode": "url"})


@admin.register(Webhook)
class WebhookAdmin(InvolverAdmin):
    """Webhooks, with how their last call ended. A secret is shown once, on the page that follows."""

    form = WebhookForm
    list_display = ("name", "unit", "url", "is_active", "failure", "paused_until", "made_at")
    list_filter = ("is_active",)
    list_select_related = ("unit",)
    search_fields = ("name", "url", "unit__name")
    fields = ("name", "unit", "url")
    actions = ("rotate", "stop", "start")

    def get_readonly_fields(self, request: HttpRequest, obj: Webhook | None = None) -> tuple[str, ...]:
        """What it is told of stays; another unit is another webhook."""
        return ("unit",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:
        """Add or change the webhook."""
        given, actor, now = form.cleaned_data, actor_of(request), now_of(request)
        if change:
            change_webhook(webhook=obj, name=given["name"], url=given["url"], actor=actor, now=now)
        else:
            added, secret = add_webhook(name=given["name"], unit=given["unit"], url=given["url"], actor=actor, now=now)
            obj.pk = added.pk
            request.secret = secret  # type: ignore[attr-defined]
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None) -> HttpResponse:
        """Show the secret of what has been added, at once: on the way to another page it would have to be kept."""
        return self._show(request, obj, request.secret)  # type: ignore[attr-defined]

    @admin.action(description=gettext_lazy("Give it another secret; the one of before is good for seven more days"))
    def rotate(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse | None:
        """Give one webhook another secret, and show it."""
        if queryset.count() != 1:
            messages.error(request, _("Choose one at a time: its secret is shown once."))
            return None
        webhook = queryset.get()
        try:
            secret = rotate_secret(webhook=webhook, actor=actor_of(request), now=now_of(request))
        except SealBroken:
            messages.error(request, _("The secret of before cannot be opened. Is a key missing in REFERENCE_KEYS?"))
            return None
        self.log_change(request, webhook, "secret")
        return self._show(request, webhook, secret)

    @admin.action(description=gettext_lazy("Stop: it is told nothing more"))
    def stop(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Stop the chosen webhooks."""
        self._for_each(request, queryset, stop_webhook, _("%(name)s is told nothing more."))

    @admin.action(description=gettext_lazy("Start again: it is told of what happens from now on"))
    def start(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Start the chosen webhooks."""
        self._for_each(request, queryset, start_webhook, _("%(name)s is told of what happens from now on."))

    def _for_each(
        self, request: HttpRequest, queryset: QuerySet[Webhook], command: Callable[..., Webhook], said: str
    ) -> None:
        for webhook in queryset.order_by("pk"):
            try:
                command(webhook=webhook, actor=actor_of(request), now=now_of(request))
            except Refusal as refusal:
                messages.error(request, f"{webhook}: {refusal.message}")
            else:
                self.log_change(request, webhook, command.__name__)
                messages.success(request, said % {"name": webhook})

    def _show(self, request: HttpRequest, webhook: Webhook, secret: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("The secret of %(name)s") % {"name": webhook},
            "webhook": webhook,
            "secret": secret,
            "back": reverse("admin:notifications_webhook_changelist"),
        }
        return TemplateResponse(request, "admin/notifications/webhook_secret.html", context)
