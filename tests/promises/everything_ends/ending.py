"""What the stories of endings have in common: an officer, time that is over, and all that belongs to a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from coordination.commands.cases import close_case
from coordination.commands.figures import reckon_figures
from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.models import Case, CaseOutcome, CaseState, Role, User
from tests.builders import World, a_case_with_reference, accepted, on, term

YEAR = 365


def an_officer(world: World) -> User:
    """Oda looks after the rights of children and parents in the municipality."""
    officer = register_person(draft=PersonDraft("oda", "Oda Olsen"), actor=None, now=on(-20))
    begin_membership(user=officer, unit=world.town, role=Role.OFFICER, actor=None, now=on(-20))
    return officer


def a_closed_case(world: World, number: str = "P-2026-1042", **changes: Any) -> Case:
    """Maja's case with a reference, in which PPR took part, closed on the Tuesday."""
    case = a_case_with_reference(world, number, **changes)
    accepted(world, case)
    return close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))


def closed_by_force(*cases: Case, at: datetime) -> None:
    """Let cases be closed with all that is under way in them, as no command would."""
    pks = [case.pk for case in cases]
    outcome = term(CaseOutcome, "solved")
    Case.objects.filter(pk__in=pks).update(state=CaseState.CLOSED, closed_at=at, outcome=outcome)


def all_reckoned(*, now: datetime) -> None:
    """Reckon the figures of all periods that are over."""
    while reckon_figures(now=now):
        pass


def ways_to_the_case() -> dict[type[models.Model], list[str]]:
    """Every model whose rows belong to a case, with the paths by which they do: over as many rows as it takes.

    A path that is emptied when the other end goes (SET_NULL) is none.
    """
    ways: dict[type[models.Model], list[str]] = {Case: ["pk"]}
    found = True
    while found:
        found = False
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                target = field.related_model
                if not isinstance(field, models.ForeignKey) or target not in ways or target is model:
                    continue
                if field.remote_field.on_delete is models.SET_NULL:
                    continue
                for way in ways[target]:
                    path = field.name if way == "pk" else f"{field.name}__{way}"
                    known = ways.setdefault(model, [])
                    if path not in known and path.count("__") < 5:
                        known.append(path)
                        found = True
    return ways


def rows_of(*cases: Case) -> dict[type[models.Model], set[Any]]:
    """The ids of all rows that belong to one of the cases."""
    pks = [case.pk for case in cases]
    rows: dict[type[models.Model], set[Any]] = {}
    for model, ways in ways_to_the_case().items():
        belongs = Q()
        for way in ways:
            belongs |= Q(**{f"{way}__in": pks})
        rows[model] = set(models.QuerySet(model).filter(belongs).values_list("pk", flat=True))
    return rows


def everything_stored() -> Iterator[tuple[str, str]]:
    """Each value in the database that is text or bytes, with the place where it stands."""
    for model in apps.get_models():
        for row in models.QuerySet(model).values():
            for column, value in row.items():
                if isinstance(value, (bytes, memoryview)):
                    yield f"{model.__name__}.{column}", bytes(value).hex()
                elif isinstance(value, (str, dict, list)):
                    yield f"{model.__name__}.{column}", str(value)
