"""Whatever is sent to a form: it is answered, a refusal changes nothing, and no CPR number is kept or shown.

pytest tests/promises/nothing_sensitive_is_stored/test_fuzzing.py                                 what every run does
pytest tests/promises/nothing_sensitive_is_stored/test_fuzzing.py --hypothesis-profile=thorough   an evening's worth
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from coordination.errors import Unacceptable
from coordination.models import Case, CaseKey, Reference, ReferenceSystem, User
from coordination.privacy.case_keys import new_key, wrap_key
from coordination.privacy.cpr import looks_like_cpr
from coordination.privacy.references import index_number, open_number, read_number, seal_number
from tests.browser.tour import pages_of, set_the_scene
from tests.builders import build_world, on
from tests.promises.nothing_sensitive_is_stored.doors import name_of, text_of
from tests.promises.nothing_sensitive_is_stored.forms import Field, PageForm, forms_on
from tests.promises.nothing_sensitive_is_stored.personal import found_in
from tests.promises.nothing_sensitive_is_stored.places import columns_holding, sessions_and_cache
from tests.rows import Rows, read_rows

COMMON: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
IS_THOROUGH = settings.get_current_profile_name() == "thorough"
# CPR numbers that nobody has, in spellings that people use and some that they hide them in.
SIX, FOUR = "231217", "4871"
CPR = (
    f"{SIX}-{FOUR}",
    f"{SIX}{FOUR}",
    f"{SIX} {FOUR}",
    f" {SIX}.{FOUR} ",
    f"barn {SIX}-{FOUR} hej",
    f"2 3 1 2 1 7 - {FOUR}",
)
HIDDEN_CPR = ("２３１２１７-４８７１", f"{SIX}\u200b{FOUR}", f"23I2l7-{FOUR}", f"{SIX}\u2011{FOUR}")
ODD = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\x1b[2J",
        "\ud7ff",
        "\u202e1234",
        "a\u200bb",
        "\ufeff",
        "'\"><script>alert(1)</script>",
    ),
    *(
        "-1",
        "0",
        "1",
        "999999999999999999999",
        "1e9",
        "٣",
        "NaN",
        "None",
        "[]",
        "{}",
        "../../etc/passwd",
        "%s%s%n",
        "{{7*7}}",
    ),
    *("0000-00-00", "9999-12-31", "31-02-2026", "2026-09-20", "25:61", "10:00", "1" * 5000, "æ" * 70000, "K7M3-92QD"),
)
# What is noted though a form is refused: when somebody did something last, and that somebody tried to sign in.
MAY_CHANGE = {"django_session", "coordination_signinattempt", "coordination_accessrecord", "coordination_loglink"}
SPELLINGS = [f"{SIX}{between}{FOUR}" for between in ("", "-", " ", ".")]


@dataclass
class Site:
    """The tour's municipality with all its forms, and everybody's browsers."""

    forms: list[tuple[str, PageForm]]
    clients: dict[str, Client]
    rows: Rows


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """Set the scene once for all that is drawn here."""
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(on(1), tick=False):
        stops = pages_of(set_the_scene(build_world()))
        people = {person.username: person for person in User.objects.all()}
        site = Site([], {}, {})
        for stop in stops:
            if stop.who not in site.clients:
                site.clients[stop.who] = Client(headers={"accept-language": "en"})
                if stop.who:
                    site.clients[stop.who].force_login(people[stop.who])
            page: Any = site.clients[stop.who].get(stop.path)
            site.forms += [(stop.who, form) for form in forms_on(text_of(page), at=stop.path)]
        site.forms = list({(who, name_of(form.action), *form.fields): (who, form) for who, form in site.forms}.values())
        site.rows = read_rows()
        yield site
        transaction.set_rollback(True)


def values_of(one: Field) -> st.SearchStrategy[list[str]]:
    """Draw what is sent for one field: as it is, what it offers, something of another kind, nothing, or many."""
    odd = st.sampled_from([*CPR, *HIDDEN_CPR, *ODD]) | st.text(max_size=40) | st.integers(0, 60).map(str)
    offered = st.sampled_from(one.options) if one.options else odd
    if one.name == "submission":
        return st.just([str(uuid4())]) | odd.map(lambda value: [value])
    return (
        st.just(one.values)
        | offered.map(lambda value: [value])
        | odd.map(lambda value: [value])
        | st.lists(offered | odd, max_size=4)
    )


@pytest.mark.django_db
@settings(max_examples=1500 if IS_THOROUGH else 60, **COMMON)
@given(data=st.data())
def test_whatever_is_sent_a_form_answers_and_a_refusal_changes_nothing(site: Site, data: st.DataObject) -> None:
    who, form = data.draw(st.sampled_from(site.forms))
    sent = {name: data.draw(values_of(one), label=name) for name, one in form.fields.items()}
    sent |= dict(data.draw(st.lists(st.sampled_from(form.buttons), max_size=1))) if form.buttons else {}
    with transaction.atomic(), time_machine.travel(on(1), tick=False):
        client = site.clients[who]
        ask: Any = client.get if form.method == "get" else client.post
        answer = ask(form.action.partition("#")[0], sent)
        assert answer.status_code < 500
        if answer.status_code >= 400 and form.method == "post":
            assert changed_since(site.rows) == set()
        elif form.method == "post":
            assert columns_holding(SPELLINGS) == set()
            assert not found_in(sessions_and_cache(), SPELLINGS)
        assert not found_in(f"{text_of(answer)} {answer.headers}", SPELLINGS)
        transaction.set_rollback(True)


def changed_since(before: Rows) -> set[str]:
    """Name the tables whose rows are not as they were; a session may say that it was used."""
    after = read_rows()
    tables = {model._meta.db_table: (before.get(model), after.get(model)) for model in {*before, *after}}
    return {table for table, (then, now) in tables.items() if then != now} - MAY_CHANGE


# ---- References


@pytest.fixture(scope="module")
def systems(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[ReferenceSystem]:
    """Read the systems that are shipped."""
    with django_db_blocker.unblock():
        return [system for system in ReferenceSystem.objects.order_by("pk") if isinstance(system, ReferenceSystem)]


def typed_numbers(system: ReferenceSystem) -> st.SearchStrategy[str]:
    """Draw what the pattern of a system takes, what nearly does, and anything."""
    fitting = st.from_regex(re.compile(system.pattern, re.IGNORECASE | re.ASCII), fullmatch=True)
    return (
        fitting
        | fitting.map(lambda number: f"  {number.lower()}\t")
        | st.text(max_size=60)
        | st.sampled_from([*CPR, *ODD])
    )


@settings(max_examples=3000 if IS_THOROUGH else 300, **COMMON)
@given(data=st.data())
def test_a_number_is_refused_with_words_or_comes_back_as_it_was(
    systems: list[ReferenceSystem], data: st.DataObject
) -> None:
    system = data.draw(st.sampled_from(systems))
    typed, other = data.draw(typed_numbers(system)), data.draw(typed_numbers(system))
    numbers = [read_or_refused(system, each) for each in (typed, other)]
    for number in (each for each in numbers if each is not None):
        assert not looks_like_cpr(number)
        assert read_number(system, number) == number
        assert opened_again(number) == number
    if None not in numbers:
        bare = [re.sub(r"[^0-9A-ZÆØÅ]", "", str(number)) for number in numbers]
        same = index_number(system, str(numbers[0])) == index_number(system, str(numbers[1]))
        assert same == (bare[0] == bare[1])


def read_or_refused(system: ReferenceSystem, typed: str) -> str | None:
    """Read a number; None where it is refused, in words that do not repeat it."""
    try:
        return read_number(system, typed)
    except Unacceptable as error:
        refused = error
    assert refused.field == "number"
    assert refused.message
    assert not looks_like_cpr(str(refused.message).replace(system.example, ""))
    return None


def opened_again(number: str) -> str:
    """Seal a number for a row, and open it."""
    uid, key, case = uuid4(), new_key(), Case(code="K7M3-92QD")
    CaseKey(case=case, sealed_key=wrap_key(key, case_code=case.code))
    sealed = seal_number(number, key, uid=uid, case_code=case.code)
    assert number.encode() not in sealed or len(number) < 4
    return open_number(Reference(uid=uid, case=case, sealed_number=sealed))
