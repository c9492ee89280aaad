"""The six figures: what each is called, what it measures, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.models import MissingKnowledge, Population
from coordination.queries.figures.counting import MISSING


class Better(StrEnum):
    """Which way is better."""

    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Share:
    """The share of a population that had one of the ``outcomes`` of a table."""

    label: str | Promise
    population: Population
    table: str
    outcomes: tuple[str, ...]
    better: Better


@dataclass(frozen=True)
class Days:
    """A percentile of the working days until an answer came; ``name``: the field of the row."""

    label: str | Promise
    name: str
    better: Better = Better.LESS
    population: Population = Population.ANSWERS


Measure = Share | Days


@dataclass(frozen=True)
class Figure:
    """One figure of the page. ``spread``: the table whose outcomes are also shown one by one."""

    key: str
    title: str | Promise
    explained: str | Promise
    measures: tuple[Measure, ...]
    spread: tuple[tuple[Population, str], ...] = field(default=())


FIGURES = (
    Figure(
        "answers",
        _("Answers within the limit"),
        _("Of the asks whose day came in the period: how many had their yes or no by then."),
        (Share(_("within the limit"), Population.ANSWERS, "answers", ("in_time",), Better.MORE),),
    ),
    Figure(
        "answer_time",
        _("Answer time"),
        _("Working days until an answer came. An ask without one counts with the days that it has waited."),
        (Days(_("half of them within"), "median"), Days(_("nine in ten within"), "ninetieth")),
    ),
    Figure(
        "open_asks",
        _("Asks that wait for an answer"),
        _("Asks without an answer on the last day of the period, by how long they had waited."),
        (
            Share(_("over three weeks"), Population.OPEN_ASKS, "ages", ("older",), Better.LESS),
            Share(_("over a week"), Population.OPEN_ASKS, "ages", ("three_weeks", "older"), Better.LESS),
        ),
        spread=((Population.OPEN_ASKS, "ages"),),
    ),
    Figure(
        "cases",
        _("Cases without a next step, and batons at risk"),
        _(
            "Of the cases open on the last day: those in which nothing was due, and those whose holder was away, gone "
            "or wanted to let go."
        ),
        (
            Share(_("without a next step"), Population.CASES, "next_step", ("missing",), Better.LESS),
            Share(_("baton at risk"), Population.CASES, "baton", ("away", "asked", "gone"), Better.LESS),
        ),
        spread=((Population.CASES, "baton"),),
    ),
    Figure(
        "voices",
        _("The child heard, the parents involved"),
        _("Of the cases open on the last day: in how many the child had been heard, and the parents had taken part."),
        (
            Share(_("child heard"), Population.CASES, "child", ("heard",), Better.MORE),
            Share(_("parents involved"), Population.CASES, "parents", ("involved",), Better.MORE),
        ),
    ),
    Figure(
        "transitions",
        _("Transitions: received in time, landed well"),
        _(
            "Of the children to be received in the period: how many were, by the day. Of those followed up: how many "
            "had landed well, and which knowledge was lost on the way."
        ),
        (
            Share(_("received in time"), Population.RECEPTIONS, "received", ("in_time",), Better.MORE),
            Share(_("landed well"), Population.LANDINGS, "landed", ("well",), Better.MORE),
        ),
        spread=((Population.LANDINGS, "landed"),),
    ),
)

_OUTCOMES: dict[tuple[str, str], str | Promise] = {
    ("answers", "in_time"): _("within the limit"),
    ("answers", "late"): _("too late, or not yet"),
    ("ages", "week"): _("up to a week"),
    ("ages", "three_weeks"): _("one to three weeks"),
    ("ages", "older"): _("over three weeks"),
    ("next_step", "has"): _("with a next step"),
    ("next_step", "missing"): _("without a next step"),
    ("baton", "safe"): _("holder in place"),
    ("baton", "away"): _("holder away"),
    ("baton", "asked"): _("holder wants to let go"),
    ("baton", "gone"): _("holder gone"),
    ("child", "heard"): _("child heard"),
    ("child", "not_yet"): _("child not heard yet"),
    ("parents", "involved"): _("parents involved"),
    ("parents", "not_yet"): _("parents not involved yet"),
    ("received", "in_time"): _("received in time"),
    ("received", "late"): _("received too late, or not yet"),
    ("landed", "well"): _("landed well"),
    ("landed", "needs_more"): _("needs more support"),
}


class OutcomeWords:
    """The words of outcomes; those of the vocabulary are read when the first one is asked for."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] | None = None

    def __call__(self, table: str, outcome: str) -> str:
        """Give the words of an outcome of a table."""
        if outcome.startswith(MISSING):
            if self._kinds is None:
                self._kinds = {kind.code: kind.label for kind in MissingKnowledge.objects.all()}
            code = outcome.removeprefix(MISSING)
            return str(_("lost: %(knowledge)s")) % {"knowledge": self._kinds.get(code, code)}
        return str(_OUTCOMES[table, outcome])
