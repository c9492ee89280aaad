"""Every command begins its transaction anew where PostgreSQL ends it for another one, whoever calls it, form or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError

from coordination import commands
from coordination.commands.changing import again_after_deadlock

BEGINS_ONE = {"changing", "transaction.atomic"}


class EndedForAnother(Exception):
    """What psycopg raises where PostgreSQL has ended a transaction to let another one pass."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def functions() -> Iterator[ast.FunctionDef]:
    """All functions at the top of the files of commands."""
    for path in sorted(Path(commands.__path__[0]).glob("*.py")):
        for found in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(found, ast.FunctionDef):
                yield found


def begins_a_transaction(function: ast.FunctionDef) -> bool:
    """Whether a function holds ``with changing(…)`` or ``with transaction.atomic(…)``."""
    calls = (
        item.context_expr
        for statement in ast.walk(function)
        if isinstance(statement, ast.With)
        for item in statement.items
    )
    return any(isinstance(call, ast.Call) and ast.unparse(call.func) in BEGINS_ONE for call in calls)


def test_every_command_that_begins_a_transaction_begins_it_anew_after_a_deadlock() -> None:
    # What takes something without a keyword is called by commands, within their transaction.
    begin_one = [found for found in functions() if not found.args.args and begins_a_transaction(found)]
    without = {
        found.name
        for found in begin_one
        if again_after_deadlock.__name__ not in {ast.unparse(decorator) for decorator in found.decorator_list}
    }
    assert len(begin_one) > 50
    assert without == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sqlstate", "attempts"), [("40P01", 5), ("40001", 5), ("57014", 1)], ids=["deadlock", "serialization", "other"]
)
def test_only_what_was_ended_for_another_is_begun_anew_and_not_for_ever(sqlstate: str, attempts: int) -> None:
    begun = 0

    @again_after_deadlock
    def act() -> None:
        nonlocal begun
        begun += 1
        raise OperationalError from EndedForAnother(sqlstate)

    with pytest.raises(OperationalError):
        act()
    assert begun == attempts
