"""People: registered, placed in units, away, and gone. Nobody leaves a baton or an ask behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, lock_people, lock_units, record
from coordination.commands.leavings import give_up_everything_in
from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import Absence, EventKind, Membership, Role, Unit, User
from coordination.queries.absences import people_spoken_for
from coordination.queries.actors import actor_of, is_away
from coordination.queries.leaders import nearest_leader

LONGEST_ABSENCE = timedelta(days=2 * 366)


@dataclass(frozen=True)
class PersonDraft:
    """A person as an import or an administrator describes them."""

    username: str
    name: str
    email: str = ""
    phone: str = ""


@again_after_deadlock
def register_person(*, draft: PersonDraft, actor: User | None, now: datetime, password: str | None = None) -> User:
    """Register a person, who can sign in once they have a password. ``password`` may be one already hashed."""
    with transaction.atomic():
        if User.objects.filter(username=draft.username).exists():
            raise MovedOn(
                _("There is a person with the user name %(username)s already.") % {"username": draft.username},
                field="username",
            )
        user = User(username=draft.username, name=draft.name, email=draft.email, phone=draft.phone)
        user.password = password if password is not None else make_password(None)
        user.save()
        record(EventKind.PERSON_REGISTERED, at=now, actor=actor, person=user, about=user)
        return user


@again_after_deadlock
def change_person(*, user: User, draft: PersonDraft, actor: User | None, now: datetime) -> list[str]:
    """Change what a draft says differently; say which fields. The user name stays."""
    with transaction.atomic():
        [user] = lock_people([user.pk])
        wanted = {"name": draft.name, "email": draft.email, "phone": draft.phone}
        changed = [field for field, value in wanted.items() if getattr(user, field) != value]
        if changed:
            for field in changed:
                setattr(user, field, wanted[field])
            user.save(update_fields=changed)
            record(EventKind.PERSON_CHANGED, at=now, actor=actor, person=user, about=user, fields=changed)
        return changed


@again_after_deadlock
def choose_language(*, language: str, actor: User, now: datetime) -> bool:
    """Choose the language in which one reads and is told, such as "da"; say whether it is another one than before."""
    with transaction.atomic():
        [user] = lock_people([actor.pk])
        if language not in dict(settings.LANGUAGES):
            raise Unacceptable(_("Involver does not speak this language."), field="language")
        if user.language == language:
            return False
        user.language = language
        user.save(update_fields=["language"])
        record(EventKind.PERSON_CHANGED, at=now, actor=actor, person=user, about=user, fields=["language"])
        return True


@again_after_deadlock
def begin_membership(*, user: User, unit: Unit, role: Role, actor: User | None, now: datetime) -> Membership:
    """Place a person in a unit, in a role."""
    with transaction.atomic():
        [user] = lock_people([user.pk])
        unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        if not unit.is_open:
            raise Unacceptable(_("%(unit)s has closed.") % {"unit": unit.name}, field="unit")
        if not user.is_active:
            raise Unacceptable(_("%(person)s is not active.") % {"person": user.name}, field="user")
        _require_whole_municipality(unit, role)
        if user.memberships.filter(unit=unit, ended_at=None).exists():
            raise MovedOn(_("%(person)s is in %(unit)s already.") % {"person": user.name, "unit": unit.name})
        membership = Membership.objects.create(user=user, unit=unit, role=role, began_at=now)
        record(
            EventKind.MEMBERSHIP_BEGUN,
            at=now,
            actor=actor,
            unit=unit,
            person=user,
            about=membership,
            role=role,
        )
        return membership


@again_after_deadlock
def change_role(*, membership: Membership, role: Role, actor: User | None, now: datetime) -> Membership:
    """Give a person another role in their unit; what they owed as its leader passes to the next one."""
    with transaction.atomic():
        lock_people([membership.user_id])
        membership = _live(membership)
        _require_whole_municipality(membership.unit, role)
        before = membership.role
        membership.role = role
        membership.save(update_fields=["role"])
        if before == Role.COORDINATOR:
            _require_coordinator(membership.unit)
        record(
            EventKind.MEMBERSHIP_CHANGED,
            at=now,
            actor=actor,
            unit=membership.unit,
            person=membership.user,
            about=membership,
            role=role,
            before=before,
        )
        if role == Role.OFFICER:
            give_up_everything_in(membership, actor=actor, now=now)
        elif role == Role.PROFESSIONAL:
            give_up_everything_in(membership, actor=actor, now=now, only_as_leader=True)
        return membership


@again_after_deadlock
def end_membership(
    *, membership: Membership, actor: User | None, now: datetime, unit_closes: bool = False
) -> Membership:
    """Take a person out of a unit. What they held or owed there passes on in the same transaction.

    Refused where it would leave the municipality without a coordinator. ``unit_closes``: the unit closes with it.
    """
    with transaction.atomic():
        lock_people([membership.user_id])
        membership = _live(membership)
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
        if membership.role == Role.COORDINATOR:
            _require_coordinator(membership.unit)
        record(
            EventKind.MEMBERSHIP_ENDED,
            at=now,
            actor=actor,
            unit=membership.unit,
            person=membership.user,
            about=membership,
        )
        give_up_everything_in(membership, actor=actor, now=now, unit_closes=unit_closes)
        if not membership.user.memberships.live().exists():
            _replace_as_stand_in(membership.user, actor=actor, now=now)
        return membership


@again_after_deadlock
def deactivate_person(*, user: User, actor: User | None, now: datetime) -> User:
    """Deactivate a person: they leave every unit and can do nothing from this moment."""
    with transaction.atomic():
        [user] = lock_people([user.pk])
        if not user.is_active:
            raise MovedOn(_("%(person)s is not active.") % {"person": user.name})
        for membership in user.memberships.filter(ended_at=None).order_by("unit_id"):
            end_membership(membership=membership, actor=actor, now=now)
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(EventKind.PERSON_DEACTIVATED, at=now, actor=actor, person=user, about=user)
        return user


@again_after_deadlock
def reactivate_person(*, user: User, actor: User | None, now: datetime) -> User:
    """Let a deactivated person in again; they belong to no unit until they are placed in one."""
    with transaction.atomic():
        [user] = lock_people([user.pk])
        if user.is_active:
            raise MovedOn(_("%(person)s is active already.") % {"person": user.name})
        user.is_active = True
        user.save(update_fields=["is_active"])
        record(EventKind.PERSON_REACTIVATED, at=now, actor=actor, person=user, about=user)
        return user


@again_after_deadlock
def set_absence(*, user: User, stand_in: User, first_on: date, last_on: date, actor: User, now: datetime) -> Absence:
    """Say that one is away, both days included, and who stands in. For oneself, or as leader for one's people."""
    today = timezone.localdate(now)
    with transaction.atomic():
        people = {person.pk: person for person in lock_people([user.pk, stand_in.pk])}
        user, stand_in = people[user.pk], people[stand_in.pk]
        _require_spoken_for(user, actor, now)
        if last_on < first_on:
            raise Unacceptable(_("The last day comes before the first."), field="last_on")
        if last_on < today:
            raise Unacceptable(_("These days have passed."), field="last_on")
        if last_on > today + LONGEST_ABSENCE:
            raise Unacceptable(_("Choose a day within two years."), field="last_on")
        if user.absences.filter(first_on__lte=last_on, last_on__gte=first_on).exists():
            raise MovedOn(_("You have already said that you are away on some of these days."), field="first_on")
        _require_colleague(stand_in, user)
        if stand_in.absences.filter(first_on__lte=last_on, last_on__gte=first_on).exists():
            raise Unacceptable(
                _("%(person)s is away too. Choose somebody else.") % {"person": stand_in.name},
                field="stand_in",
            )
        absence = Absence.objects.create(user=user, stand_in=stand_in, first_on=first_on, last_on=last_on)
        record(
            EventKind.ABSENCE_SET,
            at=now,
            actor=actor,
            person=user,
            about=absence,
            stand_in=stand_in.pk,
            first_on=first_on,
            last_on=last_on,
        )
        return absence


