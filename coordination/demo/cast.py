"""The people of the demonstration: about five a unit, most units with a leader, one coordinator."""

from __future__ import annotations

import random
from datetime import datetime

from django.contrib.auth.hashers import make_password

from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.demo.names import FAMILY, GIVEN, username_of
from coordination.demo.people import PASSWORD, SIGN_INS
from coordination.demo.places import fictional_phone
from coordination.models import Role, Unit, User

# Nobody leads these: what falls there falls to the leader above.
WITHOUT_LEADER = {"SK-BJE", "SK-HAV", "SK-FAA", "VS-KRI", "LC", "BS-SEK"}
STAFF = {"RK": 1, "BS": 1, "BS-SEK": 3, "BOERN": 3, "SKOLE": 3, "FAM": 7, "PPR": 9, "SPL": 6}
USUAL_STAFF = 4
PLACES = {
    "maja": ("SK-HOR", Role.PROFESSIONAL),
    "anna": ("PPR", Role.PROFESSIONAL),
    "lone": ("SK-HOR", Role.LEADER),
    "karin": ("RK", Role.COORDINATOR),
    "dorthe": ("RK", Role.OFFICER),
}
LAST = "dorthe"  # hired after everybody else, so that they are who they were before her


def cast_people(units: dict[str, Unit], *, now: datetime, rng: random.Random) -> dict[str, User]:
    """Register everybody; give those one can sign in as, by user name."""
    hashed = make_password(PASSWORD)
    known: dict[str, User] = {}
    for sign_in in SIGN_INS:
        if sign_in.username == LAST:
            continue
        person = _register(sign_in.username, sign_in.name, hashed, now, rng)
        known[person.username] = person
        if person.username in PLACES:
            code, role = PLACES[person.username]
            begin_membership(user=person, unit=units[code], role=role, actor=None, now=now)
    # As `createsuperuser` would.
    User.objects.filter(pk=known["admin"].pk).update(is_staff=True, is_superuser=True)
    taken = {sign_in.name for sign_in in SIGN_INS}
    led = {code for code, role in PLACES.values() if role == Role.LEADER}
    for code, unit in units.items():
        roles = [Role.PROFESSIONAL] * STAFF.get(code, USUAL_STAFF)
        if code not in WITHOUT_LEADER | led:
            roles.append(Role.LEADER)
        for role in roles:
            name = _new_name(taken, rng)
            person = _register(username_of(name), name, hashed, now, rng)
            begin_membership(user=person, unit=unit, role=role, actor=None, now=now)
    officer = next(sign_in for sign_in in SIGN_INS if sign_in.username == LAST)
    known[LAST] = _register(LAST, officer.name, hashed, now, rng)
    code, role = PLACES[LAST]
    begin_membership(user=known[LAST], unit=units[code], role=role, actor=None, now=now)
    return known


def _register(username: str, name: str, hashed: str, now: datetime, rng: random.Random) -> User:
    draft = PersonDraft(username=username, name=name, email=f"{username}@randers.example", phone=fictional_phone(rng))
    return register_person(draft=draft, actor=None, now=now, password=hashed)


def _new_name(taken: set[str], rng: random.Random) -> str:
    while True:
        name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"
        if name not in taken:
            taken.add(name)
            return name
