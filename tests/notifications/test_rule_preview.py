"""The page of a deadline rule: what it would tell whom, of what is stored or only typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from coordination.models import ClosingPeriod, DeadlineKind, DeadlineRule, RuleStep, User
from coordination.queries.rules import rule_for
from notifications.wording.previews import preview_of
from tests.builders import PASSWORD, World, day, on

KIND = DeadlineKind.ANSWER_INVITATION


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


def here() -> str:
    return f"/admin/coordination/deadlinerule/{DeadlineRule.objects.get(kind=KIND).pk}/change/"


def as_clerk(clerk: User, **sent: Any) -> HttpResponse:
    """Look at the page of the rule on the Monday, or send its form."""
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(on(), tick=False):
        client.force_login(clerk)
        return client.post(here(), sent) if sent else client.get(here())  # type: ignore[return-value]


def typed(**changes: Any) -> dict[str, Any]:
    """The form as it stands, with changes."""
    steps = list(RuleStep.objects.filter(rule__kind=KIND))
    given: dict[str, Any] = {
        "limit_days": 3,
        "urgent_limit_days": 1,
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": len(steps),
    }
    for number, step in enumerate(steps):
        given |= {f"steps-{number}-id": step.pk, f"steps-{number}-offset_days": step.offset_days}
        given |= {
            f"steps-{number}-{name}": "on"
            for name in ("tells_owner", "tells_asker", "tells_leader", "tells_leader_above")
            if getattr(step, name)
        }
        given |= {f"steps-{number}-repeat_days": step.repeat_days or ""}
    return given | changes


def table_of(page: HttpResponse) -> list[tuple[str, ...]]:
    """The rows of the preview: day, who, headline."""
    preview = page.content.decode().split('id="preview"', 1)[1]
    rows = re.findall(r"<tr>(<td>.*?)</tr>", preview, re.DOTALL)
    return [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row)) for row in rows]


def test_the_page_says_whom_the_rule_would_tell_what_and_when(world: World, clerk: User) -> None:
    page = as_clerk(clerk, **typed(_preview="", example_unit=world.ppr.pk))
    assert page.status_code == 200
    assert "PPR would have until Thursday 17 September 2026." in page.content.decode()
    assert table_of(page) == [
        ("Wednesday 16 September 2026", "the one who owes it", "Answer the invitation to PPR"),
        ("Thursday 17 September 2026", "the one who owes it", "Answer the invitation to PPR"),
        ("", "Per Psykolog", "PPR has not answered the invitation"),
        ("Friday 18 September 2026", "the one who asked, and the holder", "PPR has not answered the invitation"),
        ("", "Per Psykolog", "PPR has not answered the invitation"),
        ("Friday 25 September 2026", "Per Psykolog", "PPR has not answered the invitation"),
        ("", "Dorte Dahl", "PPR has not answered the invitation"),
        ("Friday 2 October 2026 (once more)", "Per Psykolog", "PPR has not answered the invitation"),
        ("", "Dorte Dahl", "PPR has not answered the invitation"),
        ("Friday 9 October 2026 (once more)", "Per Psykolog", "PPR has not answered the invitation"),
        ("", "Dorte Dahl", "PPR has not answered the invitation"),
    ]


def test_the_page_opens_with_an_example_of_what_is_stored(world: World, clerk: User) -> None:
    page = as_clerk(clerk)
    assert "If this were asked today" in page.content.decode()
    assert len(table_of(page)) > 5


def test_what_is_urgent_has_less_time_and_a_step_of_today_is_not_sent(world: World, clerk: User) -> None:
    page = as_clerk(clerk, **typed(_preview="", example_unit=world.ppr.pk, example_urgent="on"))
    assert "PPR would have until Tuesday 15 September 2026." in page.content.decode()
    assert table_of(page)[0][0] == "Monday 14 September 2026 (not sent: it is today or has passed)"
    assert re.search(r'name="example_urgent"[^>]* checked', page.content.decode())


def test_what_is_typed_is_shown_and_not_saved(world: World, clerk: User) -> None:
    before = rule_for(KIND)
    changes = {"limit_days": 5, "steps-0-DELETE": "on", "steps-1-tells_leader": ""}
    page = as_clerk(clerk, **typed(_preview="", example_unit=world.ppr.pk, **changes))
    html = page.content.decode()
    assert "PPR would have until Monday 21 September 2026." in html
    assert table_of(page)[0] == ("Monday 21 September 2026", "the one who owes it", "Answer the invitation to PPR")
    assert table_of(page)[1][0] == "Tuesday 22 September 2026"
    assert re.search(r'name="limit_days" value="5"', html)
    assert "errornote" not in html
    assert rule_for(KIND) == before
    assert as_clerk(clerk, **typed(**changes)).status_code == 302
    assert rule_for(KIND).limit_days == 5
    assert [step.offset for step in rule_for(KIND).steps] == [0, 1, 6]


def test_what_is_typed_wrongly_is_said_and_not_shown_as_a_plan(world: World, clerk: User) -> None:
    page = as_clerk(clerk, **typed(_preview="", limit_days=0))
    assert "errornote" in page.content.decode()
    assert "Choose between 1 and 250 working days." in page.content.decode()
    for nonsense in ("x", "-1", "9" * 30, "²"):
        assert as_clerk(clerk, **typed(_preview="", example_unit=nonsense)).status_code == 200


def test_the_days_are_working_days_of_that_unit(world: World) -> None:
    ClosingPeriod.objects.create(unit=world.ppr, first_on=day(2), last_on=day(4))
    for unit, due_on in ((world.ppr, day(8)), (world.school, day(3))):
        preview = preview_of(KIND, rule_for(KIND), unit, today=day(), urgent=False)
        assert preview.due_on == due_on


@pytest.mark.parametrize("kind", DeadlineKind.values)
def test_every_kind_has_a_preview(world: World, kind: str) -> None:
    preview = preview_of(DeadlineKind(kind), rule_for(DeadlineKind(kind)), world.school, today=day(), urgent=False)
    assert all(line.who and line.headline for step in preview.steps for line in step.lines)
    assert [step for step in preview.steps if not step.is_past]
