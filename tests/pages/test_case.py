"""The case page: what each part sees and may do, references, who has looked, and the receipt."""

from __future__ import annotations

import re

import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.agreements import make_agreement
from coordination.commands.cases import close_case, reopen_case
from coordination.commands.handovers import ask_for_release, request_baton
from coordination.commands.invitations import complete_partnership, leave_case
from coordination.commands.looks import open_reference
from coordination.commands.people import set_absence
from coordination.models import (
    AccessRecord,
    AgreementKind,
    Case,
    CaseOutcome,
    LeaveReason,
    LookReason,
    PartnershipOutcome,
    Reference,
    ReferencePurpose,
    ReopenReason,
    User,
)
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    accepted,
    day,
    on,
    term,
)
from tests.pages.asking import see, words
from tests.pages.rich_case import a_rich_case

NUMBER = "P-2026-1042"


def page_of(case: Case) -> str:
    return reverse("case", args=[case.code])


def main_of(response: HttpResponse) -> str:
    """Give what the page says, without the keys of the forms around it."""
    return words(response).split("<main", 1)[1].split("</main>", 1)[0]


def the_record(case: Case) -> Reference:
    return case.references.get(purpose=ReferencePurpose.RECORD)


# --- Who sees it --------------------------------------------------------------------------------------------
def test_strangers_and_the_invited_get_the_same_answer_as_for_a_code_that_never_was(world: World) -> None:
    case = a_case(world)
    for person in (world.ove, world.anna, world.per, world.kirsten):
        unseen, never = see(person, page_of(case)), see(person, reverse("case", args=["K7M3-92QD"]))
        assert (unseen.status_code, never.status_code) == (404, 404)
        assert main_of(unseen) == main_of(never)
    assert not AccessRecord.objects.exists()


def test_every_look_at_the_case_is_logged(world: World) -> None:
    case = a_case(world)
    assert see(world.maja, page_of(case)).status_code == 200
    assert see(world.lone, page_of(case)).status_code == 200
    assert list(AccessRecord.objects.filter(case=case).values_list("viewer__username", flat=True)) == ["lone", "maja"]


def test_the_page_says_where_one_is_who_holds_the_baton_and_what_is_next(world: World) -> None:
    case = a_case(world)
    text = words(see(world.maja, page_of(case)))
    assert f'<span class="code">{case.code}</span> · Well-being' in text
    assert "Wondering" in text
    assert "You hold the baton, for Bakkeskolen." in text
    assert re.search(r"Next: PPR answers by <time[^>]*>Thursday</time>", text)
    assert "holder since" in text


def test_what_is_late_is_said_to_be_late(world: World) -> None:
    case = a_case(world)
    text = words(see(world.maja, page_of(case), at=on(4)))
    assert re.search(r"Late: PPR has not answered Bakkeskolen: [^.]*\. The limit was <time[^>]*>yesterday</time>", text)
    assert re.search(r"has not answered, the limit was <time[^>]*>yesterday</time>", text)


