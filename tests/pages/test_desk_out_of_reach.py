"""Mit overblik of leaders: whom of their people e-mail does not reach."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.commands.people import end_membership
from coordination.models import User
from notifications.channels.email import Mailer
from notifications.channels.outcomes import Outcome, Tried
from notifications.models import Channel, Message, MessageState
from tests.builders import World, a_case, on
from tests.notifications.reading import tell
from tests.pages.desks import desk_of

pytestmark = pytest.mark.usefixtures("with_mail")

HEADING = "Cannot be reached"


def mailed(person: User, state: MessageState, *, at: datetime | None = None) -> None:
    """An e-mail to somebody, on the day of a digest, that has come to this end."""
    number = Message.objects.count()
    Message.objects.create(
        digest_on=on(number).date(), person=person, channel=Channel.EMAIL, state=state, made_at=on(), due_at=on(),
        next_at=on(), settled_at=None if state == MessageState.WAITING else at or on(),
    )  # fmt: skip


def names_on(desk: str) -> list[str]:
    """The names in the group, in order."""
    return [name for name in NAMES if name in desk.split(HEADING, 1)[-1]] if HEADING in desk else []


NAMES = ("Anna Bang", "Anton Beck", "Hanne Hede", "Per Psykolog")


def test_a_leader_sees_whom_the_last_email_did_not_reach_until_one_does(world: World) -> None:
    assert HEADING not in desk_of(world.per, on(1))
    mailed(world.anna, MessageState.DISCARDED, at=on())
    mailed(world.anton, MessageState.DISCARDED, at=on())
    mailed(world.anton, MessageState.SENT, at=on(hours=1))
    desk = desk_of(world.per, on(1))
    assert names_on(desk) == ["Anna Bang"]
    assert "Is anna@lilleby.example right?" in desk
    assert "e-mail did not arrive yesterday" in desk
    mailed(world.anna, MessageState.WAITING)
    mailed(world.anna, MessageState.UNWANTED)
    assert names_on(desk_of(world.per, on(1))) == ["Anna Bang"]
    mailed(world.anna, MessageState.SENT)
    assert HEADING not in desk_of(world.per, on(1))


def test_only_the_nearest_leader_sees_it(world: World) -> None:
    mailed(world.anna, MessageState.DISCARDED)
    mailed(world.hanne, MessageState.DISCARDED)
    for person in (world.anna, world.anton, world.lone, world.karin):
        assert HEADING not in desk_of(person, on(1))
    assert names_on(desk_of(world.per, on(1))) == ["Anna Bang"]
    assert names_on(desk_of(world.dorte, on(1))) == ["Hanne Hede"]  # nobody leads the health visitors themselves


def test_a_leader_who_cannot_be_reached_stands_with_the_leader_above(world: World) -> None:
    mailed(world.per, MessageState.DISCARDED)
    assert HEADING not in desk_of(world.per, on(1))
    assert names_on(desk_of(world.dorte, on(1))) == ["Per Psykolog"]


def test_whoever_has_left_is_no_longer_missed(world: World) -> None:
    mailed(world.anna, MessageState.DISCARDED)
    end_membership(membership=world.anna.memberships.get(ended_at=None), actor=None, now=on(hours=1))
    assert HEADING not in desk_of(world.per, on(1))


def test_an_address_that_is_refused_for_good_ends_up_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mailer, "send", lambda *_given: Tried(Outcome.NEVER, "550"))
    a_case(world)
    tell(on(hours=1))
    assert names_on(desk_of(world.per, on(1))) == ["Anna Bang", "Anton Beck"]
    assert names_on(desk_of(world.dorte, on(1))) == ["Per Psykolog"]


def test_it_costs_as_many_queries_for_many_as_for_one(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk_of(world.per, on(1))
        return len(queries)

    mailed(world.anna, MessageState.DISCARDED)
    few = cost()
    for person in (world.anton, world.anna, world.anton):
        mailed(person, MessageState.DISCARDED)
    assert cost() == few
    with CaptureQueriesContext(connection) as queries:
        desk_of(world.anna, on(1))
    assert not [query for query in queries if '"notifications_message"' in query["sql"] and "email" in query["sql"]]
