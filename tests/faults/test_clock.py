"""The clock on the wall is moved: over both changes of summer time, and back and forth by hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from coordination.models import Deadline, Settlement
from notifications.models import Channel, Message, MessageState, Pace, Preference
from tests.builders import COPENHAGEN
from tests.faults.clock import WallClock, find_libfaketime
from tests.faults.conftest import Report, database
from tests.faults.sink import Sink
from tests.faults.town import TOWN, tell_at_any_hour, town_at
from tests.faults.works import Told, Watch, Works, running_works, soon
from tests.plugin import skip_loudly
from tests.services import Server

pytestmark = pytest.mark.postgresql
HALF_PAST_TWO = time(2, 30)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WallClock]:
    library = find_libfaketime()
    if library is None:
        skip_loudly("libfaketime is missing (apt install libfaketime)")
    else:
        yield WallClock(tmp_path_factory.mktemp("clock") / "offset", library)


@pytest.fixture(scope="module")
def moved_works(
    postgres: Server, redis: Server, clock: WallClock, django_db_blocker: DjangoDbBlocker
) -> Iterator[Works]:
    """Everything that runs in production, with a clock that the tests set, and a mail server of its own."""
    url, sink = database(postgres, f"moved_{uuid4().hex}", "town"), Sink()
    with django_db_blocker.unblock(), town_at(url):
        with running_works(
            postgres=postgres,
            redis=redis,
            database_url=url,
            broker_url=redis.url.replace("/0", "/1"),
            sink=sink,
            environment=clock.environment,
        ) as works:
            yield works
        sink.go_down()


def test_set_forward_and_back_by_hours(moved_works: Works, clock: WallClock, report: Report) -> None:
    tell_at_any_hour()
    sink = moved_works.sink
    sink.pause = 0.02
    watch = Watch(sink, now=clock.now())
    # What is made while the clock is ahead is not due until then; here all of it is due before the clock is moved.
    soon(lambda: watch.owed.messages(Channel.EMAIL).count() == watch.owed.count)
    hour = timedelta(hours=1)
    for share, move in ((0.2, 3 * hour), (0.4, -3 * hour), (0.6, 26 * hour), (0.7, -26 * hour), (0.8, -5 * hour)):
        watch.wait_for(share)
        clock.move(move)
    # Five hours ago, what is left was not due.
    moved_works.go_round()
    clock.move(5 * hour)
    watch.wait_for_all()
    told = watch.told("clock set by +3, -3, +26, -26, -5 and +5 hours")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


@pytest.mark.parametrize(
    ("sunday", "loud_at"),
    [
        pytest.param("2026-03-29", "2026-03-29T03:30+02:00", id="it begins"),  # no clock shows half past two
        pytest.param("2026-10-25", "2026-10-25T02:30+02:00", id="it ends"),  # all clocks show it twice
    ],
)
def test_over_a_change_of_summer_time(
    moved_works: Works, clock: WallClock, report: Report, sunday: str, loud_at: str
) -> None:
    """Half of the people are not disturbed before half past two, the others have a digest at that time."""
    nothing_else_is_owed(clock)
    tell_at_any_hour(quiet_from=time(22), quiet_until=HALF_PAST_TWO)
    with_digest = set(Preference.objects.using(TOWN).order_by("pk").values_list("person_id", flat=True)[::2])
    Preference.objects.using(TOWN).filter(person_id__in=with_digest).update(
        email_pace=Pace.DAILY, digest_at=HALF_PAST_TWO
    )
    change, loud = datetime.fromisoformat(f"{sunday}T01:00+00:00"), datetime.fromisoformat(loud_at)
    clock.set(change - timedelta(hours=3))
    moved_works.go_round()  # nobody is in the midst of something that began at another time
    sink = moved_works.sink
    sink.calm()
    watch = Watch(sink, now=clock.now())
    soon(lambda: watch.owed.is_settled(Channel.IN_APP))
    alone = watch.owed.messages(Channel.EMAIL).exclude(person_id__in=with_digest)

    # The second time that clocks show half past two, on the night on which they do, is nobody's.
    for moment in sorted([change, loud, change + timedelta(minutes=30), change + timedelta(hours=3)]):
        clock.set(moment - timedelta(seconds=1))
        soon(lambda moment=moment: clock.now() > moment)  # type: ignore[misc]
        if moment >= loud:
            soon(lambda: not alone.filter(state=MessageState.WAITING).exists())
        moved_works.go_round()
        assert watch.accepted == (alone.count() if moment >= loud else 0)

    # A digest comes on a working day.
    clock.set(datetime.fromisoformat(f"{sunday}T02:30").replace(tzinfo=COPENHAGEN) + timedelta(days=1))
    gathered = watch.owed.messages(Channel.EMAIL).filter(person_id__in=with_digest)
    soon(lambda: gathered.filter(bundle__state=MessageState.SENT).count() == gathered.count())
    moved_works.go_round()
    digests = Message.objects.using(TOWN).filter(pk__in=gathered.values("bundle"))
    assert digests.count() == len(with_digest)
    assert watch.accepted == alone.count() + digests.count()

    copies = sink.count_since(watch.before)
    mailed = {f"<{uid}@lilleby.example>" for uid in [*uids_of(alone), *uids_of(digests)]}
    told = Told(
        fault=f"summer time changes on {sunday}",
        owed=watch.owed.count,
        sent=watch.owed.count if set(copies) == mailed else 0,
        lost=len(mailed - set(copies)),
        doubled=copies.total() - len(copies),
    )
    report(told)
    assert set(copies) == mailed
    assert (told.lost, told.doubled) == (0, 0)


def nothing_else_is_owed(clock: WallClock) -> None:
    """End what the tests before have owed: months later, leaders would be told of it."""
    still_open = Deadline.objects.using(TOWN).filter(settled_at=None)
    still_open.update(settled_at=clock.now(), settlement=Settlement.LAPSED, next_step_on=None)


def uids_of(messages: QuerySet[Message]) -> list[UUID]:
    """What their Message-IDs are made of."""
    return list(messages.values_list("uid", flat=True))
