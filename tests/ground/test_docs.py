"""What the documentation claims points at its test, and the test is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.services import ROOT

POINTER = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PAGES = ["threat-model.md", "konsekvensanalyse.md"]


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_is_pointed_at_is_there(page: str) -> None:
    pointers = POINTER.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert pointers
    missing = [f"{file}::{name}" for file, name in pointers if name not in names_in(ROOT / file)]
    assert missing == []


def test_every_claim_of_the_threat_model_points_at_a_test() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    held = text.split("## What holds them off")[1].split("## What is not held")[0]
    claims = [row for row in held.splitlines() if row.startswith("| ") and not row.startswith("| claim |")]
    assert len(claims) > 30
    assert [claim for claim in claims if not POINTER.search(claim)] == []
