"""What every form promises: days as people write them, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms

from coordination.web.forms_base import CardRadio, DateField, InvolverForm


class MoveForm(InvolverForm):
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Alpha"), ("b", "Beta")], widget=CardRadio)
    day = DateField(label="Day", help_text="A working day")
    note = forms.CharField(label="Room", required=False)


@pytest.mark.parametrize("typed", ["2026-08-01", "01-08-2026", "1.8.2026", "1/8/2026", "1/8/26"])
def test_a_day_is_understood_in_every_usual_spelling(typed: str) -> None:
    assert DateField().clean(typed) == dt.date(2026, 8, 1)


def test_an_impossible_day_is_refused_and_shown_again_as_typed() -> None:
    form = MoveForm({"kind": "a", "day": "31-02-2026"})
    assert "day" in form.errors
    html = str(form["day"])
    assert 'type="text"' in html
    assert 'value="31-02-2026"' in html


def test_a_day_in_danish_spelling_returns_to_the_date_picker() -> None:
    html = str(MoveForm({"kind": "a", "day": "1.8.2026"})["day"])
    assert 'type="date"' in html
    assert 'value="2026-08-01"' in html


def test_a_form_keeps_its_submission_key_over_an_error() -> None:
    fresh = str(MoveForm()["submission"].value())
    again = MoveForm({"submission": fresh, "kind": "", "day": ""})
    assert not again.is_valid()
    assert f'value="{fresh}"' in str(again)


def test_every_fresh_form_has_a_key_of_its_own() -> None:
    assert MoveForm()["submission"].value() != MoveForm()["submission"].value()


def test_a_form_without_a_submission_key_is_refused() -> None:
    assert not MoveForm({"kind": "a", "day": "2026-08-01"}).is_valid()


def test_errors_are_listed_first_and_lead_to_their_fields() -> None:
    html = str(MoveForm({"kind": "", "day": "never"}))
    assert html.index("error-summary") < html.index('name="kind"')
    assert 'href="#id_kind_0"' in html
    assert 'id="id_kind_0"' in html
    assert 'href="#id_day"' in html
    assert 'aria-describedby="id_day_helptext id_day_error"' in html
    assert 'id="id_day_error"' in html
    assert 'id="id_day_helptext"' in html


def test_a_choice_shows_its_hint() -> None:
    form = MoveForm()
    form.fields["kind"].widget.hints = {"b": "answers within a day"}
    html = str(form["kind"])
    assert html.index("Beta") < html.index("answers within a day")
