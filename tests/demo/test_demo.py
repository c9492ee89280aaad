"""`manage.py demo`: a small one, made through the commands, holds what Involver promises."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from coordination.demo.making import Made, make_demo
from coordination.demo.people import PASSWORD, SIGN_INS
from coordination.demo.places import autumn_of, summer_of
from coordination.demo.play import FROM_HOUR, TO_HOUR
from coordination.models import (
    Absence,
    Agreement,
    Case,
    CaseState,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Holding,
    Invitation,
    InvitationState,
    Involvement,
    InvolvementKind,
    Landing,
    Membership,
    MilestoneState,
    Transition,
    TransitionState,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.board import BoardFilter, read_board
from coordination.queries.promises import INVARIANTS, find_breaks
from notifications.management.commands import demo as command
from tests.builders import World


def demo(**how: int) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **how)
    return out.getvalue()


@pytest.mark.django_db
def test_a_small_demonstration_holds_every_promise_and_is_made_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Made] = []

    def make(**how: Any) -> Made:
        made.append(make_demo(**how))
        return made[-1]

    monkeypatch.setattr(command, "make_demo", make)
    said = demo(cases=15)
    assert made[0].refused <= 3  # somebody may come first, but stories do not break off by the dozen
    for one in SIGN_INS:
        assert one.username in said
    assert PASSWORD in said
    assert Unit.objects.count() == 43
    assert Case.objects.count() >= 12

    open_cases = Case.objects.filter(state=CaseState.OPEN)
    assert open_cases.exists()
    for case in open_cases.select_related("holder"):
        assert case.holder.is_active
        assert Membership.objects.live().filter(user=case.holder, unit=case.holder_unit).exists()
        assert Holding.objects.get(case=case, ended_at=None).holder == case.holder
        assert case.deadlines.open().exclude(kind=DeadlineKind.RENEW_CONSENT).exists()
    for invitation in Invitation.objects.filter(state=InvitationState.SENT):
        assert invitation.deadlines.open().filter(kind=DeadlineKind.ANSWER_INVITATION).exists()

    happened = list(Event.objects.order_by("pk").values_list("at", "actor", "case"))
    times = [at for at, _actor, _case in happened]
    assert times == sorted(times)
    assert times[-1] <= timezone.now()
    assert times[-1] > timezone.now() - timedelta(days=5)
    for at, actor, case_id in happened:
        if actor is not None and case_id is not None:
            local = timezone.localtime(at)
            assert FROM_HOUR <= local.hour < TO_HOUR
            assert local.weekday() < 5

    a_stand_in_has_acted()
    a_holder_was_named_while_the_one_before_was_away()
    children_and_parents_are_involved_mostly()
    moves_of_every_state_are_on_the_board_of_lone()
    assert [asked.name for asked in INVARIANTS.values() if any(find_breaks(asked, now=timezone.now()))] == []

    maja, anna, lone = (User.objects.get(username=name) for name in ("maja", "anna", "lone"))
    assert 3 <= maja.held_cases.filter(state=CaseState.OPEN).count() <= 5
    assert Deadline.objects.open().filter(owner=anna).count() >= 5
    assert Deadline.objects.open().filter(owner=lone, kind=DeadlineKind.ASSIGN_HOLDER, escalation__gt=0).exists()
    assert User.objects.filter(is_superuser=True).get().username == "admin"
    assert not Deadline.objects.open().filter(next_step_on__lte=timezone.localdate()).exists()

    before = (Event.objects.count(), User.objects.count())
    again = demo(cases=15)
    assert (Event.objects.count(), User.objects.count()) == before
    assert "maja" in again
    assert client.login(username="lone", password=PASSWORD)


def a_stand_in_has_acted() -> None:
    """Anna has done what a colleague had agreed to, who is away, and has more to do for them."""
    anna = User.objects.get(username="anna")
    absence = Absence.objects.get(stand_in=anna, last_on__gte=timezone.localdate())
    theirs = Agreement.objects.filter(owner=absence.user)
    [done] = Event.objects.filter(kind=EventKind.AGREEMENT_DONE, actor=anna, subject_id__in=theirs.values("pk"))
    assert absence.first_on <= timezone.localdate(done.at) <= absence.last_on
    assert Deadline.objects.open().filter(owner=absence.user, agreement__in=theirs).exists()


def a_holder_was_named_while_the_one_before_was_away() -> None:
    """Lone has named another holder where one is away for long."""
    named = Event.objects.filter(kind=EventKind.HOLDER_ASSIGNED, data__reason="holder_away", actor__username="lone")
    [event] = named
    day = timezone.localdate(event.at)
    assert Absence.objects.filter(user=event.data["before"], first_on__lte=day, last_on__gte=day).exists()
    assert Holding.objects.filter(case=event.case, holder=event.data["before"], ended_at=event.at).exists()


def children_and_parents_are_involved_mostly() -> None:
    """Most children have been heard and most parents have taken part; some have not, and for some there is a reason."""
    cases = Case.objects.filter(opened_at__lt=timezone.now() - timedelta(days=20))
    for kind in InvolvementKind:
        took_place = Involvement.objects.filter(kind=kind, reason=None)
        assert 0.6 <= cases.filter(pk__in=took_place.values("case")).count() / cases.count() < 1
        assert Involvement.objects.filter(kind=kind, form=None).exists()
    assert Deadline.objects.open().filter(kind=DeadlineKind.HEAR_CHILD, due_on__lt=timezone.localdate()).exists()
    assert Involvement.objects.filter(changed_plan=True).exists()


def moves_of_every_state_are_on_the_board_of_lone() -> None:
    """About forty moves in every state, on both of the usual days; what a move can lack, one of Lone's lacks."""
    moves = Transition.objects.all()
    assert 38 <= moves.count() <= 46
    assert set(moves.values_list("state", flat=True)) == set(TransitionState)
    assert set(moves.exclude(landing="").values_list("landing", flat=True)) == set(Landing)
    assert moves.filter(follows__isnull=False).exists()
    assert moves.filter(state=TransitionState.PLANNED, onward_unit__isnull=False).exists()  # after a no
    assert {(3, 1), (8, 1)} <= {(day.month, day.day) for day in moves.values_list("move_on", flat=True)}
    lone = User.objects.get(username="lone")
    board = read_board(actor_of(lone, timezone.now()), BoardFilter())
    assert board.total >= 20
    assert min(board.counts.values()) >= 1, board.counts
    assert {each.state for row in board.rows for each in row.milestones} == set(MilestoneState)


def test_what_is_there_already_is_left_alone(world: World) -> None:
    before = Event.objects.count()
    with pytest.raises(CommandError, match="tom"):
        demo()
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_the_sign_in_page_names_the_made_up_people_only_in_a_demonstration(client: Client) -> None:
    assert PASSWORD not in client.get(reverse("sign_in")).content.decode()
    with override_settings(DEMO_PEOPLE=SIGN_INS, DEMO_PASSWORD=PASSWORD):
        page = client.get(reverse("sign_in")).content.decode()
    assert PASSWORD in page
    assert "Maja Holm" in page


def test_schools_are_closed_in_summer_and_in_week_42() -> None:
    assert [day.isoformat() for day in summer_of(2027)] == ["2027-06-28", "2027-08-08"]
    assert [day.isoformat() for day in autumn_of(2026)] == ["2026-10-12", "2026-10-18"]
