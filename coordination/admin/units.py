"""Units, their rooms, and when they are closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.admin.base import InvolverAdmin, ModelForm, actor_of, now_of
from coordination.commands.units import UnitDraft, change_unit, close_unit, place_unit, set_offers, set_relations
from coordination.errors import Refusal
from coordination.models import Ask, ClosingPeriod, Room, Unit, UnitKind

LONGEST_CLOSING = timedelta(days=92)


class UnitForm(ModelForm):
    """A unit: what may be pointed to is open, and kinds are current."""

    class Meta:
        model = Unit
        fields = ("code", "name", "kind", "parent", "phone", "serves", "continues_at", "offers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Unit.objects.open().exclude(pk=self.instance.pk)
        for name in ("parent", "serves", "continues_at"):
            if name in self.fields:
                self.fields[name].queryset = others  # type: ignore[attr-defined]
        if "kind" in self.fields:
            kinds = UnitKind.objects.current() | UnitKind.objects.filter(pk=self.instance.kind_id)
            self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        if "offers" in self.fields:
            self.fields["offers"].queryset = Ask.objects.current()  # type: ignore[attr-defined]


@admin.register(Unit)
class UnitAdmin(InvolverAdmin):
    """The tree of units."""

    form = UnitForm
    list_display = ("name", "code", "kind", "parent", "phone", "is_open")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("kind", "parent")
    search_fields = ("name", "code")
    filter_horizontal = ("serves", "offers")
    actions = ("close",)

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        """A code is how files know a unit: it stays."""
        return ("code",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        """A unit that has closed stays as it was."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    @admin.display(boolean=True, description=gettext_lazy("open"))
    def is_open(self, unit: Unit) -> bool:
        """Whether it has not closed."""
        return unit.is_open

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        """Place or change the unit."""
        given = form.cleaned_data
        draft = UnitDraft(
            code=obj.code, name=given["name"], kind=given["kind"], parent=given["parent"], phone=given["phone"]
        )
        actor, now = actor_of(request), now_of(request)
        if change:
            change_unit(unit=obj, draft=draft, actor=actor, now=now)
        else:
            obj.pk = place_unit(draft=draft, actor=actor, now=now).pk
            obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Set whom it works for, where its pupils go on, and what it can be asked for."""
        given, unit = form.cleaned_data, Unit.objects.get(pk=form.instance.pk)
        actor, now = actor_of(request), now_of(request)
        set_relations(unit=unit, serves=given["serves"], continues_at=given["continues_at"], actor=actor, now=now)
        set_offers(unit=unit, offers=given["offers"], actor=actor, now=now)

    @admin.action(description=gettext_lazy("Close: its people leave it, its batons fall to the leader above"))
    def close(self, request: HttpRequest, queryset: QuerySet[Unit]) -> None:
        """Close the chosen units, those farthest down first."""
        for unit in sorted(queryset, key=lambda unit: -len(unit.line)):
            try:
                close_unit(unit=unit, actor=actor_of(request), now=now_of(request))
            except Refusal as refusal:
                messages.error(request, f"{unit}: {refusal.message}")
            else:
                messages.success(request, _("%(unit)s has been closed.") % {"unit": unit})


@admin.register(Room)
class RoomAdmin(InvolverAdmin):
    """Rooms that meetings can be held in."""

    list_display = ("name", "unit", "is_retired")
    list_filter = ("is_retired",)
    list_select_related = ("unit",)
    search_fields = ("name", "unit__name")
    fields = ("unit", "name", "is_retired")

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> tuple[str, ...]:
        """A room does not move."""
        return ("unit",) if obj else ()


class ClosingPeriodForm(ModelForm):
    """Days on which a unit is closed."""

    class Meta:
        model = ClosingPeriod
        fields = ("unit", "first_on", "last_on")

    def clean(self) -> dict[str, Any] | None:
        """Refuse days in the wrong order, and a period so long that every deadline would stand still."""
        cleaned = super().clean()
        first_on, last_on = self.cleaned_data.get("first_on"), self.cleaned_data.get("last_on")
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", _("The last day comes before the first."))
        elif first_on and last_on and last_on - first_on >= LONGEST_CLOSING:
            self.add_error("last_on", _("A closing period lasts 92 days at most."))
        return cleaned


@admin.register(ClosingPeriod)
class ClosingPeriodAdmin(InvolverAdmin):
    """When units are closed: no day of these counts as a working day."""

    form = ClosingPeriodForm
    list_display = ("unit", "first_on", "last_on")
    list_select_related = ("unit",)
    search_fields = ("unit__name",)
    date_hierarchy = "first_on"

    def has_delete_permission(self, request: HttpRequest, obj: ClosingPeriod | None = None) -> bool:
        """A period that was put in by mistake may go."""
        return self.has_change_permission(request, obj)
