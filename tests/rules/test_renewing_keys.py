"""Keys are changed while the system runs: those of references, of cases, and of the blind index."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django.fixtures import Settings

from coordination.commands import keys
from coordination.commands.cases import add_reference, close_case, reopen_case
from coordination.commands.keys import count_left, renew_keys
from coordination.commands.same_references import SameReference
from coordination.errors import MovedOn, Unacceptable
from coordination.models import CaseKey, CaseOutcome, Reference, ReferencePurpose, ReopenReason
from coordination.privacy.case_keys import wrap_key
from coordination.privacy.references import ReferenceLost, index_number, open_number
from coordination.privacy.sealing import seal, split_key_id
from notifications.passing import let_time_pass
from tests.builders import World, a_case, a_case_with_reference, a_reference, on, term

OLD, NEW, NEWER = b"o" * 32, b"n" * 32, b"w" * 32


def three_references(world: World) -> list[Reference]:
    """References of three cases."""
    for number in range(3):
        a_case_with_reference(world, f"P-2026-{number + 1}")
    return list(Reference.objects.select_related("case").order_by("pk"))


def as_before(reference: Reference, number: str) -> None:
    """Let a reference be as it was stored before cases had keys."""
    CaseKey.objects.filter(case=reference.case).delete()
    place = f"coordination.Reference.sealed_number:{reference.case.code}:{reference.uid}"
    Reference.objects.filter(pk=reference.pk).update(sealed_number=seal(number, place=place), index_key_id="")


def opened() -> list[str]:
    """The numbers of all references, opened."""
    return [open_number(reference) for reference in Reference.objects.select_related("case").order_by("pk")]


def key_ids() -> list[str]:
    """Under which keys the keys of the cases are."""
    return [split_key_id(key.sealed_key)[0] for key in CaseKey.objects.order_by("pk")]


def index_key_ids() -> list[str]:
    """Under which keys the indexes are."""
    return list(Reference.objects.order_by("pk").values_list("index_key_id", flat=True))


def test_each_case_has_a_key_of_its_own_and_one_only(world: World) -> None:
    first, second, _third = three_references(world)
    add_reference(case=first.case, reference=a_reference("P-2026-99"), actor=world.maja, now=on(1))
    assert CaseKey.objects.count() == 3
    CaseKey.objects.get(case=first.case).delete()
    lost = Reference.objects.filter(case=first.case).select_related("case")
    for reference in lost:
        with pytest.raises(ReferenceLost):
            open_number(reference)
    assert open_number(Reference.objects.select_related("case").get(pk=second.pk)) == "P-2026-2"


def test_keys_of_cases_are_renewed_batch_by_batch_until_none_is_left(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    assert renew_keys(limit=2) == 2
    assert key_ids() == ["new", "new", "old"]
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]
    assert renew_keys(limit=2) == 1
    assert renew_keys(limit=2) == 0
    settings.REFERENCE_KEYS = {"new": NEW}
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]


def test_a_key_whose_name_begins_like_the_current_one_is_another_key(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"10": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"1": NEW, "10": OLD}
    assert count_left() == {"10": 3}
    assert renew_keys(limit=10) == 3
    settings.REFERENCE_KEYS = {"10": OLD, "1": NEW}
    assert renew_keys(limit=10) == 3
    assert renew_keys(limit=10) == 0
    assert count_left() == {}


def test_what_is_under_the_current_keys_is_left_as_it_is(world: World) -> None:
    before = [bytes(reference.sealed_number) for reference in three_references(world)]
    assert renew_keys(limit=10) == 0
    assert [bytes(reference.sealed_number) for reference in Reference.objects.order_by("pk")] == before


def test_what_was_sealed_before_cases_had_keys_comes_under_the_key_of_its_case(
    world: World, settings: Settings
) -> None:
    first, *_others = three_references(world)
    as_before(first, "P-2026-1")
    settings.REFERENCE_KEYS = {"new": NEW, **settings.REFERENCE_KEYS}
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]
    assert renew_keys(limit=10) == 3
    assert key_ids() == ["new"] * 3
    assert split_key_id(Reference.objects.get(pk=first.pk).sealed_number)[0] == ""
    settings.REFERENCE_KEYS = {"new": NEW}
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]
    assert count_left() == {}


def test_the_minutes_of_a_meeting_are_renewed_too(world: World, settings: Settings) -> None:
    first, *_others = three_references(world)
    Reference.objects.filter(pk=first.pk).update(purpose=ReferencePurpose.MINUTES)
    settings.INDEX_KEYS = {"new": NEW}
    renew_keys(limit=10)
    assert index_key_ids() == ["new"] * 3


@pytest.mark.parametrize("key_id", ["old", "gone"])
def test_one_that_does_not_open_is_left_and_the_others_go_on(world: World, settings: Settings, key_id: str) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    first, *_others = three_references(world)
    CaseKey.objects.filter(case=first.case).update(sealed_key=key_id.encode() + b":" + bytes(40))
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    failed: set[int] = set()
    while renew_keys(limit=2, failed=failed):
        pass
    assert key_ids() == [key_id, "new", "new"]
    assert count_left() == {key_id: 1}
    for _again in range(2):
        assert let_time_pass() >= 0  # it keeps nothing else waiting, either


def test_a_lost_key_is_said_and_harms_nothing_else(world: World, client: Client) -> None:
    first, second, _third = three_references(world)
    CaseKey.objects.filter(case=first.case).update(sealed_key=b"gone:" + bytes(40))
    client.force_login(world.maja)
    lost = client.post(reverse("reference_open", args=[first.pk]), HTTP_ACCEPT_LANGUAGE="en")
    assert lost.status_code == 500
    assert "cannot be read" in lost.content.decode()
    assert "P-2026-2" in client.post(reverse("reference_open", args=[second.pk])).content.decode()
    with override("da"), pytest.raises(Unacceptable, match="Nøglen til dette forløb"):
        add_reference(case=first.case, reference=a_reference("P-2026-7"), actor=world.maja, now=on(1))


def test_the_command_says_how_many_and_ends_well(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    out = StringIO()
    call_command("rotate_reference_keys", batch=2, stdout=out)
    assert "3" in out.getvalue()
    assert key_ids() == ["new"] * 3
    again = StringIO()
    call_command("rotate_reference_keys", stdout=again)
    assert "0" in again.getvalue()


def test_the_command_fails_loudly_where_some_do_not_open(world: World, settings: Settings) -> None:
    reference = three_references(world)[0]
    CaseKey.objects.filter(case=reference.case).update(sealed_key=b"gone:" + bytes(40))
    out, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_reference_keys", stdout=out, stderr=errors)
    assert ended.value.code == 1
    assert "gone" in errors.getvalue()
    assert "P-2026" not in out.getvalue() + errors.getvalue()


def test_a_run_that_is_cut_short_is_taken_up_again(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    calls: list[str] = []

    def fail_at_the_third(key: bytes, *, case_code: str) -> bytes:
        calls.append(case_code)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return wrap_key(key, case_code=case_code)

    monkeypatch.setattr(keys, "wrap_key", fail_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_reference_keys", batch=2, stdout=StringIO())
    assert key_ids() == ["new", "new", "old"]
    monkeypatch.undo()
    call_command("rotate_reference_keys", batch=1, stdout=StringIO())
    assert key_ids() == ["new"] * 3
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]


def test_time_renews_keys_and_indexes_by_itself(world: World, settings: Settings) -> None:
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, **settings.REFERENCE_KEYS}
    settings.INDEX_KEYS = {"i": NEWER}
    let_time_pass()
    assert (key_ids(), index_key_ids()) == (["new"] * 3, ["i"] * 3)


# --- Another index key --------------------------------------------------------------------------------------


def rotations(settings: Settings, *given: dict[str, bytes]) -> None:
    """Give one set of index keys after the other, and renew one case under each."""
    for index_keys in given:
        settings.INDEX_KEYS = index_keys
        renew_keys(limit=1)


def test_the_same_child_is_met_while_the_index_key_is_being_changed(world: World, settings: Settings) -> None:
    three_references(world)
    rotations(settings, {"a": OLD}, {"b": NEW, "a": OLD})
    assert len(set(index_key_ids())) == 2
    for number in range(3):
        with pytest.raises(SameReference):
            a_case_with_reference(
                world, f"P-2026-{number + 1}", invite=[], actor=world.ove, unit=world.other_school, now=on(1)
            )


def test_a_case_is_not_reopened_beside_one_whose_index_is_under_another_key(world: World, settings: Settings) -> None:
    case = a_case_with_reference(world, invite=[])
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    settings.INDEX_KEYS = {"a": OLD}
    a_case_with_reference(world, invite=[], actor=world.ove, unit=world.other_school, now=on(2))
    assert len(set(index_key_ids())) == 2
    with pytest.raises(SameReference):
        reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(3))


def test_a_case_never_has_one_reference_twice_while_the_index_key_is_being_changed(
    world: World, settings: Settings
) -> None:
    case = a_case_with_reference(world)
    settings.INDEX_KEYS = {"a": OLD}
    for _before_and_after in range(2):
        with pytest.raises(MovedOn):
            add_reference(case=case, reference=a_reference(), actor=world.maja, now=on(1))
        renew_keys(limit=10)
    assert index_key_ids() == ["a"]
    twin = case.references.get()
    twin.pk, twin.uid = None, uuid4()
    with pytest.raises(IntegrityError):
        twin.save(force_insert=True)


def test_when_all_are_renewed_the_old_index_key_can_go(world: World, settings: Settings) -> None:
    three_references(world)
    settings.INDEX_KEYS = {"a": OLD}
    assert count_left() == {"index:first:": 3}
    while renew_keys(limit=2):
        pass
    assert count_left() == {}
    settings.INDEX_KEYS = {"b": NEW, "a": OLD}
    renew_keys(limit=10)
    settings.INDEX_KEYS = {"b": NEW}
    with pytest.raises(SameReference):
        a_case_with_reference(world, "P-2026-2", invite=[], actor=world.ove, unit=world.other_school, now=on(1))


def test_an_index_whose_key_went_too_early_is_made_anew_from_the_number(world: World, settings: Settings) -> None:
    settings.INDEX_KEYS = {"a": OLD}
    three_references(world)
    settings.INDEX_KEYS = {"b": NEW}
    assert renew_keys(limit=10) == 3
    reference = Reference.objects.select_related("system").order_by("pk")[0]
    assert bytes(reference.number_index) == index_number(reference.system, "P-2026-1")


def test_a_case_without_a_reference_takes_no_key(world: World) -> None:
    a_case(world)
    assert not CaseKey.objects.exists()
