"""The page Ledelse and its files: who sees which figures, and that the files hold what the page shows and no more."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.figures import reckon_figures
from coordination.commands.people import set_absence
from coordination.commands.units import UnitDraft, place_unit
from coordination.models import FigureRule, Unit, UnitKind, User
from coordination.web.figures import exports
from coordination.web.figures.rows import Record
from tests.builders import PASSWORD, World, on, term
from tests.figures.quarters import quarters
from tests.figures.town import AFTERWARDS, FIRST, LAST, answers, at, cases
from tests.pages.asking import see, words

PAGE = "/ledelse/"


def read(person: User, path: str = PAGE, *, language: str = "en") -> str:
    response = see(person, path, at=AFTERWARDS, language=language)
    assert response.status_code == 200
    return words(response)


def figure(page: str, key: str) -> str:
    """Cut one figure out of a page."""
    return page.split(f'aria-labelledby="{key}"')[1].split("</section>", maxsplit=1)[0]


def of(unit: Unit, kind: str = "") -> str:
    path = reverse("figures_file", args=[kind]) if kind else PAGE
    return f"{path}?enhed={unit.pk}"


# --- Who sees it --------------------------------------------------------------------------------------------
def test_who_leads_nothing_finds_no_such_page_and_no_way_to_it(world: World) -> None:
    answers(world, world.school, in_time=20)
    reckon_figures(now=AFTERWARDS)
    for path in (PAGE, of(world.school), of(world.school, "csv"), of(world.school, "xlsx")):
        assert see(world.maja, path, at=AFTERWARDS).status_code == 404
    assert PAGE not in words(see(world.maja, "/", at=AFTERWARDS))
    assert PAGE in words(see(world.lone, "/", at=AFTERWARDS))


def test_an_administrator_sees_no_figures(world: World) -> None:
    chief = User.objects.create_superuser("chief", PASSWORD, name="Chief Administrator")
    assert see(chief, PAGE, at=AFTERWARDS).status_code == 404


def test_a_leader_sees_the_units_below_and_no_other(world: World) -> None:
    quarters(world, FIRST)
    page = read(world.sanne)
    assert "Skole · quarter 3 2026" in page
    assert "Bakkeskolen" in page
    assert "PPR" not in page.split("<main")[1]
    assert read(world.sanne, of(world.school))
    for unit in (world.town, world.ppr, world.kindergarten):
        for path in (of(unit), of(unit, "csv"), of(unit, "xlsx")):
            assert see(world.sanne, path, at=AFTERWARDS).status_code == 404


@pytest.mark.parametrize("wanted", ["0", "-1", "x", "²", "9" * 30])
def test_a_unit_that_never_was_is_not_found(world: World, wanted: str) -> None:
    assert see(world.dorte, f"{PAGE}?enhed={wanted}", at=AFTERWARDS).status_code == 404


def test_the_stand_in_of_a_leader_sees_what_the_leader_sees_while_it_lasts(world: World) -> None:
    quarters(world, FIRST)
    away = {"first_on": AFTERWARDS.date(), "last_on": AFTERWARDS.date()}
    set_absence(user=world.lone, stand_in=world.maja, actor=world.lone, now=AFTERWARDS, **away)
    assert "Bakkeskolen · quarter 3 2026" in read(world.maja)
    assert see(world.maja, PAGE, at=at(date(2026, 10, 2))).status_code == 404


def test_a_unit_that_has_gone_elsewhere_since_is_left_out(world: World) -> None:
    quarters(world, FIRST)
    assert "Åskolen" in figure(read(world.sanne), "voices")
    Unit.objects.filter(pk=world.other_school.pk).update(
        parent=world.daycare, path=f"{world.daycare.path}{world.other_school.pk}/"
    )
    assert "Åskolen" not in figure(read(world.sanne), "voices")


# --- What it says -------------------------------------------------------------------------------------------
def test_before_the_first_period_is_over_it_says_when_there_will_be_something(world: World) -> None:
    page = read(world.lone)
    assert "No period is over yet" in page
    assert 'aria-labelledby="answers"' not in page
    assert see(world.lone, of(world.school, "csv"), at=AFTERWARDS).status_code == 404


def test_every_figure_says_its_number_and_its_direction(world: World) -> None:
    quarters(world, date(2026, 4, 1), FIRST)
    page = read(world.dorte)
    assert re.findall(r'class="box figure" aria-labelledby="(\w+)"', page) == [
        "answers", "answer_time", "open_asks", "cases", "voices", "transitions",
    ]  # fmt: skip
    assert re.search(r"\d+ % \(\d+ of \d+\)</span>.*percentage points? better", figure(page, "answers"))
    assert "working day" in figure(page, "answer_time")
    assert "quarter 2 2026" in figure(page, "answers")


def test_shares_are_those_of_what_was_counted(world: World) -> None:
    answers(world, world.school, in_time=30, late=10)
    answers(world, world.other_school, in_time=20, late=20)
    reckon_figures(now=AFTERWARDS)
    answered = figure(read(world.sanne), "answers")
    assert '<span class="figure-value">63 % (50 of 80)</span>' in answered
    assert 'data-value="75.00">75 % (30 of 40)' in answered
    assert 'data-value="50.00">50 % (20 of 40)' in answered


def test_a_hidden_number_is_said_to_be_hidden_and_is_nowhere_on_the_page(world: World) -> None:
    answers(world, world.school, in_time=37, late=3)
    reckon_figures(now=AFTERWARDS)
    page = figure(read(world.lone), "answers")
    assert "at least 90 % (of 40)" in page  # 36, were there four too late
    assert "37" not in page
    assert "92" not in page
    danish = read(world.lone, language="da")
    assert "mindst 90 % (af 40)" in danish


def test_units_that_are_too_small_are_named_together(world: World) -> None:
    answers(world, world.school, in_time=30, late=12)
    answers(world, world.ppr, in_time=20, late=9)
    answers(world, world.health, in_time=2, late=1)
    reckon_figures(now=AFTERWARDS)
    answered = figure(read(world.dorte), "answers")
    assert "Too few to show by themselves: PPR, Sundhedsplejen" in re.sub(
        "Dagtilbud, |Familieafdelingen, ", "", answered
    )
    assert "69 % (22 of 32)" in answered


def test_another_period_is_chosen_by_its_month_and_the_latest_otherwise(world: World) -> None:
    quarters(world, date(2026, 4, 1), FIRST)
    assert "Lilleby Kommune · quarter 2 2026" in read(world.dorte, f"{PAGE}?periode=2026-04")
    assert "Lilleby Kommune · quarter 3 2026" in read(world.dorte, f"{PAGE}?periode=nonsense")


def test_every_plot_stands_beside_its_table(world: World) -> None:
    quarters(world, FIRST)
    page = read(world.dorte)
    plots = re.findall(r'<div class="figure-part" data-plot="(?:line|bar)".*?</details>', page)
    assert len(plots) >= 12
    for plot in plots:
        assert re.search(r"<details [^>]*open[^>]*><summary>As a table.*<table.*<caption.*</table>", plot)


def test_the_page_needs_as_many_queries_for_thirty_units_as_for_three(world: World) -> None:
    quarters(world, FIRST)
    for number in range(30):
        draft = UnitDraft(code=f"s{number}", name=f"Skole {number}", kind=term(UnitKind, "skole"), parent=world.schools)
        unit = place_unit(draft=draft, actor=None, now=on(-30))
        answers(world, unit, in_time=10, late=5, on=date(2026, 11, 11))
        cases(world, unit, 12, opened_on=date(2026, 11, 2))
    reckon_figures(now=at(date(2027, 1, 1)))
    counted = []
    for path in (f"{PAGE}?periode=2026-07", f"{PAGE}?periode=2026-10"):
        with CaptureQueriesContext(connection) as queries:
            assert see(world.sanne, path, at=at(date(2027, 1, 1))).status_code == 200
        counted.append(len(queries))
    assert counted[1] <= counted[0]


# --- Files --------------------------------------------------------------------------------------------------
def rows_of_csv(response: HttpResponse) -> list[list[str]]:
    text = response.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def rows_of_xlsx(response: HttpResponse) -> list[list[str]]:
    """Read the cells as they stand, without the words of the first row."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", book.read("xl/sharedStrings.xml").decode())
    assert "<f>" not in sheet  # no formula at all
    found = []
    for row in re.findall(r"<row .*?</row>", sheet):
        cells = re.findall(r'<c r="\w+"(?: s="\d+")?( t="s")?><v>(.*?)</v></c>', row)
        found.append([strings[int(value)] if is_text else value for is_text, value in cells])
    return found


