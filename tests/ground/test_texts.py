"""Every text of the screens is found, and one without good Danish is named."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from backend.management.commands.messages import build_catalogue, find_faults
from backend.texts import Text, find_texts

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Plain")
B = _("Over "
      "two lines")
C = ngettext("%(n)s case", "%(n)s cases", 2)
D = pgettext("verb", "Open")
E = _(variable)
"""
TEMPLATE = """{% load i18n %}{% translate "In a tag" %} {{ _("In a variable") }}
{% blocktranslate trimmed with name=person %}
  Hello, {{ name }}
{% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}
{% translate "Open" context "adjective" %} {% include "x.html" with label=_("As an argument") %}
{% translate 'It is "quoted"' %}"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "coordination").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "coordination" / "some.py").write_text(PYTHON)
    (tmp_path / "templates" / "some.html").write_text(TEMPLATE)
    return tmp_path


def test_texts_are_found_in_python_and_templates(project: Path) -> None:
    found = {(text.context, text.singular, text.plural) for text in find_texts(project)}
    assert found == {
        (None, "Plain", None),
        (None, "Over two lines", None),
        (None, "%(n)s case", "%(n)s cases"),
        ("verb", "Open", None),
        (None, "In a tag", None),
        (None, "In a variable", None),
        (None, "Hello, %(name)s", None),
        (None, "%(n)s day", "%(n)s days"),
        ("adjective", "Open", None),
        (None, "As an argument", None),
        (None, 'It is "quoted"', None),
    }


def catalogue_of(text: Text, **danish: object) -> polib.POFile:
    old = polib.POFile()
    old.append(polib.POEntry(msgid=text.singular, msgid_plural=text.plural or "", **danish))
    return build_catalogue([text], old)


def test_danish_that_exists_is_kept() -> None:
    catalogue = catalogue_of(Text(None, "Case", None, ["a.py"]), msgstr="Forløb")
    assert [(entry.msgid, entry.msgstr) for entry in catalogue] == [("Case", "Forløb")]
    assert find_faults(catalogue) == []


def test_a_text_that_is_no_longer_used_goes() -> None:
    old = polib.POFile()
    old.append(polib.POEntry(msgid="Gone", msgstr="Væk"))
    assert list(build_catalogue([], old)) == []


def test_a_text_without_danish_is_named_with_its_file() -> None:
    assert find_faults(catalogue_of(Text(None, "Case", None, ["a.py"]))) == ["no Danish: 'Case' (a.py)"]


def test_danish_that_fills_in_something_else_is_named() -> None:
    catalogue = catalogue_of(Text(None, "Hello, %(name)s", None), msgstr="Hej, %(navn)s")
    assert find_faults(catalogue) == ["other placeholders in Danish: 'Hello, %(name)s'"]


@pytest.mark.parametrize(
    ("one", "many", "faults"),
    [
        ("Et forløb", "%(n)s forløb", 0),
        ("%(n)s forløb", "", 1),
        ("%(x)s forløb", "%(n)s forløb", 1),
        ("%(n)s forløb", "Flere", 1),
    ],
)
def test_both_danish_forms_are_looked_at(one: str, many: str, faults: int) -> None:
    text = Text(None, "%(n)s case", "%(n)s cases")
    assert len(find_faults(catalogue_of(text, msgstr_plural={0: one, 1: many}))) == faults
