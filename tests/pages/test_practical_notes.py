"""The practical note on pages: a field where it is wanted, marked words, and shown beside its ask and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from coordination.commands.notes import write_note
from coordination.models import (
    Agreement,
    AgreementKind,
    Ask,
    Case,
    Invitation,
    KeepReason,
    Meeting,
    MeetingKind,
    NoteRule,
    PracticalNote,
    ReferenceSystem,
    Submission,
    User,
)
from coordination.queries.known_words import forget_known_words
from tests.builders import PASSWORD, World, a_case, a_case_with_reference, accepted, day, on, term, the_invitation
from tests.pages.asking import said, see, send, words
from tests.pages.officers import an_officer
from tests.promises.telling import agreed, called

pytestmark = pytest.mark.django_db
WARNED = "mød Mikkel ved døren"


@pytest.fixture
def case(world: World) -> Case:
    """Maja's case, in which PPR takes part and health is asked."""
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    accepted(world, case)
    return case


@pytest.fixture
def wanted(world: World) -> None:
    """The municipality wants notes."""
    NoteRule.objects.create(root=world.town, is_on=True)


def to_invite(world: World, **more: Any) -> dict[str, Any]:
    return {"units": world.family.pk, "ask": term(Ask, "sparring").pk, **more}


def to_agree(world: World, **more: Any) -> dict[str, Any]:
    kind = term(AgreementKind, "observation").pk
    return {"kind": kind, "owner": world.anna.pk, "due_on": day(7).isoformat(), "look_again": "never", **more}


def to_call(world: World, **more: Any) -> dict[str, Any]:
    when = {"starts_on": day(7).isoformat(), "starts_at": "10:00", "minutes_long": "60"}
    kind = term(MeetingKind, "network").pk
    return {"kind": kind, "people": [world.anna.pk], "place": f"unit-{world.school.pk}", **when, **more}


ASKING = {
    "invite": (to_invite, Invitation, 2),
    "agreement_make": (to_agree, Agreement, 0),
    "meeting_call": (to_call, Meeting, 0),
}


# ---- Switched off


def test_nothing_of_notes_is_seen_where_they_are_not_wanted(case: Case, world: World) -> None:
    meeting, agreement = called(world, case, world.anna), agreed(world, case, owner=world.anna)
    paths = [reverse(name, args=[case.code]) for name in (*ASKING, "case")]
    paths += [reverse(name, args=[meeting.pk]) for name in ("meeting", "meeting_move")]
    for path in (*paths, reverse("figures")):
        person = world.lone if path == reverse("figures") else world.maja
        page = words(see(person, path))
        assert "<main" in page
        for sign in ('name="note"', "Practical note", "Write a note", "/note/", reverse("kept_notes")):
            assert sign not in page, (path, sign)
    for name, ask in (("meeting_note", meeting), ("agreement_note", agreement)):
        assert see(world.maja, reverse(name, args=[ask.pk])).status_code == 404
    assert see(world.maja, reverse("invitation_note", args=[the_invitation(case, world.ppr).pk])).status_code == 404


@pytest.mark.parametrize("name", ASKING)
def test_a_note_that_is_sent_all_the_same_is_passed_over(case: Case, world: World, name: str) -> None:
    fill, _model, _before = ASKING[name]
    assert send(world.maja, reverse(name, args=[case.code]), fill(world, note="lokale 4")).status_code == 302
    assert not PracticalNote.objects.exists()


# ---- Written along with the ask


@pytest.mark.usefixtures("wanted")
@pytest.mark.parametrize("name", ASKING)
def test_a_note_is_written_along_with_what_is_asked(case: Case, world: World, name: str) -> None:
    fill, _model, _before = ASKING[name]
    page = words(see(world.maja, reverse(name, args=[case.code])))
    assert "Only practical: when and where. Nothing about the child. 140 characters at most." in page
    assert 'maxlength="140"' in page
    assert 'name="keep_reason"' not in page
    assert send(world.maja, reverse(name, args=[case.code]), fill(world, note="lokale 4")).status_code == 302
    assert PracticalNote.objects.get().text == "lokale 4"


