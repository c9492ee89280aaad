"""Loading the defaults: what is missing is added, what is there stays as the municipality has made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from coordination.defaults.moves import load_moves
from coordination.models import VOCABULARIES, DeadlineKind, DeadlineRule, RuleStep, Term, Theme, ThemeHelper, UnitKind

_HERE = Path(__file__).parent
_AUDIENCES = ("owner", "asker", "leader", "leader_above")


def load_defaults(*, using: str = "default") -> None:
    """Add the vocabularies that are empty and the rules that are missing; both may be called again at any time."""
    with transaction.atomic(using=using):
        terms = json.loads((_HERE / "vocabularies.json").read_text(encoding="utf-8"))
        for vocabulary in VOCABULARIES:
            _add_terms(vocabulary, terms.get(vocabulary.__name__.lower(), []), using)
        load_moves(using)
        rules = json.loads((_HERE / "deadline_rules.json").read_text(encoding="utf-8"))
        for kind in DeadlineKind:
            _add_rule(kind, rules[kind.value], using)


def _add_terms(vocabulary: type[Term], rows: list[dict[str, Any]], using: str) -> None:
    known = set(vocabulary.objects.using(using).values_list("code", flat=True))
    for position, row in enumerate(rows, start=1):
        if row["code"] in known:
            continue
        fields = {name: value for name, value in row.items() if name != "unit_kinds"}
        term = vocabulary.objects.using(using).create(position=10 * position, **fields)
        if isinstance(term, Theme):
            _add_helpers(term, row["unit_kinds"], using)


def _add_helpers(theme: Theme, codes: list[str], using: str) -> None:
    """Let the kinds of units help in the order in which they are listed."""
    kinds = dict(UnitKind.objects.using(using).filter(code__in=codes).values_list("code", "pk"))
    for position, code in enumerate(codes, start=1):
        if code in kinds:  # a municipality may have put other kinds in their place
            ThemeHelper.objects.using(using).create(theme=theme, unitkind_id=kinds[code], position=10 * position)


def _add_rule(kind: DeadlineKind, row: dict[str, Any], using: str) -> None:
    rule, is_new = DeadlineRule.objects.using(using).get_or_create(
        kind=kind,
        defaults={
            "limit_days": row["limit"],
            "urgent_limit_days": row.get("urgent", row["limit"]),
            "again_weeks": row.get("again_weeks"),
        },
    )
    if is_new:
        for step in row["steps"]:
            RuleStep.objects.using(using).create(
                rule=rule,
                offset_days=step["day"],
                repeat_days=step.get("repeat"),
                **{f"tells_{audience}": audience in step["tells"] for audience in _AUDIENCES},
            )
