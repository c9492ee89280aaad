"""The forms about a move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import (
    CancelReason,
    DeclineReason,
    Landing,
    MissingKnowledge,
    NotRelevantReason,
    TransitionKind,
    Unit,
    User,
)
from coordination.queries.leaving import Leaving
from coordination.rules.day_words import whole_day
from coordination.rules.milestones import next_usual_day
from coordination.web.coming_days import ComingDayField
from coordination.web.forms_base import CardRadio, InvolverForm, RadioList
from coordination.web.terms import TermCards, TermField
from coordination.web.unit_picker import UnitField, as_id

WITH_CHILD, STAYS = "moves", "stays"


class PlanForm(InvolverForm):
    """What kind of move, from where, to where and when. Without a day the usual one of its kind counts."""

    kind = TermField(
        TransitionKind,
        label=gettext_lazy("What kind of move is it?"),
        widget=CardRadio,
        error_messages={"required": gettext_lazy("Choose what kind of move it is.")},
    )
    from_unit = forms.ModelChoiceField(
        label=gettext_lazy("Which unit does the child leave?"),
        queryset=Unit.objects.none(),
        widget=RadioList,
        empty_label=None,
    )
    to_unit = UnitField(label=gettext_lazy("Who receives the child?"), nobody=gettext_lazy("We do not know yet"))
    move_on = ComingDayField(
        label=gettext_lazy("Day of the move"),
        required=False,
        help_text=gettext_lazy("Without a day here the usual day of the move counts."),
    )
    baton = forms.ChoiceField(
        label=gettext_lazy("Does the baton move with the child?"),
        choices=[
            (WITH_CHILD, gettext_lazy("Yes, whoever receives the child takes it over")),
            (STAYS, gettext_lazy("No, it stays where it is")),
        ],
        initial=WITH_CHILD,
        widget=RadioList,
    )

    def __init__(self, *args: Any, leaving: Leaving, **kwargs: Any) -> None:
        self.leaving = leaving
        kwargs["initial"] = {**self._beginning(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        leaves = cast("forms.ModelChoiceField[Unit]", self.fields["from_unit"])
        leaves.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in leaving.units])
        leaves.widget.choices = [(unit.pk, unit.name) for unit in leaving.units]
        if len(leaving.units) == 1:
            leaves.widget = forms.HiddenInput()
        self._offer_kinds()

    def asked(self) -> tuple[Unit, Sequence[TransitionKind]]:
        """Give the unit that the child leaves, and the kinds of moves it may be, as far as that has been chosen."""
        chosen = as_id(str(self["from_unit"].value() or ""))
        unit = next((unit for unit in self.leaving.units if unit.pk == chosen), self.leaving.units[0])
        picked = as_id(str(self["kind"].value() or ""))
        kinds = [kind for kind in self.leaving.kinds if kind.pk == picked]
        return unit, kinds or self.leaving.fitting(unit) or self.leaving.kinds

    def _beginning(self) -> dict[str, Any]:
        unit, kind = self.leaving.units[0], self.leaving.next_kind
        fitting = self.leaving.fitting(unit)
        if kind is None and len(fitting) == 1:
            kind = fitting[0]
        begun: dict[str, Any] = {"from_unit": unit.pk}
        return {**begun, "kind": kind.pk} if kind is not None else begun

    def _offer_kinds(self) -> None:
        unit, _kinds = self.asked()
        fitting = self.leaving.fitting(unit)
        others = [kind for kind in self.leaving.kinds if kind not in fitting]
        cards = cast("CardRadio", self.fields["kind"].widget)
        cards.choices = [
            *((kind.pk, kind.label) for kind in fitting),
            (_("Other kinds"), [(kind.pk, kind.label) for kind in others]),
        ]
        cards.hints = {
            str(kind.pk): _("usually %(day)s") % {"day": whole_day(usual)}
            for kind in self.leaving.kinds
            if (usual := usual_day(kind, self.leaving.after)) is not None
        }

    def clean(self) -> dict[str, Any]:
        """Take the usual day of the kind where none was written. A move away has no receiver here."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind is None:
            return cleaned
        if kind.leaves_town:
            self.errors.pop("to_unit", None)
            cleaned["to_unit"] = None
        if "move_on" not in self.errors and cleaned.get("move_on") is None:
            cleaned["move_on"] = usual_day(kind, self.leaving.after)
            if cleaned["move_on"] is None:
                self.add_error("move_on", _("Write the day of the move: this kind has no usual one."))
        return cleaned


def usual_day(kind: TransitionKind, after: date) -> date | None:
    """Find the next usual day of a kind of move after a day; None where it has none."""
    if kind.move_month is None or kind.move_day is None:
        return None
    return next_usual_day(kind.move_month, kind.move_day, after)


class PostponeForm(InvolverForm):
    """Another day."""

    move_on = ComingDayField(
        label=gettext_lazy("Which day instead?"), error_messages={"required": gettext_lazy("Write the new day.")}
    )


class ReceiverForm(InvolverForm):
    """Who receives the child."""

    to_unit = UnitField(
        label=gettext_lazy("Who receives the child?"),
        error_messages={"required": gettext_lazy("Choose who receives the child.")},
    )


class CancelForm(InvolverForm):
    """Why a move is cancelled."""

    reason = TermField(
        CancelReason, label=gettext_lazy("Why?"), error_messages={"required": gettext_lazy("Choose why.")}
    )


class SkipForm(InvolverForm):
    """Why a milestone is not relevant."""

    reason = TermField(
        NotRelevantReason, label=gettext_lazy("Why?"), error_messages={"required": gettext_lazy("Choose why.")}
    )


class ReceiveForm(InvolverForm):
    """Who is the contact, and that the record has been read."""

    contact = forms.ModelChoiceField(
        label=gettext_lazy("Contact person"), queryset=User.objects.none(), empty_label=None
    )
    has_read = forms.BooleanField(
        error_messages={"required": gettext_lazy("Please read the record first; then say so here.")},
    )

    def __init__(self, *args: Any, people: QuerySet[User], has_record: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["contact"]).queryset = people
        self.fields["has_read"].label = (
            _("I have read the record") if has_record else _("I have been told what we need to know")
        )


class DeclineForm(InvolverForm):
    """Why the unit cannot receive the child, and who can."""

    reason = TermField(
        DeclineReason,
        label=gettext_lazy("Why not?"),
        widget=TermCards,
        error_messages={"required": gettext_lazy("Choose why.")},
    )
    onward = UnitField(
        label=gettext_lazy("Who can receive the child instead?"),
        nobody=gettext_lazy("We do not know"),
        error_messages={"required": gettext_lazy("Choose a unit, or say that you do not know.")},
    )


class LandingForm(InvolverForm):
    """How the child has landed; where knowledge was missing, which kind."""

    landing = forms.ChoiceField(
        label=gettext_lazy("How has the child landed?"),
        widget=CardRadio,
        error_messages={"required": gettext_lazy("Choose how the child has landed.")},
    )
    missing = TermField(
        MissingKnowledge,
        label=gettext_lazy("Which kind of knowledge was missing?"),
        help_text=gettext_lazy("Only if knowledge was missing."),
        error_messages={"required": gettext_lazy("Which kind of knowledge was missing?")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        landing = cast("forms.ChoiceField", self.fields["landing"])
        landing.choices = [(each.value, capfirst(each.label)) for each in Landing]

    def clean(self) -> dict[str, Any]:
        """Ask what was missing only where something was; what else was chosen there does not matter."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("landing") != Landing.KNOWLEDGE_MISSING:
            self.errors.pop("missing", None)
            cleaned["missing"] = None
        return cleaned