@pytest.mark.usefixtures("wanted")
@pytest.mark.parametrize("name", ASKING)
def test_what_is_refused_is_marked_once_and_nothing_is_asked_of_anybody(case: Case, world: World, name: str) -> None:
    fill, model, before = ASKING[name]
    url = reverse(name, args=[case.code])
    page = send(world.maja, url, fill(world, note="ring 20 30 40 50 & kom"))
    assert page.status_code == 422
    shown = words(page)
    assert "The note looks as if it holds a phone number." in shown
    assert '<mark><span class="sr-only">(marked: </span>20 30 40 50<span class="sr-only">)</span></mark> &amp; kom' in (
        shown
    )
    assert 'value="ring 20 30 40 50 &amp; kom"' in shown
    assert 'name="keep_reason"' not in shown
    assert model._default_manager.count() == before
    assert not PracticalNote.objects.exists()
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("wanted")
def test_words_that_are_warned_of_may_stand_for_a_reason(case: Case, world: World) -> None:
    url = reverse("agreement_make", args=[case.code])
    page = send(world.maja, url, to_agree(world, note=WARNED))
    assert page.status_code == 422
    shown = words(page)
    assert "(marked: </span>Mikkel<" in shown
    assert "The marked words may be about a name." in shown
    for reason in KeepReason.objects.current():
        assert reason.label_en in shown
    assert "I write it differently" in shown
    kept = to_agree(world, note=WARNED, keep_reason=term(KeepReason, "colleague_or_place").pk)
    assert send(world.maja, url, kept).status_code == 302
    assert PracticalNote.objects.get().kept_reason == term(KeepReason, "colleague_or_place")


@pytest.mark.usefixtures("wanted")
def test_no_reason_is_no_reason(case: Case, world: World) -> None:
    page = send(world.maja, reverse("agreement_make", args=[case.code]), to_agree(world, note=WARNED, keep_reason=""))
    assert page.status_code == 422
    assert not PracticalNote.objects.exists()


@pytest.mark.usefixtures("wanted")
@pytest.mark.parametrize("missing", ["", "kind"])
def test_a_cpr_number_is_not_even_shown_again(case: Case, world: World, missing: str) -> None:
    sent = to_agree(world, note="mødes 12.10.26 kl. 10.30 med 010203-1234")
    sent.pop(missing, None)
    page = send(world.maja, reverse("agreement_make", args=[case.code]), sent)
    assert page.status_code == 422
    assert "010203" not in words(page)
    assert 'value="mødes 12.10.26 kl. 10.30 med …"' in words(page)


@pytest.mark.usefixtures("wanted")
def test_what_was_refused_is_in_no_session_and_on_no_later_page(case: Case, world: World, client: Client) -> None:
    forget_known_words()
    client.login(username="maja", password=PASSWORD)
    url = reverse("agreement_make", args=[case.code])
    client.post(url, to_agree(world, note=WARNED, submission="7d0d7d9e-6d38-4c1c-8f0c-3c8c60a7b1aa"))
    assert Session.objects.exists()
    assert not any("Mikkel" in str(session.get_decoded()) for session in Session.objects.all())
    for path in (url, reverse("case", args=[case.code]), reverse("desk")):
        assert "Mikkel" not in client.get(path).content.decode()


@pytest.mark.usefixtures("wanted")
def test_searching_for_a_unit_keeps_the_note_that_is_being_written(case: Case, world: World) -> None:
    sent = to_invite(world, note="mandag 12.10.26 kl. 10.30", find="units", search="Familie")
    assert 'value="mandag 12.10.26 kl. 10.30"' in words(send(world.maja, reverse("invite", args=[case.code]), sent))


# ---- Changed and taken away


@pytest.mark.usefixtures("wanted")
def test_moving_a_meeting_shows_its_note_and_changes_it(case: Case, world: World) -> None:
    meeting = called(world, case, world.anna)
    write_note(ask=meeting, text="lokale 4", actor=world.maja, now=on(1))
    url = reverse("meeting_move", args=[meeting.pk])
    page = words(see(world.maja, url))
    assert 'value="lokale 4"' in page
    assert page.index('name="place"') < page.index('name="note"')
    moved = {key: value for key, value in to_call(world).items() if key not in ("kind", "people")}
    assert send(world.maja, url, {**moved, "note": "lokale 5"}).status_code == 302
    assert PracticalNote.objects.get().text == "lokale 5"
    assert send(world.maja, url, {**moved, "note": ""}).status_code == 302
    assert not PracticalNote.objects.exists()


@pytest.mark.usefixtures("wanted")
def test_a_note_has_a_page_of_its_own_on_which_it_is_changed(case: Case, world: World) -> None:
    asked, meeting = the_invitation(case, world.health), called(world, case, world.anna)
    agreement = agreed(world, case, owner=world.anna)
    for name, ask in (("invitation_note", asked), ("agreement_note", agreement), ("meeting_note", meeting)):
        url = reverse(name, args=[ask.pk])
        assert "It is deleted when this has ended, and after 30 days at the latest." in words(see(world.maja, url))
        assert said(world.maja, url, {"note": "lokale 4"}) == "The note stands there now."
        assert PracticalNote.objects.get().text == "lokale 4"
        assert "Leave the line empty to take the note away." in words(see(world.maja, url))
        assert send(world.maja, url, {"note": WARNED}).status_code == 422
        assert said(world.maja, url, {"note": ""}) == "There is no note now."
        assert not PracticalNote.objects.exists()


