"""The mail server is down, full, deaf or rude for a while: everybody is told all the same, and only once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from notifications.models import Channel, Message, MessageState
from tests.faults.conftest import Report
from tests.faults.sink import Mood
from tests.faults.town import TOWN, addresses
from tests.faults.works import Watch, Works, soon

pytestmark = pytest.mark.postgresql


def test_nothing_goes_wrong(works: Works, report: Report) -> None:
    watch = Watch(works.sink)
    watch.wait_for_all()
    told = watch.told("none")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


def test_down_for_a_while(works: Works, report: Report) -> None:
    works.sink.pause = 0.005
    watch = Watch(works.sink)
    watch.wait_for(0.3)
    works.sink.go_down()
    unreachable = watch.owed.messages(Channel.EMAIL).filter(state=MessageState.WAITING, claim=None, attempts=0)
    soon(unreachable.filter(next_at__gt=timezone.now()).exists)
    works.sink.come_up()
    watch.wait_for_all()
    told = watch.told("mail server down for a while")
    report(told)
    assert told.lost == 0
    # Closing the port may cut off an answer, once for each worker.
    assert told.doubled <= len(works.workers)


def test_451_for_a_while(works: Works, report: Report) -> None:
    works.sink.mood = Mood.LATER
    watch = Watch(works.sink)
    refused = watch.owed.messages(Channel.EMAIL).filter(failure="451")
    soon(lambda: refused.count() >= watch.owed.count / 2)
    works.sink.mood = Mood.FINE
    watch.wait_for_all()
    told = watch.told("451 for a while")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


def test_550_for_two_people(works: Works, report: Report) -> None:
    unknown = set(addresses()[:2])
    works.sink.refused = unknown
    watch = Watch(works.sink)
    watch.wait_for_all()
    discarded = watch.owed.messages(Channel.EMAIL).filter(state=MessageState.DISCARDED)
    refused = discarded.count()
    told = watch.told("550 for two people")
    report(told)
    assert refused == watch.owed.messages(Channel.EMAIL).filter(person__email__in=unknown).count() > 0
    assert set(discarded.values_list("failure", "attempts")) == {("550", 1)}
    assert (told.lost, told.doubled) == (refused, 0)
    notices = Message.objects.using(TOWN).filter(failed__in=discarded, channel=Channel.IN_APP)
    soon(lambda: notices.filter(state=MessageState.SENT).count() == refused)


def test_it_takes_messages_and_says_nothing(works: Works, report: Report) -> None:
    works.sink.mood, works.sink.moody_for = Mood.HANGS, None
    watch = Watch(works.sink)
    in_doubt = watch.owed.messages(Channel.EMAIL).filter(failure="SMTPServerDisconnected", attempts=1, claim=None)
    soon(in_doubt.exists)
    works.sink.mood = Mood.FINE
    watch.wait_for_all()
    told = watch.told("mail server hangs after DATA")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


def test_it_accepts_messages_and_hangs_up_instead_of_saying_so(works: Works, report: Report) -> None:
    drops = 5
    works.sink.mood, works.sink.moody_for = Mood.DROPS, drops
    watch = Watch(works.sink)
    watch.wait_for_all()
    told = watch.told(f"connection dropped after DATA, {drops} times")
    report(told)
    assert told.lost == 0
    assert told.doubled == drops
