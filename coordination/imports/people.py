"""People from a file: compared with who is there, and carried out through the commands. Nobody is ever deleted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.commands.people import (
    begin_membership,
    change_person,
    change_role,
    deactivate_person,
    end_membership,
    reactivate_person,
    register_person,
)
from coordination.errors import Refusal
from coordination.imports.differences import Change, Difference, Report, Sign
from coordination.imports.municipalities import find_root
from coordination.imports.people_lines import OPTIONAL, REQUIRED, PersonLine, Place, read_people
from coordination.imports.tables import Fault, Refused, Table, read_table
from coordination.models import Event, EventKind, Membership, Role, Unit, User

# Coordinators first, so that there is one before another goes; then leaders, so that batons fall to them.
_ORDER = {Role.COORDINATOR: 0, Role.LEADER: 1, Role.PROFESSIONAL: 2, Role.OFFICER: 3}


@dataclass
class Plan:
    """Who is there, and what the file wants of them."""

    root: Unit
    units: dict[str, Unit]
    users: dict[str, User]
    memberships: dict[int, dict[str, Membership]]
    elsewhere: set[int]
    lines: dict[str, PersonLine]
    leaving: list[User] = field(default_factory=list)

    def of(self, line: PersonLine) -> dict[str, Membership]:
        """The live memberships of a person in this municipality, by the code of the unit."""
        user = self.users.get(line.username)
        return self.memberships.get(user.pk, {}) if user else {}


def import_people(
    data: bytes,
    *,
    file_name: str,
    actor: User | None,
    now: datetime,
    root: str | None = None,
    complete: bool = False,
    dry_run: bool = False,
) -> Report:
    """Bring the people of one municipality to what a file says; ``dry_run`` only says what would change.

    Whoever is in the file leaves the units that it does not name for them; ``complete`` deactivates everybody of the
    municipality who is not in it. Raises ``Refused`` with everything that is wrong; then, and after a dry run, nothing
    has been written.
    """
    with transaction.atomic():
        table = read_table(data, required=REQUIRED, optional=OPTIONAL)
        plan = _plan(table, root, complete=complete) if table.rows else None
        if plan is None or table.faults:
            raise Refused(file_name, table.faults)
        report = _compare(plan)
        last_event = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        try:
            _carry_out(plan, actor=actor, now=now)
        except Refusal as refusal:
            raise Refused(file_name, [Fault(str(refusal.message))]) from refusal
        report.notes += _falling(last_event, now)
        if dry_run:
            transaction.set_rollback(True)
        return report


def _plan(table: Table, root_code: str | None, *, complete: bool) -> Plan | None:
    root = find_root(table, root_code)
    if root is None:
        return None
    units = {unit.code: unit for unit in Unit.objects.open().below(root.place)}
    users = {user.username: user for user in User.objects.all()}
    lines = read_people(table, units=units, root=root, known=users)
    plan = Plan(root=root, units=units, users=users, memberships={}, elsewhere=set(), lines=lines)
    for membership in Membership.objects.in_force().select_related("unit", "user"):
        if membership.unit.root_id_or_self == root.pk:
            plan.memberships.setdefault(membership.user_id, {})[membership.unit.code] = membership
        else:
            plan.elsewhere.add(membership.user_id)
    if complete:
        gone = [user for name, user in users.items() if user.pk in plan.memberships and name not in lines]
        plan.leaving = sorted(gone, key=lambda user: user.username)
    _check_coordinator(table, plan)
    return plan


def _check_coordinator(table: Table, plan: Plan) -> None:
    """A municipality needs a coordinator, to whom everything falls in the last resort."""
    told = {plan.users[name].pk for name in plan.lines if name in plan.users} | {user.pk for user in plan.leaving}
    stays = any(
        user_id not in told and plan.root.code in places and places[plan.root.code].role == Role.COORDINATOR
        for user_id, places in plan.memberships.items()
    )
    comes = any(
        line.is_active and place.role == Role.COORDINATOR
        for line in plan.lines.values()
        for place in line.places.values()
    )
    if not stays and not comes and not table.faults:
        table.fault(
            _("%(root)s would be without a coordinator. Give somebody the role koordinator in the unit %(code)s.")
            % {"root": plan.root.name, "code": plan.root.code}
        )


def _compare(plan: Plan) -> Report:
    report = Report()
    for line in plan.lines.values():
        user = plan.users.get(line.username)
        if user is None:
            if line.is_active:
                places = [_place(plan, code, place.role) for code, place in line.places.items()]
                report.differences.append(Difference(Sign.NEW, line.username, line.draft.name, places))
        elif not line.is_active:
            if _is_told_to_go(plan, line):
                report.differences.append(_leaving(plan, user))
        elif changes := _changes(plan, line, user):
            report.differences.append(Difference(Sign.CHANGED, line.username, user.name, changes))
    report.differences += [_leaving(plan, user) for user in plan.leaving]
    return report


def _leaving(plan: Plan, user: User) -> Difference:
    if user.pk in plan.elsewhere:
        words = _("%(name)s: leaves %(root)s, and stays in another municipality")
    else:
        words = _("%(name)s: is deactivated")
    return Difference(Sign.ENDED, user.username, words % {"name": user.name, "root": plan.root.name})


def _changes(plan: Plan, line: PersonLine, user: User) -> list[Change | str]:
    draft, present = line.draft, plan.of(line)
    fields = [
        (_("name"), user.name, draft.name),
        (_("e-mail"), user.email, draft.email),
        (_("phone"), user.phone, draft.phone),
    ]
    changes: list[Change | str] = [Change(*one) for one in fields if one[1] != one[2]]
    if not user.is_active:
        changes.append(_("is active again"))
    for code, place in line.places.items():
        if code not in present:
            changes.append(f"+ {_place(plan, code, place.role)}")
        elif present[code].role != place.role:
            role = Change(plan.units[code].name, present[code].get_role_display(), str(place.role.label))
            changes.append(f"~ {role}")
    changes += [f"- {_place(plan, code, Role(present[code].role))}" for code in present if code not in line.places]
    return changes


def _place(plan: Plan, code: str, role: Role) -> str:
    return f"{plan.units[code].name} ({role.label})"


def _carry_out(plan: Plan, *, actor: User | None, now: datetime) -> None:
    """First whoever comes, then whoever goes: so that there are leaders when batons fall."""
    staying = [line for line in plan.lines.values() if line.is_active]
    for line in staying:
        _register(plan, line, actor=actor, now=now)
    places = [(line, place) for line in staying for place in line.places.values()]
    for line, place in sorted(places, key=lambda one: _ORDER[one[1].role]):
        _set_place(plan, line, place, actor=actor, now=now)
    for line in staying:
        for code, membership in plan.of(line).items():
            if code not in line.places:
                end_membership(membership=membership, actor=actor, now=now)
    told = [plan.users[line.username] for line in plan.lines.values() if _is_told_to_go(plan, line)]
    for user in [*told, *plan.leaving]:
        if user.pk in plan.elsewhere:
            for membership in plan.memberships[user.pk].values():
                end_membership(membership=membership, actor=actor, now=now)
        else:
            deactivate_person(user=user, actor=actor, now=now)


def _is_told_to_go(plan: Plan, line: PersonLine) -> bool:
    """Whether the file says that somebody who is here is here no more."""
    user = plan.users.get(line.username)
    if line.is_active or user is None or not user.is_active:
        return False
    return user.pk in plan.memberships or user.pk not in plan.elsewhere


def _set_place(plan: Plan, line: PersonLine, place: Place, *, actor: User | None, now: datetime) -> None:
    membership = plan.of(line).get(place.code)
    if membership is None:
        user = plan.users[line.username]
        begin_membership(user=user, unit=plan.units[place.code], role=place.role, actor=actor, now=now)
    elif membership.role != place.role:
        change_role(membership=membership, role=place.role, actor=actor, now=now)


def _register(plan: Plan, line: PersonLine, *, actor: User | None, now: datetime) -> None:
    user = plan.users.get(line.username)
    if user is None:
        plan.users[line.username] = register_person(draft=line.draft, actor=actor, now=now)
        return
    if not user.is_active:
        reactivate_person(user=user, actor=actor, now=now)
    change_person(user=user, draft=line.draft, actor=actor, now=now)


def _falling(after: int, now: datetime) -> list[str]:
    """Say how many batons fall to whom, and who becomes the contact of how many partnerships."""
    events = Event.objects.filter(pk__gt=after, at=now).select_related("person", "unit")
    batons = Counter((str(e.person), str(e.unit)) for e in events.filter(kind=EventKind.BATON_FELL))
    contacts = Counter((str(e.person), str(e.unit)) for e in events.filter(kind=EventKind.CONTACT_CHANGED))
    lines = [
        ngettext(
            "%(count)d baton falls to %(person)s, %(unit)s.", "%(count)d batons fall to %(person)s, %(unit)s.", count
        )
        % {"count": count, "person": person, "unit": unit}
        for (person, unit), count in batons.most_common()
    ]
    return lines + [
        ngettext(
            "%(person)s becomes the contact in %(count)d case for %(unit)s.",
            "%(person)s becomes the contact in %(count)d cases for %(unit)s.",
            count,
        )
        % {"count": count, "person": person, "unit": unit}
        for (person, unit), count in contacts.most_common()
    ]
