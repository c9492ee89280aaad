"""The administration of moves: kinds with their words, and templates that are saved as a new version."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from coordination.commands.templates import MilestoneDraft, TemplateDraft, change_template
from coordination.models import (
    ClosingPeriod,
    Event,
    EventKind,
    InvolvementForm,
    MilestoneKind,
    NotInvolvedReason,
    Span,
    TemplateMilestone,
    TransitionKind,
    TransitionTemplate,
    User,
)
from coordination.rules.milestones import Offset
from tests.builders import PASSWORD, World, on, term

KIND = "to_other_town"  # four milestones, all before the move


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


def newest(kind: str = KIND) -> TransitionTemplate:
    found: TransitionTemplate = TransitionTemplate.objects.filter(kind__code=kind).order_by("-version")[0]
    return found


def page_of(template: TransitionTemplate) -> str:
    return reverse("admin:coordination_transitiontemplate_change", args=[template.pk])


def as_clerk(clerk: User, url: str, sent: dict[str, Any] | None = None, language: str = "en") -> HttpResponse:
    """Look at a page of the administration on the Monday, or send its form."""
    client = Client(headers={"accept-language": language})
    with time_machine.travel(on(), tick=False):
        client.force_login(clerk)
        return client.get(url) if sent is None else client.post(url, sent)  # type: ignore[return-value]


def fields_of(number: int, milestone: TemplateMilestone) -> dict[str, Any]:
    """One line of the form, as the page shows it."""
    amount = milestone.amount
    given = {
        "id": milestone.pk,
        "kind": milestone.kind_id,
        "is_senders": str(milestone.is_senders),
        "amount": "" if amount is None else abs(amount),
        "span": milestone.span,
        "side": "after" if amount is not None and amount > 0 else "before",
        "day": milestone.day or "",
        "month": milestone.month or "",
        "years_before": "" if milestone.years_before is None else milestone.years_before,
    }
    return {f"milestones-{number}-{name}": value for name, value in given.items()}


def typed(template: TransitionTemplate, *, added: int = 0, **changes: Any) -> dict[str, Any]:
    """The form as it stands, with changes; two underscores stand for the hyphens of a line's fields."""
    milestones = list(template.milestones.all())
    given: dict[str, Any] = {
        "follow_up_days": template.follow_up_days,
        "milestones-TOTAL_FORMS": len(milestones) + added,
        "milestones-INITIAL_FORMS": len(milestones),
    }
    for number, milestone in enumerate(milestones):
        given |= fields_of(number, milestone)
    return given | {re.sub(r"^m(\d)_", r"milestones-\1-", name): value for name, value in changes.items()}


def empty_line(number: int, **changes: Any) -> dict[str, Any]:
    """A new line, filled in as given."""
    given = {"kind": "", "is_senders": "True", "amount": "", "span": "", "side": "before"}
    given |= {"day": "", "month": "", "years_before": ""} | changes
    return {f"m{number}_{name}": value for name, value in given.items()}


def said(page: HttpResponse) -> str:
    return page.content.decode()


def table_of(page: HttpResponse) -> list[tuple[str, ...]]:
    """The rows of the preview: day, milestone, who owes it."""
    rows = re.findall(r"<tr>(<td>.*?)</tr>", said(page).split('id="preview"', 1)[1], re.DOTALL)
    return [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row)) for row in rows]


# --- who comes in -----------------------------------------------------------------------------------------------
def test_nobody_but_an_administrator_comes_to_a_template(world: World) -> None:
    assert as_clerk(world.karin, page_of(newest())).status_code == 302
    assert as_clerk(world.karin, page_of(newest()), typed(newest(), follow_up_days=1)).status_code == 302
    assert newest().version == 1


def test_no_template_is_deleted(clerk: User) -> None:
    url = reverse("admin:coordination_transitiontemplate_delete", args=[newest().pk])
    assert as_clerk(clerk, url, {"post": "yes"}).status_code == 403
    assert newest().version == 1


# --- a new version ----------------------------------------------------------------------------------------------
def test_saving_makes_a_new_version_and_leaves_the_old_one_as_it_was(clerk: User) -> None:
    before = newest()
    kept = list(before.milestones.values())
    sent = typed(before, follow_up_days=60, m0_amount=5, m1_DELETE="on", added=1)
    sent |= typed(
        before, added=1, **empty_line(4, kind=term(MilestoneKind, "visit").pk, day=1, month=3, years_before=1)
    )
    sent |= {"follow_up_days": 60, "milestones-0-amount": 5, "milestones-1-DELETE": "on"}
    page = as_clerk(clerk, page_of(before), sent)
    assert page.status_code == 302
    made = newest()
    assert (made.version, made.follow_up_days, made.made_by) == (2, 60, clerk)
    first = made.milestones.get(kind__code="visit")
    assert (first.position, first.day, first.month, first.years_before, first.amount) == (1, 1, 3, 1, None)
    changed = kept[0]["kind_id"]
    assert (made.milestones.get(kind=changed).amount, made.milestones.count()) == (-5, 4)
    assert list(before.milestones.values()) == kept
    assert Event.objects.get(kind=EventKind.TEMPLATE_CHANGED).actor == clerk
    listed = said(as_clerk(clerk, reverse("admin:coordination_transitiontemplate_changelist")))
    assert "Clerk Administrator" in listed


