"""The board of moves: who sees which, what they lack, and what can be done from there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.people import end_membership
from coordination.models import Event, EventKind, OutboxEntry, Transition, TransitionState
from notifications.models import Message
from notifications.passing import run_round
from tests.builders import World, day, on
from tests.pages.asking import said, see, send, words
from tests.pages.cohort_town import AFTER, children, landed, moves
from tests.promises.moving import FIRST_OF_AUGUST, a_childs_case, a_move, again, handed_over, heard, received
from tests.promises.telling import away

BOARD = "/overgange/"
PAGES = ("/overgange/", "/overgange/kalender/", "/overgange/udskriv/", "/overgange/tabel.csv", "/overgange/aargang/",
         "/overgange/aargang/fil/", "/overgange/aargang/liste.csv")  # fmt: skip
LEADERS = {"karin", "dorte", "sanne", "lone", "kirsten", "per"}


def board(person: object, query: str = "", **how: object) -> str:
    """The words of the board."""
    response = see(person, f"{BOARD}{query}", **how)  # type: ignore[arg-type]
    assert response.status_code == 200
    return words(response)


@pytest.mark.parametrize("page", PAGES)
def test_nobody_but_leaders_has_a_board(world: World, page: str) -> None:
    for name, person in world.people.items():
        status = see(person, page).status_code
        is_list = page.endswith("liste.csv")  # of no unit there is no list
        assert (status == 404) == (name not in LEADERS or is_list), (name, status)


@pytest.mark.parametrize(
    "page", ["/overgange/se-tilbage/", "/overgange/aargang/se-foerst/", "/overgange/aargang/planlaeg/"]
)
def test_nobody_but_leaders_can_send_anything_there(world: World, page: str) -> None:
    assert send(world.maja, page).status_code == 404
    assert see(world.lone, page).status_code == 405


def test_only_leaders_find_it_in_the_menu(world: World) -> None:
    assert 'href="/overgange/"' in words(see(world.lone, "/"))
    assert 'href="/overgange/"' not in words(see(world.maja, "/"))


def test_leaders_of_both_units_and_above_see_a_move_and_nobody_beside_them(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    for name in LEADERS:
        seen = move.case.code in board(world.people[name])
        assert seen == (name != "per"), name
    assert see(world.lone, f"{BOARD}?enhed={world.kindergarten.pk}").status_code == 404
    assert see(world.lone, f"{BOARD}?enhed=999999").status_code == 404
    assert move.case.code in board(world.sanne, f"?enhed={world.school.pk}")
    assert move.case.code not in board(world.sanne, f"?enhed={world.other_school.pk}")


def test_the_stand_in_of_a_leader_who_is_away_sees_the_board_and_acts_for_them(world: World) -> None:
    move = landed(world)
    away(world.lone, world.mads, first=410, last=430)
    assert see(world.mads, BOARD, at=on(409)).status_code == 404
    assert move.case.code in board(world.mads, at=on(415))
    assert "You have looked back on 1 move." in said(
        world.mads, reverse("board_review"), {"transition": [move.pk]}, at=on(415)
    )
    assert [review.unit for review in again(move).reviews.all()] == [world.school]
    assert see(world.mads, BOARD, at=on(431)).status_code == 404


def test_a_unit_without_a_leader_shows_at_the_leader_above(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    end_membership(membership=world.lone.memberships.get(), actor=None, now=on(2))
    assert move.case.code in board(world.sanne, f"?retning=ind&enhed={world.school.pk}", at=on(3))
    assert see(world.lone, BOARD, at=on(3)).status_code == 404


def test_to_us_and_from_us(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    assert move.case.code in board(world.lone, "?retning=ind")
    assert move.case.code not in board(world.lone, "?retning=ud")
    assert move.case.code in board(world.kirsten, "?retning=ud")
    assert move.case.code not in board(world.kirsten, "?retning=ind")
    assert move.case.code in board(world.dorte, f"?retning=ud&enhed={world.kindergarten.pk}")
    assert move.case.code not in board(world.dorte, f"?retning=ud&enhed={world.school.pk}")


def test_filters_stand_in_the_address_and_what_means_nothing_is_passed_over(world: World) -> None:
    august, march = a_move(world, a_childs_case(world)), moves(world, 1, move_on=day(170))[0]
    by_day = board(world.kirsten, f"?dag={FIRST_OF_AUGUST}")
    assert august.case.code in by_day
    assert march.case.code not in by_day
    assert "1 move<" in by_day
    by_kind = board(world.kirsten, "?slags=preschool_to_school")
    assert august.case.code not in by_kind
    nonsense = board(world.kirsten, "?dag=2027-13-45&slags=&retning=op&mangler=alt&efter=x_y&ogsaa=x")
    assert august.case.code in nonsense
    assert march.case.code in nonsense


def test_the_counts_of_what_is_lacking_are_filters(world: World) -> None:
    case = a_childs_case(world)
    ready, bare = a_move(world, case), a_move(world, children(world, 1)[0], to_unit=None)
    heard(case, world.rikke, on_day=2)
    text = board(world.kirsten, at=on(3))
    assert "2 moves" in text
    assert "1 without a receiver" in text
    assert "1 where the child has not been heard" in text
    assert "2 where the parents have not taken part" in text
    assert "2 without a handover meeting" in text
    unheard = board(world.kirsten, "?mangler=child_not_heard", at=on(3))
    assert bare.case.code in unheard
    assert ready.case.code not in unheard
    assert "2 moves" in unheard, "the other counts stay, to go on to"
    assert 'href="/overgange/?mangler=no_receiver"' in unheard


def test_each_row_says_its_state_in_words_and_one_step(world: World) -> None:
    bare = a_move(world, children(world, 1)[0], to_unit=None)
    text = board(world.kirsten)
    for word in ("missing", "not heard", "not yet", "until", "0 of"):
        assert word in text, word
    assert f'href="/overgange/{bare.pk}/modtager/"' in text
    sent = handed_over(world, moves(world, 1, first=1400)[0])
    assert f'href="/overgange/{sent.pk}/tag-imod/"' in board(world.lone, at=on(4))
    assert f'formaction="/overgange/{sent.pk}/mind-om/"' in board(world.kirsten, at=on(20))
    got = received(world, moves(world, 1, first=1500)[0])
    assert "Maja Holm" in board(world.kirsten, f"?dag={got.move_on}", at=on(5))


def test_pages_go_on_where_the_one_before_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, count in ((0, 3), (1, 2)):
        moves(world, count, first=1000 + 100 * number, move_on=FIRST_OF_AUGUST + timedelta(days=number))
    everything = list(Transition.objects.order_by("move_on", "pk").values_list("case__code", flat=True))
    monkeypatch.setattr("coordination.queries.board.read_board.__kwdefaults__", {"after": None, "limit": 2})
    found, url = [], BOARD
    while url:
        text = words(see(world.kirsten, url))
        found += re.findall(r'<a class="code" href="/overgange/\d+/">([^<]+)</a>', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        url = following[1].replace("&amp;", "&") if following else ""
        assert len(found) <= len(everything)
    assert found == everything


def test_the_number_of_queries_does_not_grow_with_the_moves(world: World) -> None:
    urls = (
        BOARD,
        "/overgange/udskriv/",
        f"/overgange/kalender/?maaned={FIRST_OF_AUGUST:%Y-%m}",
        "/overgange/tabel.csv",
    )
    moves(world, 10)
    few = {url: _queries(world, url) for url in urls}
    moves(world, 190, first=2000)
    assert {url: _queries(world, url) for url in urls} == few


def _queries(world: World, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = see(world.kirsten, url)
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return len(captured)


def test_reminding_tells_whoever_owes_the_next_step_once_a_day(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    url = reverse("board_remind", args=[move.pk])
    told = said(world.kirsten, url, {"back": "?retning=ud"})
    assert "Rikke Ravn has been reminded." in told
    [event] = Event.objects.filter(kind=EventKind.TRANSITION_REMINDED)
    assert (event.person, event.subject_id) == (world.rikke, move.pk)
    assert OutboxEntry.objects.filter(event=event).count() == 1
    with time_machine.travel(on(1, hours=1), tick=False):
        run_round()
    assert [message.person for message in Message.objects.filter(event=event)] == [world.rikke]
    assert "reminded today" in board(world.kirsten)
    assert "today already" in said(world.lone, url)
    assert Event.objects.filter(kind=EventKind.TRANSITION_REMINDED).count() == 1
    assert "has been reminded" in said(world.lone, url, at=on(2))


def test_reminding_leads_back_to_the_same_filter_and_nowhere_else(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    url = reverse("board_remind", args=[move.pk])
    first = send(world.kirsten, url, {"back": "?retning=ud&mangler=no_meeting&x=1"})
    assert first["Location"] == "/overgange/?retning=ud&mangler=no_meeting"
    assert send(world.kirsten, url, {"back": "https://example.org/"})["Location"] == "/overgange/"
    assert send(world.kirsten, url, {"back": f"?enhed={world.ppr.pk}"})["Location"] == "/overgange/"


def test_nobody_reminds_of_a_move_that_they_do_not_lead(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    url = reverse("board_remind", args=[move.pk])
    for name in ("per", "maja", "rikke"):
        assert send(world.people[name], url).status_code == 404, name
    assert see(world.kirsten, url).status_code == 405
    assert not Event.objects.filter(kind=EventKind.TRANSITION_REMINDED).exists()


def test_looking_back_on_several_says_which_could_not_be(world: World) -> None:
    first, second = landed(world), landed(world, 3001, move_on=FIRST_OF_AUGUST + timedelta(days=1))
    early = received(world, moves(world, 1)[0])
    elsewhere = a_move(world, a_childs_case(world), to_unit=world.other_school)
    ticked = [first.pk, second.pk, early.pk, elsewhere.pk]
    told = said(world.lone, reverse("board_review"), {"transition": ticked}, at=AFTER)
    assert "You have looked back on 2 moves." in told
    assert f"{early.case.code}: Whether the child has landed has not been answered yet." in told
    assert "1 move was not found." in told
    assert [again(each).state for each in (first, second)] == [TransitionState.LANDED] * 2
    told = said(world.kirsten, reverse("board_review"), {"only": [first.pk], "transition": [second.pk]}, at=AFTER)
    assert "You have looked back on 1 move." in told
    assert [again(each).state for each in (first, second)] == [TransitionState.REVIEWED, TransitionState.LANDED]
    told = said(world.lone, reverse("board_review"), {"transition": [second.pk]}, at=AFTER)
    assert "has been reviewed for Bakkeskolen already" in told


def test_looking_back_on_nothing_says_what_to_do(world: World) -> None:
    assert "Tick the moves" in said(world.lone, reverse("board_review"))


def test_the_calendar_counts_the_moves_of_each_day(world: World) -> None:
    moves(world, 3)
    a_move(world, children(world, 1, first=1900)[0], move_on=FIRST_OF_AUGUST + timedelta(days=9))
    text = words(see(world.kirsten, "/overgange/kalender/?maaned=2027-08&retning=ud"))
    assert "August 2027" in text
    assert re.search(r'href="/overgange/\?retning=ud&amp;dag=2027-08-01">3 moves', text)
    assert re.search(r'href="/overgange/\?retning=ud&amp;dag=2027-08-10">1 move<', text)
    assert "No moves this month" in words(see(world.kirsten, "/overgange/kalender/?maaned=2027-05"))
    assert "After this: Sunday 1 August 2027" in words(see(world.kirsten, "/overgange/kalender/?maaned=2027-05"))
    assert "moves<" not in words(see(world.per, "/overgange/kalender/?maaned=2027-08"))


def test_the_list_to_print_holds_codes_units_days_and_states_only(world: World) -> None:
    move = received(world, a_move(world, a_childs_case(world)))
    text = words(see(world.kirsten, "/overgange/udskriv/", at=on(5)))
    main = text[text.index("<main") : text.index("</main>")]
    for word in (move.case.code, "Bakkeskolen", "Børnehuset Solsikken"):
        assert word in main
    assert "Maja" not in main
    assert "P-2026" not in main


def test_the_table_holds_what_the_filter_shows(world: World) -> None:
    move, bare = a_move(world, a_childs_case(world)), a_move(world, children(world, 1)[0], to_unit=None)
    lines = _table(world, "?mangler=no_receiver")
    assert lines[0].startswith("\ufeffcode;from;to;day;kind;")
    assert len(lines) == 2
    assert lines[1].startswith(f"{bare.case.code};kindergarten;;2027-08-01;kindergarten_to_school;")
    assert "no receiver" in lines[1]
    assert move.case.code in "".join(_table(world))
    assert [line for line in _table(world, who="per") if "K" in line[1:3]] == []


def test_a_cell_of_the_table_is_never_a_formula(world: World) -> None:
    a_move(world, a_childs_case(world))
    world.school.__class__.objects.filter(pk=world.school.pk).update(name='=HYPERLINK("http://x")')
    assert "\"'=HYPERLINK(" in _table(world)[1]


def _table(world: World, query: str = "", who: str = "kirsten") -> list[str]:
    response = see(world.people[who], f"/overgange/tabel.csv{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return text.strip().split("\r\n")