def test_both_files_hold_the_same_and_nothing_that_is_hidden(world: World) -> None:
    answers(world, world.school, in_time=37, late=3)
    reckon_figures(now=AFTERWARDS)
    in_csv = rows_of_csv(see(world.lone, of(world.school, "csv"), at=AFTERWARDS))
    in_xlsx = rows_of_xlsx(see(world.lone, of(world.school, "xlsx"), at=AFTERWARDS))
    assert in_csv == in_xlsx
    assert in_csv[0] == ["Period", "From", "To", "Unit", "Figure", "What", "Count", "In all"]
    counted = [row[5:] for row in in_csv if row[4] == "Answers within the limit"]
    assert counted == [["within the limit", "hidden", "40"], ["too late, or not yet", "fewer than 5", "40"]]
    assert not {"37", "3"} & {cell for row in in_csv[1:] for cell in row}


def test_a_file_has_a_name_that_says_what_it_holds(world: World) -> None:
    quarters(world, FIRST)
    response = see(world.lone, of(world.school, "csv"), at=AFTERWARDS)
    assert response["Content-Disposition"] == 'attachment; filename="involver-bakkeskolen-2026-07.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert see(world.lone, reverse("figures_file", args=["pdf"]), at=AFTERWARDS).status_code == 404


def test_a_file_taken_later_shows_the_same_of_a_period_as_one_taken_before(world: World) -> None:
    answers(world, world.school, in_time=36, late=4)
    reckon_figures(now=AFTERWARDS)
    before = see(world.lone, of(world.school, "csv"), at=AFTERWARDS).content
    answers(world, world.school, late=1, on=LAST)
    FigureRule.objects.create(root=world.town, threshold=3)
    assert reckon_figures(now=AFTERWARDS) == 0
    assert see(world.lone, of(world.school, "csv"), at=AFTERWARDS).content == before


