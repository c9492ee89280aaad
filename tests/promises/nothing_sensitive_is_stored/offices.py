"""What administrators write: the directory, the vocabularies, and which systems are told; by pages and by files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from django.contrib import admin
from django.urls import reverse

from coordination.models import VOCABULARIES
from tests.promises.nothing_sensitive_is_stored.doors import Doors
from tests.promises.nothing_sensitive_is_stored.forms import Field, PageForm, forms_on
from tests.promises.nothing_sensitive_is_stored.personal import COLLEAGUE

_WORDS = {"text", "textarea", "email", "url", "tel"}
_LABELS = {"code", "label_da", "label_en", "hint_da", "hint_en"}
# Where words stand by design, and why; a CPR number is refused here, too.
BY_DESIGN: dict[str, set[str]] = {
    # People at work and their units: the municipality's own directory, public in its house.
    "coordination_user": {"username", "name", "email", "phone"},
    "coordination_unit": {"code", "name", "phone"},
    "coordination_room": {"name"},
    # What can be chosen on the screens: the municipality's own words, the same for every case.
    **{vocabulary._meta.db_table: set(_LABELS) for vocabulary in VOCABULARIES},
    # Which system is told, and where it is.
    "notifications_webhook": {"name", "url"},
    "coordination_referencesystem": {*_LABELS, "pattern", "example", "link_template"},
    # Which of these an administrator has changed: what they were called then.
    "django_admin_log": {"object_repr", "change_message"},
}


class Offices:
    """Fills in the administration as an administrator."""

    def __init__(self, doors: Doors, who: str) -> None:
        self.doors, self.who = doors, who

    def write_everywhere(self) -> None:
        """Write into each field of each page a CPR number first, and then something of a colleague."""
        for path in self._pages():
            for form in forms_on(self.doors.see(self.who, path), at=path):
                if form.method == "post" and "_save" in dict(form.buttons):
                    self._write(form)

    def _write(self, form: PageForm) -> None:
        places = {each.name: place for place, each in enumerate(form.typed)}
        # Of rows that are alike the first is enough.
        for like in {re.sub(r"-\d+-", "-n-", name): name for name in reversed(places)}.values():
            number = COLLEAGUE.numbers[places[like] % 2]
            self._send(form, partial(_only, like, number))
        words = {name: place for name, place in places.items() if form.fields[name].kind in _WORDS and "-" not in name}
        self._send(form, lambda one: [_word_for(one, words[one.name])] if one.name in words else None)

    def _send(self, form: PageForm, fill: Callable[[Field], list[str] | None]) -> None:
        filled = form.filled(lambda one: _as_it_may_be(one) if fill(one) is None else fill(one))
        self.doors.send(self.who, form, {**filled, "_save": "1"}, "an administrator")

    @staticmethod
    def _pages() -> Iterator[str]:
        for model in admin.site._registry:
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield reverse(f"{base}_changelist")
            yield reverse(f"{base}_add")
            first = model._default_manager.order_by("pk").last()
            if first is not None:
                yield reverse(f"{base}_change", args=[first.pk])


def _only(name: str, written: str, one: Field) -> list[str] | None:
    return [written] if one.name == name else None


def _as_it_may_be(one: Field) -> list[str] | None:
    """Fill in what a page for something new asks for."""
    if one.values and any(one.values):
        return None
    if one.kind == "select" and not one.is_many:
        return [option for option in one.options if option][:1]
    wanted = {"code": "nyt", "username": "ny", "name": "Ny", "label_da": "Ny", "label_en": "New"}
    wanted |= {"url": "https://hook.example/in", "pattern": "S-[0-9]{4}", "example": "S-1234"}
    return [wanted[one.name]] if one.name in wanted else None


def _word_for(each: Field, place: int) -> str:
    """Choose something of a colleague that the field could take."""
    if each.kind == "email" or each.name == "email":
        return COLLEAGUE.email
    if each.name in {"code", "username"}:
        return COLLEAGUE.name.split()[-1].lower()
    if "url" in each.name or each.name == "link_template":
        return f"https://{COLLEAGUE.email.rpartition('@')[2]}/{COLLEAGUE.health}/{{number}}"
    return (COLLEAGUE.name, COLLEAGUE.phone, COLLEAGUE.address, COLLEAGUE.health)[place % 4]
