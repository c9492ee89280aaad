"""Who is let in where: every address, for everybody, by every method. One that is in no row fails here."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.promises.only_those_who_need_to_know.cast import Cast
from tests.promises.only_those_who_need_to_know.doors import (
    FORBIDDEN,
    GONE,
    IN,
    NOBODY,
    NOT_SO,
    SIGN_IN,
    UNSEEN,
    clients_of,
    doors_of,
    knock,
    name_of,
    read,
    routes,
)
from tests.promises.only_those_who_need_to_know.who_is_let_in import (
    ANYBODY,
    EVERYBODY,
    OF_UNITS,
    SHUT,
    SIGNED_OUT,
    TABLE,
    Row,
)

pytestmark = pytest.mark.django_db

ROWS = (*TABLE, *OF_UNITS)
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
PARTS = 3  # so many tests share the table, for several processes at once


def expected(row: Row, who: str) -> str:
    """What somebody should be answered at the address of a row, by one of its methods."""
    if row.let_in in (ANYBODY, SHUT):
        return IN if row.let_in == ANYBODY else UNSEEN
    if who in (NOBODY, GONE) or row.let_in == SIGNED_OUT:
        return SIGN_IN
    if who in row.forbidden.split() or who in row.let_in.split():
        return FORBIDDEN if who in row.forbidden.split() else IN
    if row in OF_UNITS:
        return UNSEEN if who == "dorthe" else FORBIDDEN if row.forbidden == EVERYBODY else IN
    return IN if row.let_in == EVERYBODY else UNSEEN


def otherwise(row: Row, name: str) -> str:
    """What somebody should be answered by a method that the rows of an address do not name."""
    return NOT_SO if row.let_in in (ANYBODY, SHUT) or name not in (NOBODY, GONE) else SIGN_IN


def answers(row: Row, method: str, path: str, clients: dict[str, Client]) -> list[str]:
    """Say what those are answered who are answered otherwise than the row has it."""
    named = method in row.methods.split()
    found = {who: read(knock(client, method, path)) for who, client in clients.items()}
    wanted = {who: expected(row, who) if named else otherwise(row, who) for who in clients}
    return [
        f"{method} {row.name} as {who or 'nobody'}: {found[who]}, and not {wanted[who]}"
        for who in clients
        if found[who] != wanted[who]
    ]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = {name_of(route) for route in routes() if not route[1].startswith("admin/")}
    assert {row.name for row in ROWS} == names
    methods = [(row.name, method) for row in ROWS for method in row.methods.split()]
    assert len(methods) == len(set(methods))


def test_everybody_is_named_in_the_table_or_has_nothing_to_do_with_anything(cast: Cast) -> None:
    named = {name for row in ROWS for names in (row.let_in, row.forbidden) for name in names.split()}
    assert named - {EVERYBODY, ANYBODY, SHUT, *SIGNED_OUT.split()} <= set(cast.everybody)
    assert set(cast.everybody) - named == {"dina", "frida", "olga", GONE}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_comes_is_let_in_as_the_table_has_it(cast: Cast, method: str, part: int) -> None:
    doors, clients = doors_of(cast), clients_of(cast, [NOBODY, *cast.everybody])
    rows = [row for row in ROWS if method in row.methods.split()][part::PARTS]
    assert [line for row in rows for line in answers(row, method, doors[row.name], clients)] == []


def test_the_other_methods_open_no_other_door(cast: Cast) -> None:
    """HEAD is answered like GET, where it is; what no row of an address names is refused, whoever asks."""
    doors, clients = doors_of(cast), clients_of(cast, [NOBODY, "maja", "olga"])
    by_name = {row.name: [each for each in ROWS if each.name == row.name] for row in ROWS}
    wrong = []
    for name, rows in by_name.items():
        named = {method: row for row in rows for method in row.methods.split()}
        unnamed = {"GET", "POST"} - named.keys()
        for method in (*OTHER_METHODS, *sorted(unnamed)):
            wrong += answers(named.get(method, rows[0]), method, doors[name], clients)
    assert wrong == []
