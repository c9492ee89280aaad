"""A right that is taken away is gone on the very next request of the same session, on every address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from coordination.commands.bases import withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.handovers import accept_handover, offer_handover, withdraw_handover
from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    complete_partnership,
    leave_case,
    withdraw_invitation,
)
from coordination.commands.people import change_role, deactivate_person, end_absence, end_membership
from coordination.commands.transitions import name_receiver
from coordination.commands.units import close_unit
from coordination.models import (
    Case,
    CaseOutcome,
    Handover,
    HandoverKind,
    LeaveReason,
    LookReason,
    Partnership,
    PartnershipOutcome,
    Role,
    Unit,
    User,
)
from notifications.commands.feeds import make_feed
from tests.browser.tour import pages_of
from tests.builders import on, term, the_invitation
from tests.promises.only_those_who_need_to_know.cast import Cast
from tests.promises.only_those_who_need_to_know.doors import (
    IN,
    SIGN_IN,
    UNSEEN,
    bytes_of,
    clients_of,
    doors_of,
    knock,
    read,
)
from tests.promises.only_those_who_need_to_know.who_is_let_in import EVERYBODY, OF_UNITS, TABLE

pytestmark = pytest.mark.django_db

# What everybody signed in may open, and may never name a case in which one has no part any more.
OWN = {row.name for row in (*TABLE, *OF_UNITS) if row.let_in == EVERYBODY and "GET" in row.methods}
OWN.add("notifications:feed")
NUMBER, NEVER_HAD_THE_NUMBER = b"P-2026-1042", {"anton", "dorthe", "mads"}
# A receipt, in the list of cases that are over; and what one was told while one took part stays told.
RECEIPT, TOLD = "case cases", "notifications:bell"
# What was asked of oneself, or what one asked, is answered to oneself.
OWN_HANDOVER = "handover desk"
# What one asked, was asked or did oneself: it names no case any more, and says at most that it is over.
SAID_TO_BE_OVER = frozenset(
    ["handover", "handover_withdraw", "invitation", "partnership_complete", "partnership_contact", "partnership_leave"]
)
# That a case is closed is told to those who stayed so long, wherever they come to it.
CLOSED = frozenset(["agreement_make", "meeting", "meeting_call", "notifications:meeting_file"])
OVER = "over"
# The name and the path of an address.
Place: TypeAlias = tuple[str, str]


def _part(cast: Cast, unit: Unit) -> Partnership:
    return Partnership.objects.live().get(case=cast.scene.rich, unit=unit)


def _leave_unit(user: User) -> None:
    end_membership(membership=user.memberships.get(ended_at=None), actor=None, now=on(1))


def _become_professional(user: User) -> None:
    change_role(membership=user.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(1))


def _hand_over(cast: Cast) -> None:
    world, case = cast.world, cast.scene.rich
    waiting = Handover.objects.get(case=case, kind=HandoverKind.OFFER, state="offered")
    withdraw_handover(handover=waiting, actor=world.maja, now=on(1))
    offer = offer_handover(
        case=case, to_person=world.anna, to_unit=world.ppr, stays_on=False, actor=world.maja, now=on(1)
    )
    accept_handover(handover=offer, actor=world.anna, now=on(1))


@dataclass(frozen=True)
class Ending:
    """How somebody's right ends; where the case is still named to them, by rights that have not ended."""

    who: str
    act: Callable[[Cast], object]
    keeps: str = ""
    case: Callable[[Cast], Case] = lambda cast: cast.scene.rich
    over: frozenset[str] = SAID_TO_BE_OVER


