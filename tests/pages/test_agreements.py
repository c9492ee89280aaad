"""Agreements: made, done at one tap, moved, dropped, looked at again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from coordination.commands.agreements import make_agreement, mark_done
from coordination.commands.cases import close_case
from coordination.models import (
    Agreement,
    AgreementKind,
    AgreementState,
    Case,
    CaseOutcome,
    DropReason,
    Event,
    EventKind,
    User,
)
from tests.builders import World, a_case, accepted, day, on, term
from tests.pages.asking import chosen, said, see, send, words


@pytest.fixture
def case(world: World) -> Case:
    case = a_case(world)
    accepted(world, case)
    return case


def an_agreement(
    world: World, case: Case, *, owner: User | None = None, look_again_on: date | None = None
) -> Agreement:
    return make_agreement(
        case=case,
        kind=term(AgreementKind, "observation"),
        owner=owner or world.anna,
        due_on=day(10),
        look_again_on=look_again_on,
        actor=world.maja,
        now=on(hours=2),
    )


def make_url(case: Case) -> str:
    return reverse("agreement_make", args=[case.code])


def filled(world: World, **changes: object) -> dict[str, object]:
    kind = term(AgreementKind, "observation")
    return {"kind": kind.pk, "owner": world.anna.pk, "due_on": "24-9-2026", "look_again": "8", **changes}


# --- Making -------------------------------------------------------------------------------------------------
def test_those_who_take_part_can_do_it_oneself_first(world: World, case: Case) -> None:
    page = words(see(world.anna, make_url(case)))
    assert page.index("Me (Anna Bang)") < page.index("Maja Holm")
    assert "Per Psykolog" not in page


def test_making_an_agreement_is_for_those_who_take_part(world: World, case: Case) -> None:
    for person, status in ((world.hanne, 404), (world.anton, 404), (world.lone, 403)):
        assert see(person, make_url(case)).status_code == status
        assert send(person, make_url(case), filled(world)).status_code == status
    assert not Agreement.objects.exists()


def test_a_case_that_has_been_closed_has_moved_on(world: World, case: Case) -> None:
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=3))
    assert see(world.maja, make_url(case)).status_code == 409
    response = send(world.maja, make_url(case), filled(world))
    assert response.status_code == 409
    assert "The case has been closed." in words(response)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31-02-2027", "Write the day like 31-12-2026."),
        ("01-01-2020", "This day has passed."),
        ("01-01-2031", "Choose a day within two years."),
        ("31-12-9999", "Write the day like 31-12-2026."),
        ("", "Write by when it is to be done."),
    ],
)
def test_an_impossible_day_is_refused_with_everything_kept(world: World, case: Case, typed: str, why: str) -> None:
    response = send(world.maja, make_url(case), filled(world, due_on=typed, look_again="12"))
    page = words(response)
    assert response.status_code == 422
    assert why in page
    if typed == "31-02-2027":
        assert 'value="31-02-2027"' in page
    assert chosen(response, "owner") == {str(world.anna.pk)}
    assert chosen(response, "look_again") == {"12"}
    assert not Agreement.objects.exists()


def test_a_foreign_owner_and_a_look_before_it_is_due_are_refused(world: World, case: Case) -> None:
    assert send(world.maja, make_url(case), filled(world, owner=world.hanne.pk)).status_code == 422
    early = send(world.maja, make_url(case), filled(world, look_again_on="2026-09-20"))
    assert early.status_code == 422
    assert "Look at it again on the day it is due, or later." in words(early)
    assert not Agreement.objects.exists()


def test_an_agreement_is_looked_at_again_after_eight_weeks_unless_one_says_otherwise(world: World, case: Case) -> None:
    message = said(world.maja, make_url(case), filled(world))
    assert message.startswith("Agreed: Observation. Anna Bang does it by Thursday 24 September.")
    assert "You look at it again Thursday 19 November." in message
    said(world.maja, make_url(case), filled(world, look_again="never"))
    said(world.maja, make_url(case), filled(world, look_again_on="2026-10-01"))
    said(world.maja, make_url(case), filled(world, look_again="never", look_again_on="2026-10-02"))
    due_on = date(2026, 9, 24)
    assert list(Agreement.objects.order_by("pk").values_list("look_again_on", flat=True)) == [
        due_on + timedelta(weeks=8),
        None,
        date(2026, 10, 1),
        date(2026, 10, 2),
    ]


def test_an_agreement_sent_twice_is_one(world: World, case: Case) -> None:
    sent = filled(world, submission=str(uuid4()), owner=world.maja.pk)
    assert "You do it by Thursday 24 September." in said(world.maja, make_url(case), sent)
    assert send(world.maja, make_url(case), sent).status_code == 302
    assert Agreement.objects.count() == 1


# --- Done, moved, dropped -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["agreement_done", "agreement_move", "agreement_drop", "agreement_look"])
def test_an_agreement_is_unknown_to_outsiders_and_refused_to_others(world: World, case: Case, name: str) -> None:
    url = reverse(name, args=[an_agreement(world, case, owner=world.maja, look_again_on=day(20)).pk])
    for person, status in ((world.hanne, 404), (world.anton, 404), (world.anna, 403), (world.lone, 403)):
        assert see(person, url).status_code == status
        assert send(person, url, {"due_on": "2026-10-01", "reason": "1", "result": "ended"}).status_code == status
    assert Agreement.objects.get().state == AgreementState.OPEN


def test_done_is_one_tap_and_says_when_it_is_looked_at_again(world: World, case: Case) -> None:
    agreement = an_agreement(world, case, look_again_on=day(20))
    url, sent = reverse("agreement_done", args=[agreement.pk]), {"submission": str(uuid4())}
    assert said(world.anna, url, sent) == "Done: Observation. Maja Holm looks at it again Sunday 4 October."
    assert send(world.anna, url, sent).headers["location"] == reverse("case", args=[case.code])
    assert Event.objects.filter(kind=EventKind.AGREEMENT_DONE).count() == 1


def test_a_link_to_done_asks_before_it_changes_anything(world: World, case: Case) -> None:
    url = reverse("agreement_done", args=[an_agreement(world, case).pk])
    assert "Is it done?" in words(see(world.anna, url))
    assert Agreement.objects.get().state == AgreementState.OPEN


def test_what_is_done_already_has_moved_on(world: World, case: Case) -> None:
    agreement = an_agreement(world, case)
    mark_done(agreement=agreement, actor=world.anna, now=on(hours=3))
    for name in ("agreement_done", "agreement_move", "agreement_drop"):
        url = reverse(name, args=[agreement.pk])
        assert see(world.anna, url).status_code == 409
        sent = {"due_on": "2026-10-01", "reason": term(DropReason, "replaced").pk}
        response = send(world.anna, url, sent)
        assert response.status_code == 409
        assert "no longer open (done)" in words(response)


def test_moving_an_agreement_takes_a_day_to_come(world: World, case: Case) -> None:
    url = reverse("agreement_move", args=[an_agreement(world, case).pk])
    assert 'value="2026-09-24"' in words(see(world.anna, url))
    refused = send(world.anna, url, {"due_on": "1.1.2026"})
    assert refused.status_code == 422
    assert "This day has passed." in words(refused)
    assert 'value="2026-01-01"' in words(refused)
    message = said(world.anna, url, {"due_on": "1/10/26"})
    assert message == "Agreed: Observation. You do it by Thursday 1 October."
    assert Agreement.objects.get().due_on == date(2026, 10, 1)


def test_dropping_an_agreement_takes_a_reason(world: World, case: Case) -> None:
    url = reverse("agreement_drop", args=[an_agreement(world, case).pk])
    assert send(world.anna, url).status_code == 422
    message = said(world.anna, url, {"reason": term(DropReason, "replaced").pk})
    assert message == "Dropped: Observation. Nobody owes it any more."
    assert Agreement.objects.get().state == AgreementState.DROPPED


# --- Looked at again ----------------------------------------------------------------------------------------
def look_url(world: World, case: Case) -> str:
    return reverse("agreement_look", args=[an_agreement(world, case, look_again_on=day(20)).pk])


def test_the_owner_cannot_look_again_for_the_holder(world: World, case: Case) -> None:
    assert send(world.anna, look_url(world, case), {"result": "ended", "look_again": "8"}).status_code == 403


def test_keeping_an_agreement_gives_it_a_next_look(world: World, case: Case) -> None:
    url = look_url(world, case)
    message = said(world.maja, url, {"result": "kept", "look_again": "4"}, at=on(20))
    assert message == "Kept: Observation. You look at it again Sunday 1 November."
    said(world.maja, url, {"result": "kept", "look_again": "never"}, at=on(21))
    assert Agreement.objects.get().look_again_on is None
    assert see(world.maja, url).status_code == 409
    assert send(world.maja, url, {"result": "kept", "look_again": "4"}).status_code == 409


def test_a_kept_agreement_is_not_looked_at_before_it_is_due(world: World, case: Case) -> None:
    url = look_url(world, case)
    response = send(world.maja, url, {"result": "kept", "look_again": "8", "look_again_on": "2026-09-20"})
    assert response.status_code == 422
    assert "Look at it again on the day it is due, or later." in words(response)


def test_changing_an_agreement_takes_a_new_day(world: World, case: Case) -> None:
    url = look_url(world, case)
    response = send(world.maja, url, {"result": "changed", "look_again": "8"})
    assert response.status_code == 422
    assert "By when is it to be done now?" in words(response)
    said(world.maja, url, {"result": "changed", "look_again": "8", "due_on": "2026-10-05"})
    agreement = Agreement.objects.get()
    assert (agreement.due_on, agreement.look_again_on) == (date(2026, 10, 5), date(2026, 11, 30))


def test_ending_an_agreement_asks_for_nothing_more(world: World, case: Case) -> None:
    message = said(world.maja, look_url(world, case), {"result": "ended", "look_again": "8"})
    assert message == "Ended: Observation. Nobody owes it any more."
    assert Agreement.objects.get().state == AgreementState.ENDED
