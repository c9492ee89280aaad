"""Traces are added and read, and nothing else; a look that cannot be logged does not happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from coordination.commands.looks import look_at_case, open_reference
from coordination.errors import Forbidden, Unacceptable, Unseen
from coordination.models import AccessRecord, AppendOnlyError, Event, LookReason, User
from coordination.privacy.references import ReferenceLost
from coordination.rules.access import Part
from tests.builders import World, a_case_with_reference, accepted, on, term

WAYS: dict[str, Callable[[type[Event] | type[AccessRecord]], object]] = {
    "save": lambda model: model.objects.latest("pk").save(),
    "delete": lambda model: model.objects.latest("pk").delete(),
    "update all": lambda model: model.objects.all().update(at=on(9)),
    "update some": lambda model: model.objects.filter(pk__gt=0).update(at=on(9)),
    "delete all": lambda model: model.objects.all().delete(),
    "bulk update": lambda model: model.objects.bulk_update([changed(model)], ["at"]),
    "update or create": lambda model: model.objects.update_or_create(
        pk=model.objects.latest("pk").pk, defaults={"at": on(9)}
    ),
}


def changed(model: type[Event] | type[AccessRecord]) -> Any:
    """The newest row, changed in memory."""
    row = model.objects.latest("pk")
    row.at = on(9)
    return row


@pytest.mark.parametrize("model", [Event, AccessRecord])
@pytest.mark.parametrize("way", WAYS)
def test_no_trace_changes_or_goes_away(world: World, model: type[Event] | type[AccessRecord], way: str) -> None:
    look_at_case(case=a_case_with_reference(world), actor=world.maja, now=on(1))
    before = list(model.objects.order_by("pk").values())
    with pytest.raises(AppendOnlyError), transaction.atomic():
        WAYS[way](model)
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", [Event, AccessRecord])
def test_a_trace_written_over_another_is_refused(world: World, model: type[Event] | type[AccessRecord]) -> None:
    look_at_case(case=a_case_with_reference(world), actor=world.maja, now=on(1))
    row = model.objects.latest("pk")
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    with pytest.raises((DatabaseError, AppendOnlyError)), transaction.atomic():
        model.objects.create(**{**values, "at": on(9)})
    assert model.objects.get(pk=row.pk).at == row.at


def test_a_case_with_traces_is_not_deleted(world: World) -> None:
    case = a_case_with_reference(world)
    with pytest.raises((AppendOnlyError, ProtectedError)), transaction.atomic():
        case.delete()
    with pytest.raises((AppendOnlyError, ProtectedError)), transaction.atomic():
        User.objects.get(pk=world.maja.pk).delete()


def test_every_look_at_a_case_is_logged(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    looks = [
        (world.maja, Part.HOLDER),
        (world.anna, Part.PARTNER),
        (world.lone, Part.LEADER),
        (world.maja, Part.HOLDER),
    ]
    for hours, (viewer, part) in enumerate(looks, start=24):
        assert look_at_case(case=case, actor=viewer, now=on(hours=hours)) == part
    logged = AccessRecord.objects.order_by("pk")
    assert [(record.case, record.viewer, record.at) for record in logged] == [
        (case, viewer, on(hours=hours)) for hours, (viewer, _part) in enumerate(looks, start=24)
    ]


def test_every_opened_reference_is_logged_by_name(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    reference = case.references.get()
    open_reference(reference=reference, actor=world.anna, now=on(1))
    open_reference(reference=reference, actor=world.lone, now=on(1), reason=term(LookReason, "complaint"))
    assert list(AccessRecord.objects.order_by("pk").values_list("viewer", "reference", "reason__code")) == [
        (world.anna.pk, reference.pk, None),
        (world.lone.pk, reference.pk, "complaint"),
    ]


def test_looking_changes_nothing_in_the_case(world: World) -> None:
    case = a_case_with_reference(world)
    events = Event.objects.count()
    look_at_case(case=case, actor=world.maja, now=on(1))
    open_reference(reference=case.references.get(), actor=world.maja, now=on(1))
    assert Event.objects.count() == events


def test_a_look_that_cannot_be_logged_is_not_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case_with_reference(world)
    reference = case.references.get()

    def fail(**_values: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(AccessRecord.objects, "create", fail)
    with pytest.raises(DatabaseError):
        look_at_case(case=case, actor=world.maja, now=on(1))
    with pytest.raises(DatabaseError):
        open_reference(reference=reference, actor=world.maja, now=on(1))
    with pytest.raises(DatabaseError):
        open_reference(reference=reference, actor=world.lone, now=on(1), reason=term(LookReason, "complaint"))
    assert not case.events.filter(kind="reference_opened").exists()


def test_a_look_that_is_refused_is_not_logged_as_a_look(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    reference = case.references.get()
    with pytest.raises(Unseen):
        look_at_case(case=case, actor=world.ove, now=on(1))
    with pytest.raises(Unacceptable):
        open_reference(reference=reference, actor=world.lone, now=on(1))
    case.bases.update(ends_on=on(0).date())
    with pytest.raises(Forbidden):
        open_reference(reference=reference, actor=world.anna, now=on(2))
    type(reference).objects.update(sealed_number=b"gone:" + bytes(40))
    with pytest.raises(ReferenceLost):
        open_reference(reference=reference, actor=world.maja, now=on(2))
    assert not AccessRecord.objects.exists()