ENDINGS: dict[str, Ending] = {
    "its part is completed": Ending(
        "hanne",
        lambda cast: complete_partnership(
            partnership=_part(cast, cast.world.health),
            outcome=term(PartnershipOutcome, "as_agreed"),
            actor=cast.world.maja,
            now=on(1),
        ),
        keeps=f"{RECEIPT} {TOLD} {OWN_HANDOVER}",
    ),
    "the unit leaves": Ending(
        "anna",
        lambda cast: leave_case(
            partnership=_part(cast, cast.world.ppr),
            reason=term(LeaveReason, "no_capacity"),
            actor=cast.world.anna,
            now=on(1),
        ),
        keeps=f"{RECEIPT} {TOLD} {OWN_HANDOVER} notifications:feed",
    ),
    "another one is the contact": Ending(
        "anna",
        lambda cast: change_contact(
            partnership=_part(cast, cast.world.ppr), contact=cast.world.anton, actor=cast.world.anna, now=on(1)
        ),
        keeps=f"{RECEIPT} {TOLD} {OWN_HANDOVER} notifications:feed",
    ),
    "the contact leaves the unit": Ending("anna", lambda cast: _leave_unit(cast.world.anna), keeps=f"{RECEIPT} {TOLD}"),
    "the holder leaves the unit": Ending(
        "maja", lambda cast: _leave_unit(cast.world.maja), keeps=f"{RECEIPT} {TOLD} {OWN_HANDOVER}"
    ),
    "the baton moves": Ending("maja", _hand_over, keeps=f"{RECEIPT} {TOLD} {OWN_HANDOVER}"),
    "the baton moves away from whom one stands in for": Ending("stine", _hand_over, keeps=f"{RECEIPT} {OWN_HANDOVER}"),
    "the absence is over": Ending(
        "stine",
        lambda cast: end_absence(absence=cast.world.maja.absences.get(), actor=cast.world.maja, now=on(1)),
    ),
    "a leader leads no more": Ending("lone", lambda cast: _become_professional(cast.world.lone), keeps=TOLD),
    "a leader above leads no more": Ending("sanne", lambda cast: _become_professional(cast.world.sanne), keeps=TOLD),
    "the leader's unit leaves": Ending(
        "per",
        lambda cast: leave_case(
            partnership=_part(cast, cast.world.ppr),
            reason=term(LeaveReason, "no_capacity"),
            actor=cast.world.anna,
            now=on(1),
        ),
        keeps=TOLD,
    ),
    "an officer is one no more": Ending("dorthe", lambda cast: _leave_unit(cast.world.dorthe)),
    "the unit closes": Ending(
        "hanne",
        lambda cast: close_unit(unit=cast.world.health, actor=None, now=on(1)),
        keeps=f"{RECEIPT} {TOLD} {OWN_HANDOVER}",
    ),
    "the case closes": Ending(
        "fie",
        lambda cast: close_case(
            case=cast.scene.rich, outcome=term(CaseOutcome, "solved"), actor=cast.world.maja, now=on(1)
        ),
        keeps=RECEIPT,
        over=CLOSED,
    ),
    "the ask is taken back": Ending(
        "anton",
        lambda cast: withdraw_invitation(
            invitation=the_invitation(cast.scene.asked, cast.world.ppr), actor=cast.world.maja, now=on(1)
        ),
        case=lambda cast: cast.scene.asked,
        keeps=TOLD,
    ),
    "a colleague accepts": Ending(
        "anton",
        lambda cast: accept_invitation(
            invitation=the_invitation(cast.scene.asked, cast.world.ppr), actor=cast.world.anna, now=on(1)
        ),
        case=lambda cast: cast.scene.asked,
        keeps=TOLD,
    ),
    "the child goes elsewhere": Ending(
        "mads",
        lambda cast: name_receiver(
            transition=cast.scene.moves.planned, to_unit=cast.world.other_school, actor=cast.world.rikke, now=on(1)
        ),
        case=lambda cast: cast.scene.moves.planned.case,
        keeps=TOLD,
    ),
    "somebody is deactivated": Ending(
        "maja", lambda cast: deactivate_person(user=cast.world.maja, actor=None, now=on(1))
    ),
}


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def places_of(cast: Cast, who: str) -> list[Place]:
    """Every page of the tour and every other address, with their names; the feed is that of the person."""
    doors = {**doors_of(cast), "notifications:feed": ""}
    feed = reverse("notifications:feed", args=[make_feed(actor=cast.world.people[who], now=on())])
    toured = [(stop.name, stop.path) for stop in pages_of(cast.scene)]
    return sorted({*toured, *((name, path or feed) for name, path in doors.items())})


def what_is_shown(client: Client, places: list[Place]) -> dict[Place, tuple[str, bytes]]:
    """Visit all of these; give how they answer, and what they say."""
    answers = {place: knock(client, "GET", place[1]) for place in places}
    return {
        place: (OVER if answer.status_code == HTTPStatus.CONFLICT else read(answer), bytes_of(answer, place[1]))
        for place, answer in answers.items()
    }


def shows_number(client: Client, path: str) -> bool:
    """Say whether somebody is shown the number of the rich case's reference, with a reason."""
    with undone():
        answer = client.post(path, {"reason": term(LookReason, "supervision").pk})
    return NUMBER in answer.content


@pytest.mark.parametrize("way", ENDINGS)
def test_what_hung_on_a_right_goes_with_it(cast: Cast, way: str) -> None:
    ending = ENDINGS[way]
    code = ending.case(cast).code.encode()
    client, reference = clients_of(cast, [ending.who])[ending.who], doors_of(cast)["reference_open"]
    with undone():
        before = what_is_shown(client, places_of(cast, ending.who))
        about = {place for place, (_answer, body) in before.items() if code in body}
        had_number = shows_number(client, reference)
        ending.act(cast)
        after = what_is_shown(client, [place for place, (answer, _body) in before.items() if answer in (IN, OVER)])
        number_is_left = shows_number(client, reference)
    named = {place for place, (_answer, body) in after.items() if code in body}
    assert {name for name, _path in named} == set(ending.keeps.split())
    gone = {place: after[place][0] for place in about - named if place[0] not in OWN}
    assert about - named
    assert {name for (name, _path), answer in gone.items() if answer not in (UNSEEN, SIGN_IN)} <= ending.over
    assert had_number == (ending.who not in NEVER_HAD_THE_NUMBER)
    assert not number_is_left


def test_the_number_closes_with_the_basis(cast: Cast) -> None:
    """To partners and those who lead them; not to those of the unit that it is from."""
    world, reference = cast.world, doors_of(cast)["reference_open"]
    clients = clients_of(cast, ["maja", "stine", "anna", "hanne", "fie", "lone", "per", "dorte"])
    with undone():
        assert [who for who, client in clients.items() if not shows_number(client, reference)] == []
        withdraw_basis(basis=cast.scene.rich.bases.get(), actor=world.maja, now=on(1))
        left = [who for who, client in clients.items() if shows_number(client, reference)]
    assert left == ["dorte"]  # who leads the kindergarten, whose record it is


def test_an_administrator_is_one_no_more(cast: Cast) -> None:
    client = clients_of(cast, ["admin"])["admin"]
    paths = [reverse("admin:index"), *(reverse(f"admin:coordination_{name}_changelist") for name in ("user", "unit"))]
    with undone():
        assert [read(knock(client, "GET", path)) for path in paths] == [IN] * 3
        User.objects.filter(pk=cast.world.admin.pk).update(is_staff=False)
        assert [read(knock(client, "GET", path)) for path in paths] == [SIGN_IN] * 3
