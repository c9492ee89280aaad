"""Days as people say them, and the labels of codes: what every page is written with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from coordination.models import LookReason, Theme
from coordination.queries.labels import Labels
from coordination.rules.day_words import day_words, due_words, whole_day
from coordination.templatetags.labels import labels_of
from tests.builders import World, day, term

TODAY = date(2026, 9, 14)  # a Monday


@pytest.fixture(autouse=True)
def in_english() -> Any:
    """Words are checked as they stand in the code."""
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("when", "said", "said_after_by"),
    [
        (date(2026, 9, 14), "today", "today"),
        (date(2026, 9, 15), "tomorrow", "tomorrow"),
        (date(2026, 9, 16), "on Wednesday", "Wednesday"),
        (date(2026, 9, 20), "on Sunday", "Sunday"),
        (date(2026, 9, 21), "Monday 21 September", "Monday 21 September"),
        (date(2026, 12, 31), "Thursday 31 December", "Thursday 31 December"),
        (date(2027, 8, 3), "3 August 2027", "3 August 2027"),
        (date(2026, 9, 13), "yesterday", "yesterday"),
        (date(2026, 9, 12), "2 days ago", "2 days ago"),
        (date(2026, 9, 8), "6 days ago", "6 days ago"),
        (date(2026, 9, 7), "Monday 7 September", "Monday 7 September"),
        (date(2025, 3, 1), "1 March 2025", "1 March 2025"),
    ],
)
def test_a_day_is_said_as_people_say_it(when: date, said: str, said_after_by: str) -> None:
    assert day_words(when, TODAY) == said
    assert due_words(when, TODAY) == said_after_by


def test_a_day_soon_after_new_year_needs_no_year() -> None:
    assert day_words(date(2027, 1, 7), date(2026, 12, 15)) == "Thursday 7 January"
    assert day_words(date(2027, 8, 3), date(2026, 12, 15)) == "3 August 2027"


def test_the_weekday_is_said_in_danish_to_danes() -> None:
    with translation.override("da"):
        assert due_words(date(2026, 9, 17), TODAY) == "torsdag"
        assert "september" in whole_day(date(2026, 9, 17))


def draw(text: str, **context: Any) -> str:
    return Template("{% load days labels %}" + text).render(Context(context))


def test_a_time_is_said_on_the_danish_day_on_which_it_falls() -> None:
    late_in_the_evening = datetime(2026, 9, 14, 22, 30, tzinfo=UTC)  # half past midnight on the 15th in Denmark
    assert draw("{{ at|day_words:today }}", at=late_in_the_evening, today=TODAY) == "tomorrow"
    assert draw("{{ at|clock_words }}", at=late_in_the_evening) == "00:30"


def test_a_day_is_marked_up_with_the_exact_one_beside_it() -> None:
    drawn = draw("{% day_time day %}", day=date(2026, 9, 16), today=TODAY)
    assert drawn == '<time datetime="2026-09-16" title="Wednesday 16 September 2026">on Wednesday</time>'
    assert draw('{% day_time day "due" %}', day=date(2026, 9, 16), today=TODAY).endswith(">Wednesday</time>")


def test_a_moment_is_marked_up_with_its_time() -> None:
    drawn = draw('{% day_time at "moment" %}', at=datetime(2026, 9, 14, 7, 5, tzinfo=UTC), today=TODAY)
    assert drawn == '<time datetime="2026-09-14T09:05+02:00" title="Monday 14 September 2026">today at 09:05</time>'


def test_no_day_is_nothing() -> None:
    assert draw("{% day_time day %}{{ day|day_words:today }}{{ day|clock_words }}", day=None, today=TODAY) == ""


def test_labels_and_names_are_given_in_the_language_of_the_reader(world: World) -> None:
    theme = term(Theme, "trivsel")
    written = '{% label "theme" "trivsel" %}, {% unit_name unit %}, {% person_name person %}'
    drawn = draw(written, unit=world.ppr.pk, person=world.anna.pk)
    assert drawn == f"{theme.label_en}, PPR, Anna Bang"
    with translation.override("da"):
        assert theme.label_da in draw(written, unit=None, person=None)


def test_a_retired_term_keeps_its_label_and_an_unknown_code_stands_as_it_is(world: World) -> None:
    Theme.objects.filter(code="trivsel").update(is_retired=True)
    assert draw('{% label "theme" "trivsel" %}') == term(Theme, "trivsel").label_en
    assert draw('{% label "theme" "of-old" %}') == "of-old"


def test_all_the_labels_and_names_of_one_page_cost_one_query(world: World, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    people = [person.pk for person in world.people.values()]
    with django_assert_num_queries(1):
        labels_of(request).expect(people=people, units=[unit.pk for unit in world.units.values()])
    row = Template(
        "{% load labels %}{% for person in people %}{% person_name person %}"
        '{% label "theme" "trivsel" %}{% label "theme" "laering" %}{% label "decline_reason" "x" %}{% endfor %}'
        "{% unit_name unit %}"
    )
    with django_assert_num_queries(0):
        drawn = row.render(RequestContext(request, {"people": people, "unit": world.ppr.pk}))
    for name in ("Maja Holm", "Well-being", "PPR"):
        assert name in drawn


def test_the_terms_that_can_be_chosen_come_in_the_municipalitys_order(world: World) -> None:
    LookReason.objects.filter(code="complaint").update(is_retired=True)
    LookReason.objects.filter(code="supervision").update(position=999)
    chosen = Labels().current(LookReason)
    assert chosen == list(LookReason.objects.current())
    assert [reason.label for reason in chosen] == [reason.label for reason in LookReason.objects.current()]
    assert chosen[-1].code == "supervision"
    assert "complaint" not in [reason.code for reason in chosen]


def test_the_monday_of_the_tests_is_a_monday() -> None:
    assert day() == TODAY
