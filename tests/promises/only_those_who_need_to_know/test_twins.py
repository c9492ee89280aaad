"""Two installations that differ only in what somebody must not see answer them with the same bytes, everywhere.

The second is the first, some time later by what others have done: the rows of that have the highest numbers. Numbers
in addresses (of asks, agreements, meetings) tell whoever makes one roughly how many there have been in all; the codes
of cases are drawn at random, and tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from notifications.commands.feeds import make_feed
from tests.browser.tour import pages_of
from tests.promises.only_those_who_need_to_know.cast import Cast
from tests.promises.only_those_who_need_to_know.doors import bytes_of, clients_of, doors_of, knock
from tests.promises.only_those_who_need_to_know.meanwhile import (
    a_colleagues_case,
    a_move_elsewhere,
    another_case,
    in_the_neighbouring_town,
    more_in_the_rich_case,
    settle_next_door,
)

pytestmark = pytest.mark.django_db

# What happens, and who must not see anything of it.
HIDDEN: dict[str, tuple[list[Callable[[Cast], None]], list[str]]] = {
    "from a stranger": ([another_case, a_colleagues_case, more_in_the_rich_case, a_move_elsewhere], ["olga", "admin"]),
    "from the invited": ([another_case, a_colleagues_case, more_in_the_rich_case], ["dina", "ove"]),
    "from who once took part": ([another_case, a_colleagues_case, more_in_the_rich_case], ["finn"]),
    "from a holder and a partner": ([another_case, a_colleagues_case, a_move_elsewhere], ["maja", "anna"]),
    "from a leader": ([another_case, a_move_elsewhere], ["lone", "per"]),
    "from another leader": ([another_case, a_colleagues_case, more_in_the_rich_case], ["kirsten"]),
    "from the next town": ([in_the_neighbouring_town], ["dorthe", "dorte"]),
}
WORDS = ("a", "skole", "P-2026-9001", "hanne")


def pages_for(cast: Cast, token: str) -> list[str]:
    """Every page of the tour and every other address, what can be looked for, files, and one's own calendar."""
    paths = {stop.path for stop in pages_of(cast.scene)} | set(doors_of(cast).values())
    paths.discard(reverse("notifications:feed", args=[cast.token]))  # Maja's: whoever has that secret sees what is hers
    paths |= {f"{reverse('units')}?navn={word}" for word in WORDS}
    paths |= {f"{reverse('cases')}?vis={tab}" for tab in ("tovholder", "med", "afsluttede", "ledelse")}
    paths |= {f"{reverse('board')}?mangler={lack}" for lack in ("late", "meeting", "receiver")}
    cohort = f"enhed={cast.world.kindergarten.pk}&slags=kindergarten_to_school"
    paths |= {f"{reverse('cohort_csv')}?{cohort}", f"{reverse('cohort')}?{cohort}"}
    paths.discard(reverse("admin:notifications_message_changelist"))  # what could not be told, without what it is about
    paths |= {reverse("figures_file", args=["xlsx"]), reverse("notifications:bell") + "?foer=3"}
    return sorted({*paths, reverse("notifications:feed", args=[token])})


def searches(client: Client) -> Iterator[tuple[str, bytes]]:
    """What is suggested and found while a case is being opened."""
    for word in WORDS:
        given = {"search": word, "find": "1"}
        yield f"find {word}", bytes_of(client.post(reverse("open_case_partners"), given))


def what_is_seen(client: Client, paths: list[str]) -> dict[str, object]:
    """Everything that somebody can find out."""
    seen: dict[str, object] = dict(searches(client))
    for path in paths:
        answer = knock(client, "GET", path)
        seen[path] = answer.status_code, sorted(answer.items()), bytes_of(answer)
    return seen


@pytest.mark.parametrize("which", HIDDEN)
def test_what_others_do_changes_no_byte_of_what_one_sees(cast: Cast, which: str) -> None:
    happens, viewers = HIDDEN[which]
    with transaction.atomic():
        settle_next_door(cast)
        clients = clients_of(cast, viewers)
        tokens = {who: make_feed(actor=cast.world.people[who], now=cast.scene.rich.opened_at) for who in viewers}
        pages = {who: pages_for(cast, tokens[who]) for who in viewers}
        before = {who: what_is_seen(clients[who], pages[who]) for who in viewers}
        for happen in happens:
            happen(cast)
        after = {who: what_is_seen(clients[who], pages[who]) for who in viewers}
        transaction.set_rollback(True)
    changed = [(who, path) for who in viewers for path in before[who] if before[who][path] != after[who][path]]
    assert changed == []
    assert all(any(seen[0] == 200 for seen in before[who].values() if isinstance(seen, tuple)) for who in viewers)