def test_what_changes_nothing_makes_no_version(clerk: User) -> None:
    page = as_clerk(clerk, page_of(newest()), typed(newest()))
    assert page.status_code == 302
    assert newest().version == 1
    assert not Event.objects.filter(kind=EventKind.TEMPLATE_CHANGED).exists()


def test_after_the_move_is_said_without_a_sign(clerk: User) -> None:
    as_clerk(clerk, page_of(newest()), typed(newest(), m0_side="after"))
    first = newest().milestones.order_by("-position")[0]
    assert first.amount is not None
    assert first.amount > 0
    shown = said(as_clerk(clerk, page_of(newest())))
    assert re.search(r'name="milestones-3-side".*?value="after" selected', shown, re.DOTALL)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "neither way": ({"m0_amount": "", "m0_span": ""}, "Sig, hvornår, på én af to måder"),
    "both ways": ({"m0_day": 1, "m0_month": 3, "m0_years_before": 0}, "Sig, hvornår, på én af to måder"),
    "a number of nothing": ({"m0_span": ""}, "Hvor mange dage, uger eller måneder"),
    "half a day": ({"m0_amount": "", "m0_span": "", "m0_day": 1}, "En fast dag har en dag, en måned"),
    "29 February": (
        {"m0_amount": "", "m0_span": "", "m0_day": 29, "m0_month": 2, "m0_years_before": 0},
        "Vælg en dag fra 1 til 28, som alle måneder har.",
    ),
    "month thirteen": (
        {"m0_amount": "", "m0_span": "", "m0_day": 1, "m0_month": 13, "m0_years_before": 0},
        "Vælg en måned fra 1 til 12.",
    ),
    "too long before": ({"m0_amount": 37, "m0_span": "months"}, "Vælg et tidspunkt inden for tre år fra overgangen."),
    "no milestone": ({f"m{number}_DELETE": "on" for number in range(4)}, "En overgang har mindst én milepæl."),
    "asked after years": ({"follow_up_days": 400}, "Vælg mellem 1 og 366 dage."),
    "nobody at the other end": ({"m0_is_senders": "False"}, "har ingen modtagende enhed her"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_said_in_danish_and_kept_as_typed(clerk: User, what: str) -> None:
    changes, words = WRONG[what]
    page = as_clerk(clerk, page_of(newest()), typed(newest(), **{"follow_up_days": 77, **changes}), language="da")
    assert page.status_code == 200
    assert words in said(page)
    assert "errornote" in said(page)
    assert f'name="follow_up_days" value="{changes.get("follow_up_days", 77)}"' in said(page)
    assert newest().version == 1


def test_who_comes_second_is_told_and_loses_nothing_typed(clerk: User) -> None:
    before = newest()
    sent = typed(before, follow_up_days=77)
    milestone = MilestoneDraft(term(MilestoneKind, "visit"), is_senders=True, when=Offset(-2, Span.WEEKS))
    kind = term(TransitionKind, KIND)
    change_template(kind=kind, version=1, draft=TemplateDraft((milestone,), 30), actor=clerk, now=on())
    page = as_clerk(clerk, page_of(before), sent)
    assert page.status_code == 200
    assert "Somebody else has changed this template meanwhile." in said(page)
    assert 'name="follow_up_days" value="77"' in said(page)
    assert newest().version == 2


def test_an_older_version_can_be_read_and_not_changed(clerk: User) -> None:
    before = newest()
    as_clerk(clerk, page_of(before), typed(before, follow_up_days=60))
    page = as_clerk(clerk, page_of(before))
    assert page.status_code == 200
    assert "This is an older version." in said(page)
    assert 'name="_save"' not in said(page)
    assert 'name="milestones-0-kind"' not in said(page)
    assert term(MilestoneKind, "new_town_contact").label_en in said(page)
    assert len(table_of(page)) == 4


def test_a_kind_without_a_template_gets_one(clerk: User) -> None:
    kind = TransitionKind.objects.create(code="new", label_da="Ny", label_en="New")
    its_page = said(as_clerk(clerk, reverse("admin:coordination_transitionkind_change", args=[kind.pk])))
    [url] = re.findall(r'href="(/[^"]*transitiontemplate/add/\?[^"]*)"', its_page)
    shown = said(as_clerk(clerk, url))
    assert f'<option value="{kind.pk}" selected>' in shown
    assert term(TransitionKind, KIND).label_en not in shown  # has its template
    sent: dict[str, Any] = {"kind": kind.pk, "follow_up_days": 90}
    sent |= {"milestones-TOTAL_FORMS": 1, "milestones-INITIAL_FORMS": 0}
    line = empty_line(0, kind=term(MilestoneKind, "visit").pk, amount=2, span="weeks")
    sent |= {re.sub(r"^m(\d)_", r"milestones-\1-", name): value for name, value in line.items()}
    assert len(table_of(as_clerk(clerk, url, {**sent, "_preview": ""}))) == 1
    assert not TransitionTemplate.objects.filter(kind=kind).exists()
    assert as_clerk(clerk, url, sent).status_code == 302
    assert (newest("new").version, newest("new").milestones.get().amount) == (1, -2)


# --- what it would mean -----------------------------------------------------------------------------------------
def test_the_page_says_by_when_the_milestones_of_a_move_would_be_due(clerk: User) -> None:
    page = as_clerk(clerk, page_of(newest("preschool_to_school")))
    assert "If the child moves on Sunday 1 August 2027" in said(page)  # its usual day
    assert table_of(page)[:2] == [
        ("Tuesday 1 June 2027", "Group or class has been chosen", "the unit that the child comes to"),
        ("Friday 18 June 2027", "Talk with the child about the move", "the unit that the child leaves"),
    ]


def test_what_is_typed_is_shown_for_another_day_and_not_saved(clerk: User, world: World) -> None:
    ClosingPeriod.objects.create(unit=world.town, first_on="2027-04-26", last_on="2027-04-30")
    sent = typed(newest(), m0_amount=2, m0_span="days", _preview="", example_move_on="2027-05-03", follow_up_days=61)
    page = as_clerk(clerk, page_of(newest()), sent)
    assert page.status_code == 200
    assert "If the child moves on Monday 3 May 2027" in said(page)
    assert "Friday 23 April 2027" in [row[0] for row in table_of(page)]  # the 1st is a Saturday, that week is closed
    assert 'name="follow_up_days" value="61"' in said(page)
    assert "errornote" not in said(page)
    assert newest().version == 1
    for nonsense in ("x", "", "0001-01-01", "9999-12-31", "2027-02-30"):
        page = as_clerk(clerk, page_of(newest()), {**sent, "example_move_on": nonsense})
        assert "If the child moves on Sunday 1 August 2027" in said(page)


def test_the_page_holds_no_inline_script_or_style(clerk: User) -> None:
    page = said(as_clerk(clerk, page_of(newest())))
    for forbidden in ("style=", "<style", "<script>", "onclick"):
        assert forbidden not in page


# --- the words of moves -----------------------------------------------------------------------------------------
def term_fields(row: Any, **changes: Any) -> dict[str, Any]:
    given = {"label_da": row.label_da, "label_en": row.label_en, "hint_da": "", "hint_en": "", "position": 5}
    return given | changes


def test_a_kind_of_move_leads_to_its_template_and_has_a_day_of_every_year(clerk: User) -> None:
    kind = term(TransitionKind, "kindergarten_to_school")
    url = reverse("admin:coordination_transitionkind_change", args=[kind.pk])
    assert f'<a href="{page_of(newest(kind.code))}">Edit version 1</a>' in said(as_clerk(clerk, url))
    for changes, words in (
        ({"move_month": 2, "move_day": 29}, "Choose a day from 1 to 28"),
        ({"move_month": 13, "move_day": 1}, "Choose a month from 1 to 12."),
        ({"move_month": 8, "move_day": ""}, "A usual day has a month and a day."),
        ({"next_kind": kind.pk}, "Select a valid choice."),
    ):
        assert words in said(as_clerk(clerk, url, term_fields(kind, **changes)))
    sent = term_fields(kind, move_month=9, move_day=1, from_kinds=[each.pk for each in kind.from_kinds.all()])
    assert as_clerk(clerk, url, sent).status_code == 302
    kind.refresh_from_db()
    assert (kind.move_month, kind.move_day, kind.position) == (9, 1, 5)
    assert kind.from_kinds.exists()


@pytest.mark.parametrize("vocabulary", [InvolvementForm, NotInvolvedReason])
def test_a_way_of_involving_is_meant_for_somebody(clerk: User, vocabulary: type[Any]) -> None:
    row = vocabulary.objects.first()
    url = reverse(f"admin:coordination_{vocabulary.__name__.lower()}_change", args=[row.pk])
    assert "Is it for the child, for the parents, or for both?" in said(as_clerk(clerk, url, term_fields(row)))
    assert as_clerk(clerk, url, term_fields(row, for_parents="on")).status_code == 302
    row.refresh_from_db()
    assert (row.for_child, row.for_parents) == (False, True)


def test_a_kind_of_milestone_may_be_a_meeting(clerk: User) -> None:
    row = term(MilestoneKind, "visit")
    url = reverse("admin:coordination_milestonekind_change", args=[row.pk])
    assert as_clerk(clerk, url, term_fields(row, is_meeting="on")).status_code == 302
    assert MilestoneKind.objects.get(pk=row.pk).is_meeting
