"""The administration: everything through the commands, nothing deleted, no case."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from coordination.admin.vocabularies import ReferenceSystemForm
from coordination.models import (
    VOCABULARIES,
    ClosingPeriod,
    DeadlineRule,
    Event,
    EventKind,
    FigureRule,
    Membership,
    NoteRule,
    ReferenceSystem,
    RetentionRule,
    Role,
    Room,
    Theme,
    TransitionTemplate,
    Unit,
    UnitKind,
    User,
)
from coordination.queries.suggestions import suggest_partners
from notifications.models import Message, Webhook
from tests.builders import PASSWORD, World, a_case, term

DIRECTORY = {
    *(Unit, Room, ClosingPeriod, User, Membership),
    *(DeadlineRule, FigureRule, NoteRule, RetentionRule, TransitionTemplate),
}


@pytest.fixture
def chief(world: World) -> User:
    """A superuser."""
    return User.objects.create_superuser("chief", PASSWORD, name="Chief Administrator")


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator who is no superuser."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


@pytest.fixture
def as_chief(client: Client, chief: User) -> Client:
    client.force_login(chief)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def as_clerk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def address(model: type[Any], page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:coordination_{model.__name__.lower()}_{page}", args=args)


def act(client: Client, model: type[Any], action: str, *rows: Any) -> str:
    """Choose rows in a list and let an action act on them; give the page that follows."""
    given = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(address(model), given, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def events(kind: EventKind) -> int:
    return Event.objects.filter(kind=kind).count()


def unit_fields(unit: Unit, **changes: Any) -> dict[str, Any]:
    given = {
        "name": unit.name,
        "kind": unit.kind_id,
        "parent": unit.parent_id or "",
        "phone": unit.phone,
        "serves": [served.pk for served in unit.serves.all()],
        "continues_at": unit.continues_at_id or "",
        "offers": [],
    }
    return given | changes


def test_nothing_but_directory_vocabularies_rules_and_delivery_is_registered() -> None:
    assert set(admin.site._registry) == DIRECTORY | set(VOCABULARIES) | {Message, Webhook}


def test_nobody_but_administrators_comes_in(client: Client, world: World) -> None:
    client.force_login(world.karin)
    for model in (Unit, User, Theme):
        assert client.get(address(model)).status_code == 302


@pytest.mark.django_db
def test_every_page_opens_and_none_offers_to_delete(as_clerk: Client, world: World) -> None:
    a_case(world)
    Room.objects.create(unit=world.school, name="Biblioteket")
    FigureRule.objects.create(root=world.town)
    RetentionRule.objects.create(kind="case", months=24)
    NoteRule.objects.create(root=world.town)
    models: list[type[Any]] = [*DIRECTORY - {ClosingPeriod}, *VOCABULARIES]
    for model in models:
        listed = as_clerk.get(address(model))
        assert listed.status_code == 200
        assert "delete_selected" not in listed.content.decode()
        row = model._default_manager.exclude(pk__in=User.objects.filter(is_staff=True)).first()
        assert row is not None
        page = as_clerk.get(address(model, "change", row.pk))
        assert page.status_code == 200
        assert "deletelink" not in page.content.decode()
        assert as_clerk.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()


def test_pages_hold_no_inline_script_or_style(as_chief: Client, world: World) -> None:
    for url in (address(Unit), address(Unit, "add"), address(ClosingPeriod, "add"), reverse("admin:index")):
        response = as_chief.get(url)
        page = response.content.decode()
        assert "style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert "onclick" not in page
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]


# --- units ------------------------------------------------------------------------------------------------------
def test_a_unit_is_placed_and_changed_through_the_commands(as_chief: Client, world: World) -> None:
    given = unit_fields(world.school, code="NEW", name="Dalskolen", serves=[world.town.pk])
    before = events(EventKind.UNIT_PLACED)
    assert as_chief.post(address(Unit, "add"), given).status_code == 302
    new = Unit.objects.get(code="NEW")
    assert new.place.startswith(world.schools.place)
    assert list(new.serves.all()) == [world.town]
    assert events(EventKind.UNIT_PLACED) == before + 1
    moved = unit_fields(new, parent=world.daycare.pk, name="Dalskolens SFO", phone="09 12 34 56")
    assert as_chief.post(address(Unit, "change", new.pk), moved).status_code == 302
    new.refresh_from_db()
    assert (new.name, new.parent, new.phone) == ("Dalskolens SFO", world.daycare, "09 12 34 56")
    assert new.place.startswith(world.daycare.place)
    assert Event.objects.filter(kind=EventKind.UNIT_CHANGED, unit=new, actor__username="chief").exists()


def test_what_a_command_refuses_is_said_on_the_form_and_nothing_is_half_done(as_chief: Client, world: World) -> None:
    before = Event.objects.count()
    given = unit_fields(world.schools, parent=world.school.pk, name="Skoler og SFO")
    response = as_chief.post(address(Unit, "change", world.schools.pk), given)
    page = response.content.decode()
    assert response.status_code == 200
    assert "A unit cannot be placed below itself." in page
    assert 'value="Skoler og SFO"' in page
    world.schools.refresh_from_db()
    assert (world.schools.name, Event.objects.count()) == ("Skole", before)
    response = as_chief.post(address(Unit, "add"), unit_fields(world.school, code="school"))
    assert "There is a unit with the code school already." in response.content.decode()
    assert Event.objects.count() == before


def test_a_unit_is_closed_by_an_action_and_a_refusal_is_a_message(as_chief: Client, world: World) -> None:
    case = a_case(world)
    page = act(as_chief, Unit, "close", world.school, world.town)
    assert "Bakkeskolen has been closed." in page
    assert "Lilleby Kommune: A municipality cannot be closed." in page
    case.refresh_from_db()
    assert case.holder == world.sanne
    assert events(EventKind.UNIT_CLOSED) == 1
    assert as_chief.post(address(Unit, "change", world.school.pk), unit_fields(world.school)).status_code == 403


def test_a_closing_period_runs_forward_and_not_too_long(as_clerk: Client, world: World) -> None:
    def add(first_on: str, last_on: str) -> str:
        given = {"unit": world.schools.pk, "first_on": first_on, "last_on": last_on}
        return as_clerk.post(address(ClosingPeriod, "add"), given).content.decode()

    assert "The last day comes before the first." in add("2027-06-28", "2027-06-27")
    assert "92 days at most" in add("2027-06-01", "2027-09-01")
    assert not ClosingPeriod.objects.exists()
    add("2027-06-01", "2027-08-31")
    assert ClosingPeriod.objects.count() == 1


# --- people -----------------------------------------------------------------------------------------------------
def test_a_person_is_registered_with_a_password_and_changed_through_the_commands(
    as_clerk: Client, world: World
) -> None:
    given = {"username": "nina", "name": "Nina Ny", "email": "nina@lilleby.example", "phone": ""}
    weak = as_clerk.post(address(User, "add"), {**given, "new_password": "kort"})
    assert "too short" in weak.content.decode()
    assert not User.objects.filter(username="nina").exists()
    before = events(EventKind.PERSON_REGISTERED)
    as_clerk.post(address(User, "add"), {**given, "new_password": PASSWORD, "is_staff": "on"})
    nina = User.objects.get(username="nina")
    assert nina.check_password(PASSWORD)
    assert not nina.is_staff  # only a superuser makes administrators
    assert events(EventKind.PERSON_REGISTERED) == before + 1
    as_clerk.post(address(User, "change", nina.pk), {**given, "name": "Nina Nygaard", "new_password": ""})
    nina.refresh_from_db()
    assert nina.name == "Nina Nygaard"
    assert nina.check_password(PASSWORD)
    assert Event.objects.filter(kind=EventKind.PERSON_CHANGED, person=nina, actor__username="clerk").count() == 1


def test_a_cpr_number_is_refused_wherever_it_is_put(as_clerk: Client, world: World) -> None:
    given = {"username": "nina", "name": "Nina 010203-1234", "email": "", "phone": "", "new_password": ""}
    assert "This looks like a CPR number." in as_clerk.post(address(User, "add"), given).content.decode()
    assert not User.objects.filter(username="nina").exists()


def test_only_a_superuser_touches_administrators(as_clerk: Client, chief: User, world: World) -> None:
    given = {"name": "Mine now", "email": "", "phone": "", "new_password": "Et-andet-langt-kodeord"}
    assert as_clerk.post(address(User, "change", chief.pk), given).status_code == 403
    assert "this is for somebody else to do" in act(as_clerk, User, "deactivate", chief)
    chief.refresh_from_db()
    assert chief.is_active
    assert chief.check_password(PASSWORD)


def test_a_superuser_makes_an_administrator(as_chief: Client, world: World) -> None:
    given = {"name": "Maja Holm", "email": "", "phone": "", "new_password": "", "is_staff": "on"}
    as_chief.post(address(User, "change", world.maja.pk), given)
    world.maja.refresh_from_db()
    assert world.maja.is_staff
    assert Event.objects.filter(kind=EventKind.PERSON_CHANGED, person=world.maja, data__fields=["is_staff"]).exists()


def test_people_are_deactivated_and_let_in_again_by_actions(as_chief: Client, chief: User, world: World) -> None:
    case = a_case(world)
    page = act(as_chief, User, "deactivate", world.maja, world.karin, chief)
    assert "Maja Holm has been deactivated." in page
    assert "Karin Koordinator: A municipality needs a coordinator." in page
    assert "Chief Administrator: this is for somebody else to do." in page
    case.refresh_from_db()
    assert case.holder == world.lone
    assert not User.objects.get(username="maja").is_active
    assert User.objects.get(username="karin").is_active
    assert "Maja Holm is active again." in act(as_chief, User, "reactivate", world.maja)
    assert events(EventKind.PERSON_REACTIVATED) == 1


def test_memberships_begin_change_and_end_through_the_commands(as_clerk: Client, world: World) -> None:
    given = {"user": world.maja.pk, "unit": world.ppr.pk, "role": Role.LEADER.value}
    before = events(EventKind.MEMBERSHIP_BEGUN)
    as_clerk.post(address(Membership, "add"), given)
    membership = Membership.objects.get(user=world.maja, unit=world.ppr)
    assert events(EventKind.MEMBERSHIP_BEGUN) == before + 1
    again = as_clerk.post(address(Membership, "add"), given).content.decode()
    assert "Maja Holm is in PPR already." in again
    as_clerk.post(address(Membership, "change", membership.pk), {"role": Role.PROFESSIONAL.value})
    membership.refresh_from_db()
    assert membership.role == Role.PROFESSIONAL
    assert events(EventKind.MEMBERSHIP_CHANGED) == 1
    refused = as_clerk.post(address(Membership, "change", membership.pk), {"role": Role.COORDINATOR.value})
    assert "A coordinator belongs to the municipality itself." in refused.content.decode()
    assert "Maja Holm is no longer in PPR." in act(as_clerk, Membership, "end", membership)
    assert events(EventKind.MEMBERSHIP_ENDED) == 1


# --- vocabularies and rules -------------------------------------------------------------------------------------
def test_a_term_is_relabelled_and_retired_but_keeps_its_code(as_clerk: Client, world: World) -> None:
    theme = term(Theme, "trivsel")
    assert as_clerk.post(address(Theme, "change", theme.pk), theme_fields(theme)).status_code == 302
    theme.refresh_from_db()
    assert (theme.code, theme.label_da, theme.is_retired) == ("trivsel", "Trives", True)


def theme_fields(theme: Theme, *added: tuple[str, int]) -> dict[str, Any]:
    """What the page of a theme sends: relabelled and retired, its helpers taken out, others put in with a position."""
    there = list(theme.helpers.all())
    given: dict[str, Any] = {
        "code": "other", "label_da": "Trives", "label_en": "Thriving", "hint_da": "", "hint_en": "",
        "position": 5, "is_retired": "on", "helpers-TOTAL_FORMS": len(there) + len(added),
        "helpers-INITIAL_FORMS": len(there),
    }  # fmt: skip
    for number, helper in enumerate(there):
        given |= {f"helpers-{number}-{name}": getattr(helper, name) for name in ("id", "position")}
        given |= {f"helpers-{number}-unitkind": helper.unitkind_id, f"helpers-{number}-DELETE": "on"}
    for number, (code, position) in enumerate(added, start=len(there)):
        given |= {f"helpers-{number}-unitkind": term(UnitKind, code).pk, f"helpers-{number}-position": position}
    return given


def test_the_helpers_of_a_theme_are_suggested_in_the_order_an_administrator_gives_them(
    as_clerk: Client, world: World
) -> None:
    theme = term(Theme, "trivsel")
    order = (("familie", 3), ("ppr", 1), ("sundhedspleje", 2))
    as_clerk.post(address(Theme, "change", theme.pk), theme_fields(theme, *order))
    assert [helper.unitkind.code for helper in theme.helpers.all()] == ["ppr", "sundhedspleje", "familie"]
    suggested = [found.name for found in suggest_partners(world.school, theme=theme)]
    assert suggested == ["PPR", "Sundhedsplejen", "Familieafdelingen"]
    theme.helpers.filter(unitkind__code="familie").update(position=0)
    assert suggest_partners(world.school, theme=theme)[0].name == "Familieafdelingen"


def test_a_kind_of_unit_helps_with_a_theme_once(as_clerk: Client, world: World) -> None:
    theme = term(Theme, "trivsel")
    before = list(theme.helpers.values_list("unitkind", "position"))
    response = as_clerk.post(address(Theme, "change", theme.pk), theme_fields(theme, ("ppr", 1), ("ppr", 2)))
    assert response.status_code == 200
    assert list(theme.helpers.values_list("unitkind", "position")) == before


def system_errors(**changes: str) -> dict[str, Any]:
    given = {
        "code": "x", "label_da": "X", "label_en": "X", "position": "1", "pattern": "[0-9]{4}-[0-9]{3,8}",
        "example": "2026-1042", "link_template": "",
    }  # fmt: skip
    return {**ReferenceSystemForm({**given, **changes}).errors}


@pytest.mark.django_db
def test_the_pattern_of_a_journal_system_is_tried_before_it_is_kept() -> None:
    assert system_errors() == {}
    assert "pattern" in system_errors(pattern="[0-9")
    assert "example" in system_errors(example="P-1")
    assert "example" in system_errors(pattern=".*", example="010203-1234")
    for pattern in ("[0-9]{10}", "[0-9]{6}-?[0-9]{4}", ".*", r"\d{6} \d{4}", "[67][0-9]{5}-[0-9]{4}"):
        assert "pattern" in system_errors(pattern=pattern), pattern
    for pattern in ("([0-9]+)+X", "([0-9]{1,9})*X", "(a|b){1,40}"):
        assert "pattern" in system_errors(pattern=pattern), pattern
    assert "link_template" in system_errors(link_template="http://journal.example/{number}")


@pytest.mark.django_db
def test_every_shipped_journal_system_would_be_accepted() -> None:
    for system in ReferenceSystem.objects.all():
        assert system_errors(pattern=system.pattern, example=system.example) == {}  # type: ignore[attr-defined]


def rule_fields(rule: DeadlineRule, *steps: dict[str, Any], limit: int = 3) -> dict[str, Any]:
    given: dict[str, Any] = {
        "limit_days": limit,
        "urgent_limit_days": 1,
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": rule.steps.count(),
    }
    for number, step in enumerate(steps):
        given |= {f"steps-{number}-{name}": value for name, value in step.items()}
    return given


def test_a_rule_may_be_changed_but_in_the_end_a_leader_is_told(as_clerk: Client, world: World) -> None:
    rule = DeadlineRule.objects.get(kind="answer_invitation")
    steps = [
        {"id": step.pk, "offset_days": step.offset_days, "tells_owner": "on", "repeat_days": step.repeat_days or ""}
        for step in rule.steps.all()
    ]
    response = as_clerk.post(address(DeadlineRule, "change", rule.pk), rule_fields(rule, *steps, limit=4))
    assert "has to tell a leader" in response.content.decode()
    silent = [{**step, "tells_owner": ""} for step in steps]
    response = as_clerk.post(address(DeadlineRule, "change", rule.pk), rule_fields(rule, *silent))
    assert "Whom does this step tell?" in response.content.decode()
    rule.refresh_from_db()
    assert rule.limit_days == 3
    steps[-1]["tells_leader"] = "on"
    steps[0]["DELETE"] = "on"
    as_clerk.post(address(DeadlineRule, "change", rule.pk), rule_fields(rule, *steps, limit=4))
    rule.refresh_from_db()
    assert (rule.limit_days, rule.steps.count()) == (4, len(steps) - 1)
    assert as_clerk.get(address(DeadlineRule, "add")).status_code == 403
