"""Loading the shipped kinds of moves and their templates, where a municipality has none of that kind yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils import timezone

from coordination.models import (
    MilestoneKind,
    TemplateMilestone,
    TransitionKind,
    TransitionTemplate,
    UnitKind,
)

_HERE = Path(__file__).parent


def load_moves(using: str) -> None:
    """Add the kinds of milestones and of moves that are missing, each move with the first version of its template."""
    moves = json.loads((_HERE / "moves.json").read_text(encoding="utf-8"))
    known = set(MilestoneKind.objects.using(using).values_list("code", flat=True))
    for position, row in enumerate(moves["milestones"], start=1):
        if row["code"] not in known:
            MilestoneKind.objects.using(using).create(position=10 * position, **row)
    known = set(TransitionKind.objects.using(using).values_list("code", flat=True))
    for position, row in enumerate(moves["kinds"], start=1):
        if row["code"] not in known:
            _add_kind(row, 10 * position, using)
    kinds = {each.code: each for each in TransitionKind._base_manager.using(using)}  # noqa: SLF001 -- the typed one
    for row in moves["kinds"]:
        if row["code"] not in known and row.get("next"):
            kinds[row["code"]].next_kind = kinds[row["next"]]
            kinds[row["code"]].save(using=using)


def _add_kind(row: dict[str, Any], position: int, using: str) -> None:
    month, day = row.get("usual_day") or (None, None)
    kind = TransitionKind(
        code=row["code"],
        label_da=row["label_da"],
        label_en=row["label_en"],
        position=position,
        leaves_town=row.get("leaves_town", False),
        move_month=month,
        move_day=day,
    )
    kind.save(using=using)
    for field, codes in ((kind.from_kinds, row.get("from", [])), (kind.to_kinds, row.get("to", []))):
        field.set(UnitKind.objects.using(using).filter(code__in=codes).values_list("pk", flat=True))
    template = TransitionTemplate.objects.using(using).create(
        kind=kind, version=1, made_at=timezone.now(), follow_up_days=row.get("follow_up_days", 90)
    )
    milestone_kinds = {each.code: each for each in MilestoneKind._base_manager.using(using)}  # noqa: SLF001
    for number, (code, owed_by, when) in enumerate(row["milestones"], start=1):
        TemplateMilestone.objects.using(using).create(
            template=template,
            kind=milestone_kinds[code],
            position=number,
            is_senders=owed_by == "from",
            **when,
        )