@pytest.mark.usefixtures("wanted")
def test_only_those_who_may_change_the_ask_find_the_page(case: Case, world: World) -> None:
    asked = reverse("invitation_note", args=[the_invitation(case, world.health).pk])
    agreement = reverse("agreement_note", args=[agreed(world, case, owner=world.anna).pk])
    meeting = reverse("meeting_note", args=[called(world, case, world.anna).pk])
    expected = {
        world.maja: (200, 200, 200),
        world.anna: (403, 200, 403),
        world.lone: (403, 403, 403),
        world.hanne: (404, 404, 404),
        world.kirsten: (404, 404, 404),
    }
    for person, statuses in expected.items():
        assert tuple(see(person, url).status_code for url in (asked, agreement, meeting)) == statuses, person
        if 200 not in statuses:
            for url in (asked, agreement, meeting):
                assert send(person, url, {"note": "lokale 4"}).status_code in (403, 404)
    assert not PracticalNote.objects.exists()


# ---- Shown beside the ask


def shown_to(person: User, *urls: str) -> list[bool]:
    """Say on which of the pages somebody reads the note."""
    return ["indgang 7b" in words(see(person, url)) for url in urls]


@pytest.mark.usefixtures("wanted")
def test_a_unit_that_is_asked_reads_the_note_before_it_answers(case: Case, world: World) -> None:
    asked = the_invitation(case, world.health)
    write_note(ask=asked, text="indgang 7b", actor=world.maja, now=on(1))
    page, the_case = reverse("invitation", args=[asked.pk]), reverse("case", args=[case.code])
    assert shown_to(world.hanne, page) == [True]
    assert shown_to(world.maja, the_case) == [True]
    assert shown_to(world.frida, page, the_case) == [False, False]
    assert shown_to(world.hanne, reverse("desk"), reverse("notifications:bell")) == [False, False]


@pytest.mark.usefixtures("wanted")
def test_those_who_take_part_read_notes_of_agreements_and_meetings(case: Case, world: World) -> None:
    agreement, meeting = agreed(world, case, owner=world.anna), called(world, case, world.anna)
    the_case, the_meeting = reverse("case", args=[case.code]), reverse("meeting", args=[meeting.pk])
    write_note(ask=agreement, text="indgang 7b", actor=world.maja, now=on(1))
    assert shown_to(world.anna, the_case, the_meeting) == [True, False]
    write_note(ask=meeting, text="indgang 7b", actor=world.maja, now=on(1))
    assert shown_to(world.anna, the_case, the_meeting) == [True, True]
    assert shown_to(world.hanne, the_case, the_meeting) == [False, False]
    calendar_file = see(world.anna, reverse("notifications:meeting_file", args=[meeting.pk]))
    assert "indgang" not in calendar_file.content.decode()


# ---- Kept against a warning


@pytest.mark.usefixtures("wanted")
def test_leaders_and_officers_read_how_many_were_kept_and_not_what_they_say(case: Case, world: World) -> None:
    officer = an_officer(world)
    agreement, reason = agreed(world, case, owner=world.anna), term(KeepReason, "ordinary_word")
    write_note(ask=agreement, text=WARNED, keep_reason=reason, actor=world.maja, now=on(1))
    url = reverse("kept_notes")
    for person in (world.lone, world.dorte, officer):
        page = words(see(person, url))
        assert "Bakkeskolen" in page
        assert reason.label_en in page
        assert "a name (1)" in page
        assert "Mikkel" not in page
        assert case.code not in page
    assert "No note was kept against a warning" in words(see(world.per, url))
    for person in (world.maja, world.anna):
        assert see(person, url).status_code == 404
    assert url in words(see(world.lone, reverse("figures")))
    assert url in words(see(officer, reverse("protection")))


# ---- To the child or the parents


@pytest.mark.usefixtures("wanted")
def test_that_a_note_stands_there_is_told_to_the_child_or_the_parents_and_until_when(world: World) -> None:
    case, officer = a_case_with_reference(world, invite=[(world.ppr, None)]), an_officer(world)
    write_note(ask=the_invitation(case, world.ppr), text="indgang 7b", actor=world.maja, now=on(1))
    sent = {"system": term(ReferenceSystem, "ppr_journal").pk, "number": "P-2026-1042"}
    found = send(officer, reverse("subject"), sent)
    file = send(officer, reverse("subject_file"), {"found": found.context["token"]})  # type: ignore[attr-defined]
    until = (on(1) + timedelta(days=30)).date().isoformat()
    assert f"{case.code};Practical note;;{on(1).date().isoformat()};{until}" in file.content.decode()
    for page in (found, file, see(officer, reverse("outside", args=[case.code]))):
        assert "Practical note" in page.content.decode()
        assert "indgang" not in page.content.decode()
