"""That a case exists is sensitive by itself: who meets one by its reference is noted, and cannot do so without end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from coordination.commands.cases import add_reference, close_case, reopen_case
from coordination.commands.join_requests import ask_to_join
from coordination.commands.same_references import MOST_MET, SameReference, TooManyMet
from coordination.errors import Unacceptable
from coordination.models import (
    AccessRecord,
    AppendOnlyError,
    Ask,
    Case,
    CaseOutcome,
    ReferenceMet,
    ReferenceSystem,
    ReopenReason,
    Theme,
)
from tests.builders import World, a_case, a_case_with_reference, a_consent, a_reference, accepted, on, term
from tests.pages.asking import send, words


def meet(world: World, number: str, *, now: datetime | None = None) -> None:
    """Ove of the other school opens a case with a reference, on Tuesday, and finds that there is one."""
    with pytest.raises(SameReference):
        opened(world, number, now=now)


def opened(world: World, number: str, *, now: datetime | None = None) -> Case:
    """Ove of the other school opens a case with a reference, on Tuesday."""
    return a_case_with_reference(world, number, actor=world.ove, unit=world.other_school, invite=[], now=now or on(1))


@pytest.fixture
def known(world: World) -> list[str]:
    """The references of more open cases than anybody may meet."""
    numbers = [f"P-2026-{number}" for number in range(1, MOST_MET + 3)]
    for number in numbers:
        a_case_with_reference(world, number, invite=[])
    return numbers


def noted() -> list[tuple[int, int | None]]:
    """Who met which cases, the first one first."""
    return list(ReferenceMet.objects.order_by("pk").values_list("person", "case"))


def test_meeting_a_case_of_others_is_noted_and_shown_to_nobody_in_it(world: World) -> None:
    case = a_case_with_reference(world)
    meet(world, "P-2026-1042")
    meet(world, "P-2026-1042")
    assert noted() == [(world.ove.pk, case.pk)] * 2
    assert not AccessRecord.objects.exists()
    assert set(case.events.values_list("actor", flat=True)) == {world.maja.pk}


def test_what_is_noted_does_not_change(world: World) -> None:
    a_case_with_reference(world)
    meet(world, "P-2026-1042")
    row = ReferenceMet.objects.get()
    for change in (
        row.save,
        row.delete,
        ReferenceMet.objects.all().delete,
        lambda: ReferenceMet.objects.update(at=on()),
    ):
        with pytest.raises(AppendOnlyError):
            change()


def test_meeting_a_case_in_which_one_takes_part_tells_nothing_new(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    for actor, unit in ((world.anna, world.ppr), (world.maja, world.school)):
        with pytest.raises(SameReference) as same:
            a_case_with_reference(world, actor=actor, unit=unit, invite=[])
        assert same.value.case == case
    assert noted() == []


def adding(world: World) -> Callable[[], object]:
    """Ove adds a reference of others to a case of his."""
    case = a_case(world, actor=world.ove, unit=world.other_school, invite=[], now=on(1))
    return lambda: add_reference(case=case, reference=a_reference(), basis=a_consent(), actor=world.ove, now=on(1))


def reopening(world: World) -> Callable[[], object]:
    """Ove opens a case of his again whose reference is on a case of others by now."""
    case = opened(world, "P-2026-7")
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.ove, now=on(1))
    a_case_with_reference(world, "P-2026-7", invite=[])
    return lambda: reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.ove, now=on(1))


@pytest.mark.parametrize("way", [adding, reopening])
def test_every_way_of_meeting_one_is_noted_and_ends_at_the_limit(
    world: World, way: Callable[[World], Callable[[], object]]
) -> None:
    a_case_with_reference(world)
    try_it = way(world)
    with pytest.raises(SameReference):
        try_it()
    [(person, met)] = noted()
    assert person == world.ove.pk
    assert met is not None
    for number in range(1, MOST_MET):
        a_case_with_reference(world, f"P-2026-10{number}", invite=[])
        meet(world, f"P-2026-10{number}")
    with pytest.raises(TooManyMet):
        try_it()
    assert noted()[MOST_MET:] == [(world.ove.pk, None)]


def test_a_case_without_a_reference_is_opened_again_whatever_one_has_met(world: World, known: list[str]) -> None:
    case = a_case(world, actor=world.ove, unit=world.other_school, invite=[], now=on(1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.ove, now=on(1))
    for number in known[:MOST_MET]:
        meet(world, number)
    reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.ove, now=on(1))


def test_after_so_many_cases_no_reference_is_looked_for_known_or_not(world: World, known: list[str]) -> None:
    for number in known[:MOST_MET]:
        meet(world, number)
    for number in (known[MOST_MET], known[0], "P-2026-9999"):
        with pytest.raises(TooManyMet) as refused:
            opened(world, number)
        assert isinstance(refused.value, Unacceptable)
        assert refused.value.field == "number"
    assert noted()[MOST_MET:] == [(world.ove.pk, None)] * 3
    assert not Case.objects.filter(opened_by=world.ove).exists()


def test_without_a_reference_one_goes_on_and_others_are_not_stopped(world: World, known: list[str]) -> None:
    for number in known[:MOST_MET]:
        meet(world, number)
    a_case(world, actor=world.ove, unit=world.other_school, invite=[], now=on(1))
    with pytest.raises(SameReference):
        a_case_with_reference(world, known[0], actor=world.anna, unit=world.ppr, invite=[], now=on(1))


def test_the_same_case_counts_once_and_a_day_later_one_may_meet_another_again(world: World, known: list[str]) -> None:
    for number in (known[0], known[0], *known[1:MOST_MET]):
        meet(world, number, now=on(1) if number == known[0] else on(1, hours=1))
    with pytest.raises(TooManyMet):
        opened(world, known[MOST_MET], now=on(2, hours=-1))
    meet(world, known[MOST_MET], now=on(2))
    with pytest.raises(TooManyMet):
        opened(world, known[MOST_MET + 1], now=on(2))


def test_asking_to_join_the_last_one_met_is_still_possible(world: World, known: list[str]) -> None:
    for number in known[:MOST_MET]:
        meet(world, number)
    asked = ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number=known[MOST_MET - 1],
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(1),
    )
    assert asked.asked_by == world.ove


def test_on_the_page_it_is_noted_once_and_refused_clearly_with_everything_kept(world: World, known: list[str]) -> None:
    data: dict[str, Any] = {
        "theme": term(Theme, "trivsel").pk,
        "ask": term(Ask, "sparring").pk,
        "urgency": "normal",
        "system": term(ReferenceSystem, "ppr_journal").pk,
        "basis": "consent-both",
        "ends_on": "2027-09-01",
        "unit": world.other_school.pk,
    }
    for number in known[:MOST_MET]:
        assert send(world.ove, reverse("open_case"), {**data, "number": number}).status_code == 409
    assert len(noted()) == MOST_MET
    refused = send(world.ove, reverse("open_case"), {**data, "number": known[MOST_MET]})
    assert refused.status_code == 422
    assert f"the references of {MOST_MET} open cases of others" in words(refused)
    assert reverse("join_ask") not in words(refused)
    assert f'value="{known[MOST_MET]}"' in words(refused)
    assert noted()[MOST_MET:] == [(world.ove.pk, None)]
