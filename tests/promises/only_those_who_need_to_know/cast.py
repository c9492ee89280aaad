"""The tour's small municipality with somebody in every part that one can play in a case, to knock at every door."""

from __future__ import annotations

from dataclasses import dataclass

from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    complete_partnership,
    invite_unit,
)
from coordination.commands.people import (
    PersonDraft,
    begin_membership,
    deactivate_person,
    register_person,
    set_absence,
)
from coordination.commands.units import UnitDraft, place_unit
from coordination.models import Ask, NoteRule, Partnership, PartnershipOutcome, Role, Unit, UnitKind, User
from notifications.commands.feeds import make_feed
from notifications.models import Device
from tests.browser.tour import Scene, set_the_scene
from tests.builders import World, day, on, term, the_invitation

# Beside the people of tests.builders: first name, unit, role, and the part played.
EXTRAS: tuple[tuple[str, str, Role], ...] = (
    ("olga", "library", Role.PROFESSIONAL),  # of a unit that has to do with nothing
    ("lise", "library", Role.LEADER),  # leads that unit
    ("dina", "daycare", Role.PROFESSIONAL),  # her unit is invited to the rich case, and has not answered
    ("finn", "club", Role.PROFESSIONAL),  # was the contact of his unit in the rich case
    ("fie", "club", Role.PROFESSIONAL),  # has been the contact since
    ("stine", "school", Role.PROFESSIONAL),  # stands in for Maja
    ("ina", "school", Role.LEADER),  # was deactivated this morning, with a session that lives on
)


@dataclass
class Cast:
    """The scene of the tour, its people, and the secret of Maja's calendar."""

    scene: Scene
    world: World
    token: str

    @property
    def everybody(self) -> list[str]:
        """Everybody by first name."""
        return sorted(self.world.people)


def gather_cast(world: World) -> Cast:
    """Play the tour's story, and let everybody else come to their part; it is the day after the Monday."""
    for code, name in (("library", "Biblioteket"), ("club", "Klubben")):
        draft = UnitDraft(code=code, name=name, kind=term(UnitKind, "afdeling"), parent=world.town)
        world.units[code] = place_unit(draft=draft, actor=None, now=on(-30))
    for name, code, role in EXTRAS:
        join(world, name, world.units[code], role)
    scene = set_the_scene(world)
    _let_in_and_change(world, scene)
    _end_the_part_of_rikke(world, scene)
    set_absence(
        user=world.maja, stand_in=world.stine, first_on=day(0), last_on=day(5), actor=world.maja, now=on(hours=1)
    )
    deactivate_person(user=world.ina, actor=None, now=on(hours=2))
    world.people["admin"] = User.objects.create_superuser("admin", name="Adam Admin")
    NoteRule.objects.update_or_create(root=world.town, defaults={"is_on": True})
    Device.objects.create(
        person=world.maja, endpoint="https://push.example/maja", p256dh="p", auth="a", name="Firefox", added_at=on()
    )
    return Cast(scene, world, make_feed(actor=world.maja, now=on(hours=3)))


def join(world: World, name: str, unit: Unit, role: Role = Role.PROFESSIONAL) -> User:
    """Register somebody in a unit; in ``world.people`` by first name."""
    person = register_person(
        draft=PersonDraft(username=name, name=f"{name.title()} Andersen", email=f"{name}@lilleby.example"),
        actor=None,
        now=on(-30),
    )
    begin_membership(user=person, unit=unit, role=role, actor=None, now=on(-30))
    world.people[name] = person
    return person


def _let_in_and_change(world: World, scene: Scene) -> None:
    invite_unit(case=scene.rich, unit=world.club, ask=term(Ask, "sparring"), actor=world.maja, now=on(-3))
    part = accept_invitation(invitation=the_invitation(scene.rich, world.club), actor=world.finn, now=on(-2))
    change_contact(partnership=part, contact=world.fie, actor=world.finn, now=on(-1))


def _end_the_part_of_rikke(world: World, scene: Scene) -> None:
    """Rikke has held the rich case; from now on she has nothing to do with it."""
    part = Partnership.objects.live().get(case=scene.rich, unit=world.kindergarten)
    done = term(PartnershipOutcome, "as_agreed")
    complete_partnership(partnership=part, outcome=done, actor=world.maja, now=on(-1))
