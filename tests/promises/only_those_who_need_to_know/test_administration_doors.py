"""The administration: every address of it, for administrators; for nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from tests.promises.only_those_who_need_to_know.cast import Cast
from tests.promises.only_those_who_need_to_know.doors import (
    FORBIDDEN,
    IN,
    NOBODY,
    clients_of,
    knock,
    read,
    routes,
)
from tests.promises.only_those_who_need_to_know.who_is_let_in import ADMINISTERED, NOT_ADDED, OF_THE_ADMINISTRATION

pytestmark = pytest.mark.django_db

PAGES = ("changelist", "add", "change", "history", "delete")
OTHERS = (NOBODY, "ina", "maja", "karin", "dorthe")
UNNAMED = {"admin:", ""}  # what leads to a change, to signing in, or nowhere


def models() -> set[str]:
    """Give what is administered."""
    return {f"{app}_{model}" for app, about in ADMINISTERED.items() for model in about.split()}


def rows_of(model: str) -> Any:
    """Give the rows of something administered."""
    return apps.get_model(model.replace("_", ".", 1))._default_manager.all()


def path_of(model: str, page: str) -> str:
    """Give the address of a page about the first of its kind, or about none where there is none yet."""
    if page in ("changelist", "add"):
        return reverse(f"admin:{model}_{page}")
    first = rows_of(model).order_by("pk").first()
    return reverse(f"admin:{model}_{page}", args=[first.pk if first else 0])


def test_every_address_of_the_administration_is_in_the_table() -> None:
    named = {name.removeprefix("admin:") for name, pattern in routes() if pattern.startswith("admin/")} - {""}
    pages = {f"{model}_{page}" for model in models() for page in PAGES}
    assert named == pages | set(OF_THE_ADMINISTRATION.split())


def test_nobody_but_an_administrator_comes_in(cast: Cast) -> None:
    clients = clients_of(cast, list(OTHERS))
    paths = {
        re.sub(
            r"\(.*|<[^>]*>", "1", f"/{pattern}".replace("^(?P<app_label>coordination|notifications)/$", "coordination/")
        )
        for _name, pattern in routes()
        if pattern.startswith("admin/") and not pattern.startswith(("admin/login", "admin/logout"))
    }
    assert len(paths) > 200
    let_in = [
        (path, who)
        for path in sorted(paths)
        for who, client in clients.items()
        if read(knock(client, "POST" if len(path) % 2 else "GET", path)) == IN
    ]
    assert let_in == []


def test_an_administrator_sees_and_changes_all_of_it_and_deletes_nothing(cast: Cast) -> None:
    client = clients_of(cast, ["admin"])["admin"]
    wrong = []
    for model in sorted(models()):
        for page in PAGES:
            if not apps.get_model(model.replace("_", ".", 1))._default_manager.exists() and page not in (
                "changelist",
                "add",
            ):
                continue  # Django leads from what is not there to the first page
            is_shut = page == "delete" or (page == "add" and model in NOT_ADDED)
            found = read(knock(client, "GET", path_of(model, page)))
            if found != (FORBIDDEN if is_shut else IN):
                wrong.append((model, page, found))
    assert wrong == []


@pytest.mark.parametrize("path", ["/admin/", "/admin/coordination/user/", "/admin/findes/ikke/"])
def test_who_is_no_administrator_is_told_that_there_is_none(cast: Cast, path: str) -> None:
    for who, client in clients_of(cast, ["maja", "karin", "dorthe"]).items():
        answer = client.get(path, follow=True)
        assert (answer.status_code, len(answer.redirect_chain)) == (404, 1), who
    nobody = clients_of(cast, [NOBODY])[NOBODY].get(path, follow=True)
    assert nobody.redirect_chain[-1][0].startswith(reverse("sign_in"))


def test_signing_in_leads_an_administrator_to_where_they_wanted(cast: Cast) -> None:
    answer = clients_of(cast, ["admin"])["admin"].get("/admin/login/?next=/admin/", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, reverse("admin:index"))
