"""What belongs to a move is the municipality's to say; what has been planned goes on as it began."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from coordination.commands.templates import MilestoneDraft, TemplateDraft, change_template
from coordination.commands.transitions import postpone_transition
from coordination.commands.units import set_relations
from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import (
    AppendOnlyError,
    ClosingPeriod,
    Event,
    EventKind,
    MilestoneKind,
    OutboxEntry,
    Span,
    TemplateMilestone,
    TransitionKind,
    TransitionTemplate,
    User,
)
from coordination.queries.templates import planned_when
from coordination.rules.milestones import FixedDay, Offset
from tests.builders import PASSWORD, World, on, term
from tests.promises.moving import a_childs_case, a_move, again, days_of

KIND = "kindergarten_to_school"


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


def newest(kind: str = KIND) -> TransitionTemplate:
    found: TransitionTemplate = TransitionTemplate.objects.filter(kind__code=kind).order_by("-version")[0]
    return found


def draft_of(template: TransitionTemplate) -> TemplateDraft:
    """A template as it would be sent unchanged."""
    milestones = (
        MilestoneDraft(each.kind, each.is_senders, planned_when(each))
        for each in template.milestones.select_related("kind")
    )
    return TemplateDraft(tuple(milestones), template.follow_up_days)


Step = tuple[str, Offset | FixedDay, bool]


def doing(code: str, when: Offset | FixedDay, *, is_senders: bool = True) -> Step:
    return code, when, is_senders


def asking(*steps: Step, follow_up_days: int = 90) -> TemplateDraft:
    """A template of these steps."""
    milestones = (MilestoneDraft(term(MilestoneKind, code), is_senders, when) for code, when, is_senders in steps)
    return TemplateDraft(tuple(milestones), follow_up_days)


def change(clerk: User, draft: TemplateDraft, *, kind: str = KIND, version: int = 1) -> TransitionTemplate:
    return change_template(kind=term(TransitionKind, kind), version=version, draft=draft, actor=clerk, now=on(3))


ONE = doing("visit", Offset(-3, Span.WEEKS))
TWO = doing("early_call", Offset(4, Span.WEEKS), is_senders=False)


# --- a new version takes the place of the one before ------------------------------------------------------------
def test_nobody_but_an_administrator_changes_a_template(world: World) -> None:
    for person in (world.karin, world.lone):
        with pytest.raises(Forbidden):
            change(person, asking(ONE, follow_up_days=60))
    stopped = User.objects.create_user("old", PASSWORD, name="Old Clerk", is_staff=True, is_active=False)
    with pytest.raises(Forbidden):
        change(stopped, asking(ONE, follow_up_days=60))
    assert newest().version == 1


def test_two_who_change_the_same_version_do_not_overwrite_each_other(clerk: User) -> None:
    change(clerk, asking(ONE, follow_up_days=60))
    with pytest.raises(MovedOn):
        change(clerk, asking(TWO, follow_up_days=60))
    assert [each.kind.code for each in newest().milestones.all()] == ["visit"]
    assert newest().version == 2


IMPOSSIBLE: dict[str, tuple[tuple[Step, ...], int, str]] = {
    "no milestone": ((), 90, "milestones"),
    "twice the same": ((ONE, ONE), 90, "milestones"),
    "29 February": ((doing("visit", FixedDay(2, 29, 0)),), 90, "day"),
    "day nought": ((doing("visit", FixedDay(2, 0, 0)),), 90, "day"),
    "month thirteen": ((doing("visit", FixedDay(13, 1, 0)),), 90, "month"),
    "four years before": ((doing("visit", FixedDay(8, 1, 4)),), 90, "years_before"),
    "37 months before": ((doing("visit", Offset(-37, Span.MONTHS)),), 90, "amount"),
    "157 weeks after": ((doing("visit", Offset(157, Span.WEEKS)),), 90, "amount"),
    "1099 days before": ((doing("visit", Offset(-1099, Span.DAYS)),), 90, "amount"),
    "asked at once": ((ONE,), 0, "follow_up_days"),
    "asked after years": ((ONE,), 367, "follow_up_days"),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_is_refused_with_its_field(clerk: User, what: str) -> None:
    steps, follow_up_days, field = IMPOSSIBLE[what]
    with pytest.raises(Unacceptable) as refused:
        change(clerk, asking(*steps, follow_up_days=follow_up_days))
    assert refused.value.field == field
    assert newest().version == 1


def test_the_farthest_that_can_be_is_taken(clerk: User) -> None:
    whens: list[Offset | FixedDay] = [Offset(-36, Span.MONTHS), Offset(156, Span.WEEKS), FixedDay(2, 28, 3)]
    made = change(clerk, asking(*(doing("visit", when) for when in whens), follow_up_days=366))
    assert {planned_when(each) for each in made.milestones.all()} == set(whens)


def test_a_retired_kind_of_milestone_stays_where_it_is_and_comes_in_nowhere_else(clerk: User) -> None:
    MilestoneKind.objects.filter(code="visit").update(is_retired=True)
    with pytest.raises(Unacceptable):
        change(clerk, asking(ONE), kind="home_to_nursery")
    assert newest(KIND).milestones.filter(kind__code="visit").exists()
    assert change(clerk, replace(draft_of(newest()), follow_up_days=60)).version == 2


def test_nobody_of_this_town_owes_anything_at_the_other_end_of_a_move_away(clerk: User) -> None:
    with pytest.raises(Unacceptable) as refused:
        change(clerk, asking(ONE, TWO), kind="to_other_town")
    assert refused.value.field == "milestones"


def test_what_changes_nothing_makes_no_version_in_whatever_order_it_comes(clerk: User) -> None:
    before, events = newest(), Event.objects.count()
    draft = draft_of(before)
    assert change(clerk, replace(draft, milestones=draft.milestones[::-1])) == before
    assert (newest(), Event.objects.count()) == (before, events)


def test_a_new_version_stands_beside_the_old_one_and_leaves_one_event(clerk: User) -> None:
    before = newest()
    kept = draft_of(before)
    made = change(clerk, asking(TWO, ONE, follow_up_days=60))
    assert (made, made.version, made.made_by, made.made_at) == (newest(), 2, clerk, on(3))
    assert [each.kind.code for each in made.milestones.all()] == ["visit", "early_call"]  # in the order of their days
    assert draft_of(before) == kept
    event = Event.objects.get(kind=EventKind.TEMPLATE_CHANGED)
    assert (event.actor, event.subject_id, event.case) == (clerk, made.pk, None)
    assert event.data == {"transition_kind": KIND, "version": 2}
    assert OutboxEntry.objects.filter(event=event).exists()


def test_a_kind_that_has_no_template_gets_its_first(clerk: User, world: World) -> None:
    TransitionKind.objects.create(code="new", label_da="Ny", label_en="New")
    case = a_childs_case(world)
    with pytest.raises(Unacceptable):
        a_move(world, case, "new")
    assert change(clerk, asking(ONE, follow_up_days=30), kind="new", version=0).version == 1
    assert days_of(a_move(world, case, "new")) == {"visit": "2027-07-09"}  # the 11th is a Sunday


@pytest.mark.parametrize(
    "touch",
    [
        lambda template: template.save(),
        lambda template: template.delete(),
        lambda template: template.milestones.get(kind__code="visit").save(),
        lambda template: template.milestones.get(kind__code="visit").delete(),
        lambda template: template.milestones.all().update(amount=1),
        lambda template: template.milestones.all().delete(),
        lambda _template: TransitionTemplate.objects.all().update(follow_up_days=1),
        lambda _template: TemplateMilestone.objects.filter(month=None).delete(),
    ],
)
def test_no_version_that_exists_is_changed_or_goes_away(world: World, touch: Callable[[Any], object]) -> None:
    before = draft_of(newest())
    with pytest.raises(AppendOnlyError), transaction.atomic():
        touch(newest())
    assert draft_of(newest()) == before


def test_a_move_keeps_the_version_it_was_planned_with_also_when_it_is_postponed(world: World, clerk: User) -> None:
    case = a_childs_case(world)
    running = a_move(world, case, now=on(1))
    days = days_of(running)
    change(clerk, asking(doing("visit", Offset(-1, Span.DAYS)), follow_up_days=30))
    assert days_of(again(running)) == days
    postpone_transition(transition=running, move_on=date(2028, 8, 1), actor=world.rikke, now=on(4))
    assert days_of(again(running)).keys() == days.keys()
    assert days_of(again(running))["description"] == "2028-05-01"
    assert again(running).template.follow_up_days == 90
    later = a_move(world, a_childs_case(world, reference=None, basis=None), now=on(4))
    assert days_of(later) == {"visit": "2027-07-30"}  # 31 July is a Saturday
    assert later.template.version == 2


# --- what the shipped templates have to express, counted by hand ------------------------------------------------
def test_the_wheel_of_vejle(world: World) -> None:
    """For a start of school on 1 August 2028, a Tuesday."""
    move = a_move(world, a_childs_case(world), move_on=date(2028, 8, 1))
    assert days_of(move) == {
        "special_meeting": "2026-10-30",  # 1 November, one and a half years before: a Sunday, so the Friday before
        "description": "2028-05-01",  # three months before: a Monday, on which municipalities work
        "talk_with_child": "2028-06-01",
        "talk_with_parents": "2028-06-01",
        "handover_meeting": "2028-06-01",
        "name_group": "2028-06-01",
        "visit": "2028-06-20",
        "tell_parents_start": "2028-06-20",
        "plan_start": "2028-07-25",
        "early_call": "2028-09-12",
        "summer_review": "2028-10-02",  # the summer's moves are evaluated: 1 October is a Sunday
    }
    owed_by_school = {each.kind.code for each in move.milestones.filter(is_senders=False)}
    assert owed_by_school == {"name_group", "tell_parents_start", "plan_start", "early_call", "summer_review"}


def test_the_wheel_turns_around_the_holidays_of_the_schools(world: World) -> None:
    """What falls into the holidays is done before them, and what comes after the move when they are over."""
    for first_on, last_on in (((2028, 6, 26), (2028, 8, 6)), ((2028, 9, 30), (2028, 10, 8))):
        ClosingPeriod.objects.create(unit=world.schools, first_on=date(*first_on), last_on=date(*last_on))
    days = days_of(a_move(world, a_childs_case(world), move_on=date(2028, 8, 1)))
    assert days["plan_start"] == "2028-06-23"
    assert days["summer_review"] == "2028-10-09"


def test_the_route_of_randers_is_two_linked_moves(world: World) -> None:
    """Børnehave to førskole on 1 March 2027, a Monday; førskole to skole on 1 August 2027, a Sunday."""
    case = a_childs_case(world)
    first = a_move(world, case, "kindergarten_to_preschool", move_on=date(2027, 3, 1))
    assert days_of(first) == {
        "description": "2026-12-01",
        "talk_with_child": "2026-12-30",  # 1 January is a holiday, and New Year's Eve is one too
        "talk_with_parents": "2026-12-30",
        "handover_meeting": "2027-01-18",
        "visit": "2027-02-08",
        "name_group": "2027-02-08",
        "plan_start": "2027-02-22",
        "early_call": "2027-03-30",  # the 29th is the Monday of Easter; after the move the next working day
    }
    following = first.template.kind.next_kind
    assert following is not None
    assert (following.code, following.move_month, following.move_day) == ("preschool_to_school", 8, 1)
    second = a_move(
        world, case, following.code, from_unit=world.school, to_unit=world.other_school, follows=first, now=on(2)
    )
    assert second.follows == first
    assert days_of(second) == {
        "name_group": "2027-06-01",
        "talk_with_child": "2027-06-18",  # the 20th is a Sunday
        "tell_parents_start": "2027-06-18",
        "handover_meeting": "2027-06-25",  # the 27th is a Sunday
        "early_call": "2027-09-13",  # six weeks after a Sunday: the Monday
        "summer_review": "2027-10-01",
    }


def test_older_pupils_go_on_at_the_school_where_theirs_continues(world: World) -> None:
    """Overbygning: the receiver is the school that this one continues at, on 1 August 2027, a Sunday."""
    set_relations(unit=world.school, serves=[], continues_at=world.other_school, actor=None, now=on(0))
    world.school.refresh_from_db()
    case = a_childs_case(world, unit=world.school, actor=world.maja)
    move = a_move(
        world,
        case,
        "school_to_school",
        actor=world.maja,
        from_unit=world.school,
        to_unit=world.school.continues_at,
    )
    assert move.to_unit == world.other_school
    assert days_of(move) == {
        "talk_with_child": "2027-06-01",
        "talk_with_parents": "2027-06-01",
        "description": "2027-06-01",
        "handover_meeting": "2027-06-18",
        "name_group": "2027-06-18",
        "visit": "2027-06-25",
        "early_call": "2027-09-13",
    }


def test_a_young_persons_way_to_adult_life_begins_at_16(world: World) -> None:
    """The move is the 18th birthday, here 15 October 2028, a Sunday; two years before it the talks are owed."""
    case = a_childs_case(world, unit=world.school, actor=world.maja)
    move = a_move(
        world,
        case,
        "youth_to_adult",
        actor=world.maja,
        from_unit=world.school,
        to_unit=world.family,
        move_on=date(2028, 10, 15),
    )
    assert days_of(move) == {
        "talk_with_child": "2026-10-15",
        "talk_with_parents": "2026-10-15",
        "adult_rights": "2027-04-15",
        "adult_adviser": "2027-10-15",
        "education_plan": "2027-10-15",
        "description": "2028-04-12",  # the 15th is the Saturday of Easter; Maundy Thursday is the 13th
        "handover_meeting": "2028-07-14",  # the 15th is a Saturday
        "plan_start": "2028-09-15",
        "early_call": "2028-11-27",  # six weeks after a Sunday: the Monday
    }


def test_every_kind_of_move_is_shipped_with_a_template(world: World) -> None:
    codes = list(TransitionKind.objects.values_list("code", flat=True))
    assert len(codes) == 11
    for code in codes:
        template = newest(code)
        assert (template.version, template.follow_up_days) == (1, 90)
        assert template.milestones.count() >= 4, code
        assert template.milestones.filter(is_senders=True).exists(), code
        if template.kind.leaves_town:
            assert not template.milestones.filter(is_senders=False).exists()
