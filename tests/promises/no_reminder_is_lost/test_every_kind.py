"""For everything that can be owed: who is told of it on which day, from the first reminder to the last escalation.

The calendar is written out. "bell" is in the app, where nothing is quiet; "mail" waits for the reader's working hours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.core import mail

from coordination.models import (
    ClosingPeriod,
    Deadline,
    DeadlineKind,
)
from coordination.rules.workdays import WorkCalendar
from tests.builders import (
    World,
)
from tests.promises.no_reminder_is_lost.owed import (
    a_baton_that_fell,
    a_baton_to_be_released,
    a_call,
    a_case_to_be_erased,
    a_consent_that_ends,
    a_join_request,
    a_meeting,
    a_request,
    a_search,
    a_search_by_the_holder,
    an_agreement,
    an_agreement_to_look_at,
    an_idle_case,
    an_invitation,
    an_invitation_to_one,
    an_offer,
    an_urgent_invitation,
    assigns,
    closes,
    comes,
    does_it,
    keeps_the_baton,
    looks,
    points_onward,
    renews,
    says_no,
    says_no_to_the_asker,
    seeks_no_longer,
    takes_it_down,
    takes_the_baton,
)
from tests.promises.no_reminder_is_lost.stories_of_moves import STORIES_OF_MOVES
from tests.promises.no_reminder_is_lost.story import BOTH, Story
from tests.promises.telling_people import Line, Post, at, message_of, of_steps

STORIES = [
    Story(
        DeadlineKind.ANSWER_INVITATION,
        an_invitation,
        says_no,
        [
            ("Mon 21 Dec", BOTH, "owner", "anna anton per"),
            ("Tue 22 Dec", BOTH, "owner", "anna anton per"),
            ("Wed 23 Dec", BOTH, "asker", "maja"),
            ("Wed 23 Dec", BOTH, "leader", "per"),
            # Five working days on: after Christmas, the days on which PPR is closed, and New Year.
            ("Fri 08 Jan", BOTH, "leader", "dorte per"),
            ("Fri 15 Jan", BOTH, "leader", "dorte per"),
        ],
        closed=[("ppr", date(2026, 12, 28), date(2026, 12, 30))],
    ),
    Story(
        DeadlineKind.ANSWER_INVITATION,
        an_urgent_invitation,
        says_no,
        [
            ("Tue 15 Sep", BOTH, "owner", "anna anton per"),
            ("Wed 16 Sep", "bell", "asker", "maja"),
            ("Wed 16 Sep", BOTH, "leader", "per"),
            # Urgent or not: the school is closed for two days, and its people are left alone.
            ("Fri 18 Sep", "mail", "asker", "maja"),
            ("Wed 23 Sep", BOTH, "leader", "dorte per"),
            ("Wed 30 Sep", BOTH, "leader", "dorte per"),
        ],
        closed=[("school", date(2026, 9, 16), date(2026, 9, 17))],
    ),
    Story(
        DeadlineKind.ANSWER_INVITATION,
        an_invitation_to_one,
        says_no,
        [
            ("Wed 16 Sep", BOTH, "owner", "anna anton"),
            ("Thu 17 Sep", BOTH, "owner", "anna anton"),
            ("Thu 17 Sep", BOTH, "leader", "per"),
            ("Fri 18 Sep", BOTH, "asker", "maja"),
            ("Fri 18 Sep", BOTH, "leader", "per"),
            ("Fri 25 Sep", BOTH, "leader", "dorte per"),
        ],
    ),
    Story(
        DeadlineKind.FIND_PARTNER,
        a_search,
        points_onward,
        [
            ("Fri 18 Sep", BOTH, "owner", "lone"),
            ("Mon 21 Sep", BOTH, "owner", "lone"),
            ("Mon 21 Sep", BOTH, "leader", "sanne"),
            ("Mon 28 Sep", BOTH, "leader", "sanne"),
            ("Mon 05 Oct", BOTH, "leader", "sanne"),
        ],
    ),
    Story(
        DeadlineKind.FIND_PARTNER,
        a_search_by_the_holder,
        seeks_no_longer,
        [
            ("Mon 21 Sep", BOTH, "owner", "maja"),
            ("Tue 22 Sep", BOTH, "owner", "maja"),
            ("Tue 22 Sep", BOTH, "leader", "lone"),
            ("Tue 29 Sep", BOTH, "leader", "lone sanne"),
            ("Tue 06 Oct", BOTH, "leader", "lone sanne"),
        ],
    ),
    Story(
        DeadlineKind.ANSWER_JOIN_REQUEST,
        a_join_request,
        says_no_to_the_asker,
        [
            ("Fri 09 Oct", BOTH, "owner", "maja"),
            ("Mon 19 Oct", BOTH, "owner", "maja"),
            ("Tue 20 Oct", BOTH, "owner", "maja"),
            ("Tue 20 Oct", BOTH, "asker", "ove"),
            ("Tue 20 Oct", BOTH, "leader", "lone"),
            ("Tue 27 Oct", BOTH, "leader", "lone sanne"),
            ("Tue 03 Nov", BOTH, "leader", "lone sanne"),
        ],
        closed=[("schools", date(2026, 10, 12), date(2026, 10, 16))],
    ),
    Story(
        DeadlineKind.ANSWER_HANDOVER,
        an_offer,
        takes_the_baton,
        [
            ("Wed 24 Mar", BOTH, "owner", "anna"),
            ("Tue 30 Mar", BOTH, "owner", "anna"),  # after Easter, and after the clocks have been put forward
            ("Wed 31 Mar", BOTH, "asker", "maja"),
            ("Wed 31 Mar", BOTH, "leader", "per"),
            ("Wed 07 Apr", BOTH, "leader", "dorte per"),
            ("Wed 14 Apr", BOTH, "leader", "dorte per"),
        ],
    ),
    Story(
        DeadlineKind.ANSWER_HANDOVER,
        a_request,
        keeps_the_baton,
        [
            ("Thu 17 Sep", BOTH, "owner", "maja"),
            ("Fri 18 Sep", BOTH, "owner", "maja"),
            ("Mon 21 Sep", BOTH, "owner", "maja"),
            ("Mon 21 Sep", BOTH, "asker", "anna"),
            ("Mon 21 Sep", BOTH, "leader", "lone"),
            ("Mon 28 Sep", BOTH, "leader", "lone sanne"),
            ("Mon 05 Oct", BOTH, "leader", "lone sanne"),
        ],
    ),
    Story(
        DeadlineKind.DO_AGREEMENT,
        an_agreement,
        does_it,
        [
            ("Tue 04 May", BOTH, "owner", "anna"),
            ("Fri 07 May", BOTH, "owner", "anna"),  # its day is Ascension Day
            ("Tue 11 May", BOTH, "owner", "anna"),
            ("Tue 11 May", BOTH, "asker", "maja"),
            ("Fri 14 May", BOTH, "leader", "per"),
            ("Mon 24 May", BOTH, "leader", "per"),  # Whit Monday lies between
        ],
    ),
    Story(
        DeadlineKind.LOOK_AGAIN,
        an_agreement_to_look_at,
        looks,
        [
            ("Wed 30 Sep", BOTH, "owner", "maja"),
            ("Fri 09 Oct", BOTH, "owner", "maja"),
            ("Fri 09 Oct", BOTH, "leader", "lone"),
            ("Fri 16 Oct", BOTH, "owner", "maja"),
            ("Fri 16 Oct", BOTH, "leader", "lone"),
        ],
        closed=[("school", date(2026, 10, 1), date(2026, 10, 2))],
    ),
    Story(
        DeadlineKind.ANSWER_MEETING,
        a_call,
        comes,
        [
            ("Thu 17 Sep", BOTH, "owner", "anna"),
            ("Thu 17 Sep", BOTH, "asker", "maja"),
            ("Mon 21 Sep", BOTH, "asker", "maja"),
            ("Mon 21 Sep", BOTH, "leader", "per"),
        ],
        closed=[("ppr", date(2026, 9, 18), date(2026, 9, 18))],
    ),
    Story(
        DeadlineKind.MEETING_OUTCOME,
        a_meeting,
        takes_it_down,
        [
            ("Tue 22 Sep", BOTH, "owner", "maja"),
            ("Tue 29 Sep", BOTH, "owner", "maja"),
            ("Tue 29 Sep", BOTH, "leader", "lone"),
            ("Tue 06 Oct", BOTH, "owner", "maja"),
            ("Tue 06 Oct", BOTH, "leader", "lone"),
        ],
    ),
    Story(
        DeadlineKind.NEXT_STEP,
        an_idle_case,
        closes,
        [
            ("Mon 16 Aug", BOTH, "owner", "maja"),
            ("Mon 23 Aug", BOTH, "leader", "lone"),
            ("Mon 30 Aug", BOTH, "leader", "lone"),
        ],
        closed=[("school", date(2027, 6, 28), date(2027, 8, 8))],
    ),
    Story(
        DeadlineKind.RENEW_CONSENT,
        a_consent_that_ends,
        renews,
        [
            ("Mon 14 Dec", BOTH, "owner", "maja"),  # twenty working days before, over Christmas
            ("Fri 08 Jan", BOTH, "owner", "maja"),
            ("Fri 15 Jan", BOTH, "owner", "maja"),
            ("Fri 22 Jan", BOTH, "owner", "maja"),
            ("Fri 22 Jan", BOTH, "leader", "lone"),
            ("Fri 29 Jan", BOTH, "owner", "maja"),
            ("Fri 29 Jan", BOTH, "leader", "lone"),
        ],
    ),
    *(
        Story(
            DeadlineKind.ASSIGN_HOLDER,
            fallen,
            assigns,
            [
                ("Thu 17 Sep", BOTH, "owner", "lone"),
                ("Fri 18 Sep", BOTH, "owner", "lone"),
                ("Fri 18 Sep", BOTH, "leader", "sanne"),
                ("Fri 25 Sep", BOTH, "owner", "lone"),
                ("Fri 25 Sep", BOTH, "leader", "sanne"),
                ("Fri 02 Oct", BOTH, "owner", "lone"),
                ("Fri 02 Oct", BOTH, "leader", "sanne"),
            ],
        )
        for fallen in (a_baton_that_fell, a_baton_to_be_released)
    ),
    Story(
        DeadlineKind.CLOSE_TO_ERASE,
        a_case_to_be_erased,
        closes,
        [
            ("Thu 24 Sep", BOTH, "owner", "maja"),
            ("Tue 29 Sep", BOTH, "owner", "maja"),
            ("Tue 29 Sep", BOTH, "leader", "lone"),
            ("Thu 01 Oct", BOTH, "owner", "maja"),
            ("Thu 01 Oct", BOTH, "leader", "lone"),
            ("Thu 08 Oct", BOTH, "owner", "maja"),
            ("Thu 08 Oct", BOTH, "leader", "lone"),
        ],
    ),
    *STORIES_OF_MOVES,
]


def the_day(line: Line, deadline: Deadline) -> date:
    """The day of a line, in the year after the deadline came about."""
    first = deadline.opened_at.date()
    days = (first + timedelta(days=number) for number in range(366))
    return next(day for day in days if f"{day:%a %d %b}" == line[0])


@pytest.mark.parametrize("story", STORIES, ids=[story.owed.__name__ for story in STORIES])
def test_from_the_first_reminder_to_the_last_escalation(world: World, with_mail: None, story: Story) -> None:
    for unit, first_on, last_on in story.closed:
        ClosingPeriod.objects.create(unit=world.units[unit], first_on=first_on, last_on=last_on)
    deadline = story.owed(world)
    assert deadline.kind == story.kind
    post, last = Post(world), the_day(story.told[-1], deadline)
    first_told = the_day(story.told[0], deadline)
    post.days(last, first=max(deadline.opened_at.date(), first_told - timedelta(days=4)))
    story.ends(world, deadline, at(last, time(11)))
    post.days(last + timedelta(days=11), first=last + timedelta(days=1))
    assert post.of_deadline(deadline) == story.told


def test_there_is_a_story_for_everything_that_can_be_owed() -> None:
    assert {story.kind for story in STORIES} == set(DeadlineKind)


@pytest.mark.parametrize(
    ("owed_thing", "to_do", "not_done"),
    [
        (an_urgent_invitation, "Svar på invitationen til PPR", "PPR har ikke svaret på invitationen"),
        (a_search, "Find en anden samarbejdspartner", "Der er endnu ikke spurgt en anden samarbejdspartner"),
        (a_request, "Svar på overdragelsen", "Der er ikke svaret på overdragelsen"),
        (a_meeting, "Notér, hvad der kom ud af mødet", "Ingen har noteret, hvad der kom ud af et møde"),
        (a_baton_that_fell, "Find en ny tovholder", "Der er ikke fundet en ny tovholder"),
    ],
)
def test_the_subject_says_what_is_to_be_done_or_has_not_been_done_and_in_which_case(
    world: World, with_mail: None, owed_thing: Callable[[World], Deadline], to_do: str, not_done: str
) -> None:
    deadline, post = owed_thing(world), Post(world)
    post.round(at(WorkCalendar().shift(deadline.due_on, 10)))
    said: dict[str, set[str]] = {"owner": set(), "asker": set(), "leader": set()}
    for email in mail.outbox:
        message = message_of(email)
        if of_steps(message, deadline):
            said[message.audience].add(str(email.subject))
    code = deadline.case.code
    assert said["owner"] == {f"Involver: {to_do} ({code})"}
    assert said["asker"] | said["leader"] == {f"Involver: {not_done} ({code})"}
