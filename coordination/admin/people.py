"""People and the units they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.admin.base import InvolverAdmin, ModelForm, actor_of, now_of
from coordination.commands.administrators import set_administrator, set_password
from coordination.commands.people import (
    PersonDraft,
    begin_membership,
    change_person,
    change_role,
    deactivate_person,
    end_membership,
    reactivate_person,
    register_person,
)
from coordination.errors import Refusal
from coordination.models import Membership, Role, Unit, User
from coordination.privacy.cpr import looks_like_cpr


class PersonForm(ModelForm):
    """A person, and a new password where one is to be set."""

    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("Leave it empty to keep the one there is. Without any, nobody can sign in."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        required=False,
    )

    class Meta:
        model = User
        fields = ("username", "name", "email", "phone", "is_staff")

    def clean(self) -> dict[str, Any] | None:
        """Refuse a weak password, and a CPR number wherever it has been put."""
        cleaned = super().clean()
        for name in ("username", "name", "email", "phone"):
            if looks_like_cpr(str(self.cleaned_data.get(name, ""))):
                self.add_error(name, _("This looks like a CPR number."))
        if password := self.cleaned_data.get("new_password"):
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("new_password", error)
        return cleaned


@admin.register(User)
class PersonAdmin(InvolverAdmin):
    """The people of the directory: registered and changed, deactivated and let in again."""

    form = PersonForm
    list_display = ("name", "username", "email", "phone", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("name", "username", "email")
    actions = ("deactivate", "reactivate")

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only a superuser makes administrators."""
        fields = ("username", "name", "email", "phone", "new_password")
        return (*fields, "is_staff") if actor_of(request).is_superuser else fields

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """A user name is how files know somebody: it stays."""
        return ("username",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Administrators are changed by superusers only: nobody comes to more rights through somebody else."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or actor_of(request).is_superuser or not (obj.is_staff or obj.is_superuser)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Register or change the person, and set what else was given."""
        given = form.cleaned_data
        actor, now, password = actor_of(request), now_of(request), given["new_password"]
        draft = PersonDraft(username=obj.username, name=given["name"], email=given["email"], phone=given["phone"])
        if change:
            change_person(user=obj, draft=draft, actor=actor, now=now)
            if password:
                set_password(user=obj, password=password, actor=actor, now=now)
        else:
            hashed = make_password(password) if password else None
            obj.pk = register_person(draft=draft, actor=actor, now=now, password=hashed).pk
        if "is_staff" in given:
            set_administrator(user=obj, is_administrator=given["is_staff"], actor=actor, now=now)
        obj.refresh_from_db()

    @admin.action(description=gettext_lazy("Deactivate: they leave every unit, their batons fall to their leaders"))
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Deactivate the chosen people."""
        self._for_each(request, queryset, deactivate_person, _("%(person)s has been deactivated."))

    @admin.action(description=gettext_lazy("Let in again: they are then placed in units anew"))
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Reactivate the chosen people."""
        self._for_each(request, queryset, reactivate_person, _("%(person)s is active again."))

    def _for_each(
        self, request: HttpRequest, queryset: QuerySet[User], command: Callable[..., User], said: str
    ) -> None:
        for person in queryset.order_by("pk"):
            if person.pk == actor_of(request).pk or not self.has_change_permission(request, person):
                messages.error(request, _("%(person)s: this is for somebody else to do.") % {"person": person})
                continue
            try:
                command(user=person, actor=actor_of(request), now=now_of(request))
            except Refusal as refusal:
                messages.error(request, f"{person}: {refusal.message}")
            else:
                messages.success(request, said % {"person": person})


class MembershipForm(ModelForm):
    """Who belongs where, in which role."""

    class Meta:
        model = Membership
        fields = ("user", "unit", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            self.fields["user"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
            self.fields["unit"].queryset = Unit.objects.open()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Refuse a coordinator or an officer of anything but a whole municipality."""
        cleaned = super().clean()
        unit = self.cleaned_data.get("unit") or (self.instance.unit if self.instance.pk else None)
        role = self.cleaned_data.get("role")
        if unit is not None and unit.parent_id is not None and role in (Role.COORDINATOR, Role.OFFICER):
            said = _("A coordinator belongs to the municipality itself.")
            if role == Role.OFFICER:
                said = _("A data-protection officer belongs to the municipality itself.")
            self.add_error("role", said)
        return cleaned


@admin.register(Membership)
class MembershipAdmin(InvolverAdmin):
    """Who belongs to which unit: begun, given another role, ended."""

    form = MembershipForm
    list_display = ("user", "unit", "role", "began_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "role")
    list_select_related = ("user", "unit")
    search_fields = ("user__name", "user__username", "unit__name", "unit__code")
    fields = ("user", "unit", "role")
    actions = ("end",)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """Whoever moves ends one membership and begins another."""
        return ("user", "unit") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """What has ended stays as it was."""
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Begin the membership, or give another role."""
        given, actor, now = form.cleaned_data, actor_of(request), now_of(request)
        role = Role(given["role"])
        if change:
            if "role" in form.changed_data:
                change_role(membership=obj, role=role, actor=actor, now=now)
        else:
            begun = begin_membership(user=given["user"], unit=given["unit"], role=role, actor=actor, now=now)
            obj.pk, obj.began_at = begun.pk, begun.began_at

    @admin.action(description=gettext_lazy("End: what they held or owed there passes on"))
    def end(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """End the chosen memberships."""
        for membership in queryset.select_related("user", "unit").order_by("pk"):
            try:
                end_membership(membership=membership, actor=actor_of(request), now=now_of(request))
            except Refusal as refusal:
                messages.error(request, f"{membership}: {refusal.message}")
            else:
                said = _("%(person)s is no longer in %(unit)s.")
                messages.success(request, said % {"person": membership.user, "unit": membership.unit})