@again_after_deadlock
def end_absence(*, absence: Absence, actor: User, now: datetime) -> None:
    """Say that one is back, or does not go away after all: it ended yesterday, or never was."""
    today = timezone.localdate(now)
    with transaction.atomic():
        lock_people([absence.user_id])
        found = Absence.objects.filter(pk=absence.pk, last_on__gte=today).select_related("user").first()
        if found is None:
            raise MovedOn(_("This absence is over already."))
        _require_spoken_for(found.user, actor, now)
        record(
            EventKind.ABSENCE_ENDED,
            at=now,
            actor=actor,
            person=found.user,
            about=found,
            stand_in=found.stand_in_id,  # the row may be gone by the time they are told
        )
        if found.first_on < today:
            found.last_on = today - timedelta(days=1)
            found.save(update_fields=["last_on"])
        else:
            found.delete()


def _live(membership: Membership) -> Membership:
    membership = Membership.objects.select_related("user", "unit").get(pk=membership.pk)
    if membership.ended_at is not None:
        raise MovedOn(
            _("%(person)s is no longer in %(unit)s.") % {"person": membership.user.name, "unit": membership.unit.name}
        )
    return membership


def _require_whole_municipality(unit: Unit, role: Role) -> None:
    """Refuse an officer of a part of a municipality: they read the logs of all of it."""
    if role == Role.OFFICER and unit.parent_id is not None:
        raise Unacceptable(_("A data-protection officer belongs to the municipality itself."), field="role")