def test_what_a_reader_puts_together_from_all_leaders_files_says_one_thing_of_a_cell(world: World) -> None:
    quarters(world, FIRST)
    said: dict[tuple[str, ...], set[str]] = {}
    for leader, units in ((world.dorte, world.units.values()), (world.sanne, [world.schools, world.school])):
        for unit in units:
            for row in rows_of_csv(see(leader, of(unit, "csv"), at=AFTERWARDS))[1:]:
                said.setdefault(tuple(row[:6]), set()).add(row[6])
    assert len(said) > 100
    assert [cell for cell, values in said.items() if len(values) > 1] == []


@pytest.mark.parametrize(
    "name", ["=1+1", "+45", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0@x", "＝1+1"]
)
def test_a_unit_whose_name_looks_like_a_formula_is_taken_for_text(name: str) -> None:
    record = replace(_a_record(), unit=name)
    [_heading, row] = list(csv.reader(io.StringIO(_text(exports.as_csv([record])), newline=""), delimiter=";"))
    assert row[3] == f"'{name}"
    with zipfile.ZipFile(io.BytesIO(exports.as_xlsx([record]))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_ordinary_names_stay_as_they_are() -> None:
    [_heading, row] = list(csv.reader(io.StringIO(_text(exports.as_csv([_a_record()])), newline=""), delimiter=";"))
    assert row[3] == "Bakkeskolen; Lilleby"


def _text(content: bytes) -> str:
    return content.decode().removeprefix("\ufeff")


def _a_record() -> Record:
    return Record("quarter 3 2026", "2026-07-01", "2026-09-30", "Bakkeskolen; Lilleby", "Answers", "late", 7, 40)
