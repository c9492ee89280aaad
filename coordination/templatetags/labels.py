"""What stands behind the codes and ids of events: labels and names, read once a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context

from coordination.queries.labels import Labels

register = template.Library()


def labels_of(request: HttpRequest) -> Labels:
    """Give the labels of this page. Call ``expect`` on them before drawing many rows."""
    found = getattr(request, "labels", None)
    if not isinstance(found, Labels):
        found = Labels()
        request.labels = found  # type: ignore[attr-defined]
    return found


@register.simple_tag(takes_context=True)
def label(context: Context, vocabulary: str, code: Any) -> str:
    """Give the label of a term: ``{% label "decline_reason" event.data.reason %}``; nothing for no code."""
    return "" if code in (None, "") else _labels(context).term(vocabulary, str(code))


@register.simple_tag(takes_context=True)
def unit_name(context: Context, pk: int | None) -> str:
    """Give the name of a unit by its id: ``{% unit_name event.data.onward %}``."""
    return _labels(context).unit(pk) if pk else ""


@register.simple_tag(takes_context=True)
def person_name(context: Context, pk: int | None) -> str:
    """Give the name of a person by their id: ``{% person_name event.data.before %}``."""
    return _labels(context).person(pk) if pk else ""


def _labels(context: Context) -> Labels:
    # The attribute, not the variable: an include with "only" keeps the first and drops the second.
    request = getattr(context, "request", None)
    return labels_of(request) if request is not None else Labels()