def test_the_level_follows_who_takes_part(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    assert "Two units" in words(see(world.maja, page_of(case)))


# --- What each part may do ----------------------------------------------------------------------------------
def links(text: str) -> set[str]:
    return set(re.findall(r'href="([^"#?]+)[^"]*"', text))


def urls(case: Case, *names: str) -> set[str]:
    return {reverse(name, args=[case.code]) for name in names}


HOLDERS = ("invite", "handover_offer", "reference_add", "basis_record", "release", "case_close")
PARTNERS = ("agreement_make", "meeting_call", "case_looks")


def test_the_holder_is_offered_what_the_holder_may_do(world: World) -> None:
    case = a_case_with_reference(world)
    assert urls(case, *HOLDERS, *PARTNERS) <= links(words(see(world.maja, page_of(case))))


def test_a_partner_is_not_offered_what_is_the_holders(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    offered = links(words(see(world.anna, page_of(case))))
    assert urls(case, *PARTNERS) <= offered
    assert not urls(case, *HOLDERS, "assign") & offered
    names = ("baton_request", "partnership_complete", "partnership_leave", "partnership_contact")
    assert {reverse(name, args=[partnership.pk]) for name in names} <= offered


def test_a_leader_sees_the_case_and_is_offered_nothing_that_is_for_those_who_take_part(world: World) -> None:
    case = a_case_with_reference(world)
    text = words(see(world.lone, page_of(case)))
    assert "You see the case as a leader." in text
    assert not urls(case, *HOLDERS, *PARTNERS, "assign") & links(text)
    assert NUMBER not in text


def test_a_leader_may_name_a_holder_only_when_the_baton_is_free(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    assert urls(case, "assign") <= links(words(see(world.lone, page_of(case))))
    assert not urls(case, "release") & links(words(see(world.maja, page_of(case))))


def test_a_stand_in_is_told_for_whom(world: World) -> None:
    case = a_case(world)
    set_absence(
        user=world.maja, stand_in=world.mads, first_on=day(0), last_on=day(3), actor=world.maja, now=on(hours=1)
    )
    text = words(see(world.mads, page_of(case)))
    assert "You stand in for Maja Holm, Bakkeskolen, who holds the baton." in text
    assert urls(case, *HOLDERS) <= links(text)


def test_the_baton_that_is_asked_for_waits_for_the_holder_and_can_be_taken_back(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    handover = request_baton(partnership=partnership, actor=world.anna, now=on(hours=2))
    assert reverse("handover", args=[handover.pk]) in links(words(see(world.maja, page_of(case))))
    anna = links(words(see(world.anna, page_of(case))))
    assert reverse("handover_withdraw", args=[handover.pk]) in anna
    assert reverse("baton_request", args=[partnership.pk]) not in anna


# --- A long story -------------------------------------------------------------------------------------------
def test_a_rich_case_says_how_everything_stands(world: World) -> None:
    case = a_rich_case(world)
    text = words(see(world.maja, page_of(case), at=on(hours=2)))
    assert "Several units" in text
    for said in (
        "Waits for you",
        "Åskolen asks to take part",
        "contact: Anna Bang",
        "Lone Leder finds out who else can",
        "has been asked, answer by",
        "until",
        "comes: Maja Holm, Anna Bang",
        "has not answered: Hanne Hede, Rikke Ravn",
        "minutes in PPR journal",
        "Consent until",
        "Familieafdelingen → PPR",
        "was due",
    ):
        assert said in text, said
    assert NUMBER not in text
    assert "P-2026-77" not in text
    assert "None" not in text


def test_an_act_stands_once_on_the_page(world: World) -> None:
    case = a_rich_case(world)
    for person in (world.maja, world.anna, world.hanne, world.lone):
        text = words(see(person, page_of(case), at=on(hours=2)))
        acts = re.findall(r'<a class="button[^"]*" href="([^"]+)"', text)
        assert len(acts) == len(set(acts)), person
        assert len(re.findall(r'<a class="button button-primary"', text)) <= 1, person


def test_what_has_no_content_has_no_place(world: World) -> None:
    case = a_case(world, invite=[])
    text = words(see(world.maja, page_of(case)))
    for heading in ("Agreements", "Meetings", "Moves<", "Reference<", "No longer taking part"):
        assert heading not in text
    assert "Nobody outside the unit has been asked yet." in text
    assert "Anonymous sparring" in text


def test_the_number_of_queries_does_not_grow_with_the_case(world: World) -> None:
    case = a_rich_case(world)
    before = queries_of(world.maja, case)
    for kind in ("guidance", "contact_other"):
        for owner in (world.anna, world.hanne, world.rikke, world.maja):
            make_agreement(
                case=case,
                kind=term(AgreementKind, kind),
                owner=owner,
                due_on=day(5),
                look_again_on=day(9),
                actor=world.maja,
                now=on(hours=1),
            )
    assert queries_of(world.maja, case) == before


def test_a_rich_case_costs_at_most_twenty_three_queries_whoever_reads_it(world: World) -> None:
    case = a_rich_case(world)
    # The holder reads who asks to join, a leader whether the holder is away, a partner neither. One is
    # for the bell.
    assert [queries_of(person, case) for person in (world.maja, world.anna, world.lone)] == [23, 22, 23]


def queries_of(person: User, case: Case) -> int:
    with time_machine.travel(on(hours=2), tick=False), CaptureQueriesContext(connection) as queries:
        client = Client()
        client.force_login(person)
        begun = len(queries)
        assert client.get(page_of(case)).status_code == 200
        return len(queries) - begun


# --- Who has looked -----------------------------------------------------------------------------------------
def looks_of(case: Case) -> str:
    return reverse("case_looks", args=[case.code])


def test_those_who_take_part_see_who_has_looked_by_day(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    for _time in range(2):
        see(world.lone, page_of(case), at=on(1))
    open_reference(
        reference=the_record(case), actor=world.lone, reason=term(LookReason, "complaint"), now=on(1, hours=1)
    )
    for reader in (world.anna, world.maja):
        text = words(see(reader, looks_of(case), at=on(2)))
        assert re.search(r"Lone Leder<br><span class=\"chip-note\">Bakkeskolen", text)
        assert "the case, 2 times<br>the number in PPR journal: A complaint or enquiry" in text
        assert "yesterday" in text
        assert NUMBER not in text


def test_leaders_are_refused_and_others_learn_nothing(world: World) -> None:
    case = a_case(world)
    assert see(world.lone, looks_of(case)).status_code == 403
    assert see(world.ove, looks_of(case)).status_code == 404
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=4))
    assert see(world.maja, looks_of(case)).status_code == 404


def test_many_looks_come_in_pages_with_as_many_queries(world: World) -> None:
    case = a_case(world)
    for count in range(40):
        AccessRecord.objects.create(case=case, viewer=world.maja, at=on(-count))
    text = words(see(world.maja, looks_of(case)))
    assert "Page 1 of 2" in text
    assert "Page 2 of 2" in words(see(world.maja, looks_of(case) + "?page=2"))
    assert "Page 2 of 2" in words(see(world.maja, looks_of(case) + "?page=999999"))


# --- The receipt --------------------------------------------------------------------------------------------
def test_after_closing_only_the_own_receipt_is_left(world: World) -> None:
    case = a_rich_case(world)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=4))
    text = words(see(world.hanne, page_of(case)))
    for said in (case.code, "Sundhedsplejen", "The case was closed", "The challenge is solved", "yesterday"):
        assert said in text
    for hidden in ("PPR", "Bakkeskolen", "Solsikken", "Maja", "Anna", "Well-being", "Observation", "What has happened"):
        assert hidden not in text
    assert urls(case, "case_reopen").isdisjoint(links(text))
    assert AccessRecord.objects.filter(viewer=world.hanne).count() == 1


def test_the_last_holder_can_open_it_again_from_the_receipt(world: World) -> None:
    case = a_rich_case(world)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=4))
    assert urls(case, "case_reopen") <= links(words(see(world.maja, page_of(case))))
    assert urls(case, "case_reopen").isdisjoint(links(words(see(world.rikke, page_of(case)))))


def test_whoever_left_before_does_not_learn_how_it_ended(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    leave_case(partnership=partnership, reason=term(LeaveReason, "family_wish"), actor=world.anna, now=on(hours=2))
    close_case(case=case, outcome=term(CaseOutcome, "consent_withdrawn"), actor=world.maja, now=on(hours=4))
    text = words(see(world.anna, page_of(case)))
    assert "Your part in this case has ended." in text
    assert "Left" in text
    assert "Consent was withdrawn" not in text
    assert "has been closed" not in text


def test_whoever_is_finished_has_a_receipt_while_the_case_goes_on(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    complete_partnership(
        partnership=partnership, outcome=term(PartnershipOutcome, "as_agreed"), actor=world.anna, now=on(hours=2)
    )
    text = words(see(world.anna, page_of(case)))
    assert "Finished its part" in text
    assert "Maja" not in text


def test_a_case_opened_again_is_closed_to_those_of_the_first_time(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=2))
    reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(hours=3))
    close_case(case=case, outcome=term(CaseOutcome, "moved"), actor=world.maja, now=on(hours=4))
    text = words(see(world.anna, page_of(case)))
    assert "The case was closed" in text
    assert "The child has moved" not in text
