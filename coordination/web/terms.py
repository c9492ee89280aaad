"""Choosing a term of a vocabulary."""

from __future__ import annotations

from typing import Any

from django import forms

from coordination.models import Term
from coordination.web.forms_base import CardRadio, RadioList


class _HintsOfTerms:
    """Show each term's own hint below its label."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = getattr(getattr(value, "instance", None), "hint", "")
        return option


class TermCards(_HintsOfTerms, CardRadio):
    """Terms as cards."""


class TermList(_HintsOfTerms, RadioList):
    """Terms as a plain list."""


class TermField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of a vocabulary's terms that can still be chosen, in the municipality's order."""

    widget = TermList

    def __init__(self, vocabulary: type[Term], **kwargs: Any) -> None:
        super().__init__(queryset=vocabulary.objects.current(), empty_label=None, **kwargs)