def _require_coordinator(unit: Unit) -> None:
    """Refuse to leave a municipality without a coordinator, the one to whom everything falls in the last resort."""
    if unit.parent_id is not None:
        return
    lock_units([unit.pk])  # two who go at once would each see the other one stay
    if not Membership.objects.live().filter(role=Role.COORDINATOR, unit=unit).exists():
        raise Unacceptable(_("A municipality needs a coordinator. Name another one first."))


def _require_spoken_for(user: User, actor: User, now: datetime) -> None:
    """Refuse to say when somebody is away or back whom one neither is nor leads."""
    if not people_spoken_for(actor_of(actor, now)).filter(pk=user.pk).exists():
        raise Forbidden(_("This is for somebody else to do."))


def _require_colleague(stand_in: User, user: User) -> None:
    """Refuse a stand-in who does not work in the same municipality."""
    roots = {membership.unit.root_id_or_self for membership in user.memberships.live().select_related("unit")}
    theirs = {membership.unit.root_id_or_self for membership in stand_in.memberships.live().select_related("unit")}
    if stand_in.pk == user.pk or not roots & theirs:
        raise Unacceptable(_("Choose a colleague who can stand in."), field="stand_in")


def _replace_as_stand_in(gone: User, *, actor: User | None, now: datetime) -> None:
    """Let the leaders of those for whom somebody gone was to stand in do it instead."""
    today = timezone.localdate(now)
    for absence in gone.stand_ins.filter(last_on__gte=today).select_related("user"):
        membership = absence.user.memberships.live().select_related("unit").first()
        leader = membership and nearest_leader(membership.unit, other_than=absence.user_id)
        if not leader or is_away(leader.user_id, today):
            leader = membership and nearest_leader(membership.unit.root or membership.unit, other_than=absence.user_id)
        if not leader:
            absence.delete()
            continue
        absence.stand_in = leader.user
        absence.save(update_fields=["stand_in"])
        record(
            EventKind.ABSENCE_SET,
            at=now,
            actor=actor,
            person=absence.user,
            about=absence,
            stand_in=leader.user_id,
            first_on=absence.first_on,
            last_on=absence.last_on,
        )
