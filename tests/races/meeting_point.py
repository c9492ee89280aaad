"""Lets several changes go on at once, each in a thread and a transaction of its own, so that they really meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

from django.db import connection

from coordination.errors import MovedOn
from coordination.models import Case, CaseState, Deadline

Act = Callable[[], Any]

# Where an act waits for the others: before the first statement that holds these words. By then it has locked what it
# locks and read what it decides on, so that without the lock the others have decided too.
BEFORE_THE_RECORD = 'INSERT INTO "coordination_event"'
BEFORE_THE_CASE = 'FROM "coordination_case" WHERE "coordination_case"."id" = %s LIMIT 21 FOR UPDATE'
BEFORE_A_PERSON = 'ORDER BY "coordination_user"."id" ASC FOR NO KEY UPDATE'
BEFORE_THE_STEPS = 'INSERT INTO "coordination_steptaken"'

PATIENCE = 0.25  # seconds for which an act waits for others that a lock may keep away; nothing that is asserted


class Point:
    """The n-th statement that holds the words, of one act."""

    def __init__(self, words: str = BEFORE_THE_RECORD, *, number: int = 1) -> None:
        self.words = words
        self.number = number


def at_once(*acts: Act, points: Sequence[Point] | None = None) -> list[Any]:
    """Let the acts begin together and meet at their points; give what each returned or raised."""
    begin, meet = Barrier(len(acts)), Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)
    places = points or [Point() for _act in acts]

    def run(number: int) -> None:
        seen = 0

        def wait_at_the_point(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            nonlocal seen
            if places[number].words in sql:
                seen += 1
                if seen == places[number].number:
                    with suppress(BrokenBarrierError):
                        meet.wait(PATIENCE)
            return execute(sql, *rest)

        try:
            begin.wait(20)
            with connection.execute_wrapper(wait_at_the_point):
                outcomes[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 (it is an outcome)
            outcomes[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return outcomes


def the_winner(outcomes: list[Any]) -> Any:
    """What the only winner got; makes sure that all others were told that somebody came first."""
    won = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(won) == 1, outcomes
    assert all(isinstance(outcome, MovedOn) for outcome in lost), outcomes
    return won[0]


def nobody_gone_is_responsible() -> None:
    """No open case, deadline or invitation is with somebody inactive or with a closed unit."""
    assert not Case.objects.filter(state=CaseState.OPEN, holder__is_active=False).exists()
    assert not Case.objects.filter(state=CaseState.OPEN, holder_unit__closed_at__isnull=False).exists()
    assert not Deadline.objects.open().filter(owner__is_active=False).exists()
    assert not Deadline.objects.open().filter(unit__closed_at__isnull=False).exists()


def shown(command: Callable[..., Any], **how: Any) -> str:
    """Carry a command out as a page does: what it gives becomes an address."""
    return f"/{command(**how).pk}/"
