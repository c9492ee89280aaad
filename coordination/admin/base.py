"""What all pages of the administration have in common."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from coordination.errors import Refusal
from coordination.models import User
from coordination.web.forms_base import WithoutCpr

if TYPE_CHECKING:  # at run time these take no type
    ModelAdmin = admin.ModelAdmin[Any]
    BareInline = admin.TabularInline[Any, Any]
    BareForm = forms.ModelForm[Any]
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    ModelAdmin, BareInline = admin.ModelAdmin, admin.TabularInline
    BareForm, InlineFormSet = forms.ModelForm, forms.BaseInlineFormSet


class ModelForm(WithoutCpr, BareForm):
    """A form of the administration: it takes no CPR number, whatever the field."""


class TabularInline(BareInline):
    """Rows of another table on the same page."""

    form = ModelForm


class AdministratorsMixin:
    """Every active administrator may see, add and change; nobody deletes."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the pages are listed."""
        return _is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether it may be seen."""
        return _is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may be added."""
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether it may be changed."""
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: it is retired, closed or ended."""
        return False


class InvolverAdmin(AdministratorsMixin, ModelAdmin):
    """A page whose changes a command may refuse: then the form says why, as it was typed, and nothing has happened."""

    form = ModelForm

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or save the form. Django rolls everything back where a command refuses."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Give the form of what can be changed in the list itself."""
        return super().get_changelist_form(request, **{"form": ModelForm, **kwargs})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Give the form, which fails with what a command has said a moment ago."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return _refused(form, refusal) if refusal else form


def now_of(request: HttpRequest) -> datetime:
    """The one time of a request."""
    return request.now  # type: ignore[attr-defined,no-any-return]


def actor_of(request: HttpRequest) -> User:
    """Whoever is signed in; the administration lets nobody else this far."""
    if not isinstance(request.user, User):
        raise TypeError("nobody is signed in")
    return request.user


def _is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_staff


def _refused(form: type[ModelForm], refusal: Refusal) -> type[ModelForm]:
    class Refused(form):  # type: ignore[misc,valid-type]
        def full_clean(self) -> None:
            super().full_clean()
            if self.is_bound:
                self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))

    return Refused
