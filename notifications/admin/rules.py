"""The rules of deadlines once more, with what they would mean today: who is told what on which day."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from coordination.admin.base import now_of
from coordination.admin.rules import DeadlineRuleAdmin, rule_filled_in
from coordination.models import DeadlineKind, DeadlineRule, Unit
from coordination.queries.rules import Rule, rule_for
from notifications.wording.previews import preview_of

PREVIEW, UNIT, URGENT = "_preview", "example_unit", "example_urgent"

admin.site.unregister(DeadlineRule)


class _Asked(Exception):
    """A rule is to be shown, not saved. Raised within the transaction of the form, so that nothing is left of it."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule


@admin.register(DeadlineRule)
class PreviewedRuleAdmin(DeadlineRuleAdmin):
    """The rules, with an example below the form: of what is stored, or of what has been typed and not yet saved."""

    change_form_template = "admin/notifications/rule.html"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save the form; asked for a preview, show everything as it was typed, and what it would mean."""
        row = self.get_object(request, object_id) if object_id is not None else None
        if row is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        kind = DeadlineKind(row.kind)
        try:
            example = _example(request, kind, rule_for(kind))
            return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **example})
        except _Asked as asked:
            request.is_previewed = True  # type: ignore[attr-defined]
            example = _example(request, kind, asked.rule)
            return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **example})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Give the form; one that is only shown is not to be saved, though nothing is wrong with it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if not getattr(request, "is_previewed", False):
            return form

        class Shown(form):  # type: ignore[misc,valid-type]
            def is_valid(self) -> bool:
                super().is_valid()
                return False

        return Shown

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, unless it is only to be shown."""
        if PREVIEW in request.POST:
            raise _Asked(rule_filled_in(form, formsets[0]))
        super().save_related(request, form, formsets, change)


def _example(request: HttpRequest, kind: DeadlineKind, rule: Rule) -> dict[str, Any]:
    units = Unit.objects.open().select_related("parent").order_by("name", "pk")
    chosen = request.POST.get(UNIT, "")
    unit = units.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 18 else None
    unit = unit or units.filter(parent__isnull=False, memberships__ended_at=None).exclude(memberships=None).first()
    is_urgent = URGENT in request.POST
    today = timezone.localdate(now_of(request))
    return {
        "example_units": units,
        "is_urgent": is_urgent,
        "preview": preview_of(kind, rule, unit, today=today, urgent=is_urgent) if unit else None,
        "names": {"preview": PREVIEW, "unit": UNIT, "urgent": URGENT},
    }
