"""Nothing sensitive is stored: personal data is typed into everything, and then looked for everywhere.

Somebody writes a child's name, CPR number, address, phone and illness into every field of every form, into addresses,
headers, file names and files, as everybody. What is accepted lives its whole life. None of it is found afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.urls import reverse

from coordination.commands.cases import close_case
from coordination.commands.transitions import cancel_transition
from coordination.errors import MovedOn
from coordination.models import (
    LIVE_TRANSITION,
    CancelReason,
    Case,
    CaseOutcome,
    CaseState,
    Reference,
    ReferenceSystem,
    Transition,
    User,
)
from coordination.privacy.references import index_number
from notifications.models import Device
from tests.browser.tour import Scene, pages_of, set_the_scene
from tests.builders import World, on, term
from tests.imports.tools import PEOPLE_COLUMNS, UNIT_COLUMNS
from tests.notifications.browsers import Browser
from tests.promises.nothing_sensitive_is_stored.doors import Doors
from tests.promises.nothing_sensitive_is_stored.offices import BY_DESIGN, Offices
from tests.promises.nothing_sensitive_is_stored.personal import CHILD, COLLEAGUE, RECORD_SIGNS, RECORDS, found_in
from tests.promises.nothing_sensitive_is_stored.places import columns_holding, files_holding, sessions_and_cache
from tests.promises.nothing_sensitive_is_stored.sinks import Logs, Sinks
from tests.promises.nothing_sensitive_is_stored.test_messages import all_that_is_logged, reach_everybody

pytestmark = pytest.mark.django_db(transaction=True)

# Days after the Monday: long enough for every reminder, for an end of every consent, and for what is kept longest.
LIFE = (1.2, 4.2, 60.2, 400.2, 800.2)
NAMES_A_RECORD = {"open_case", "reference_add", "meeting_hold", "subject"}
EXPORTS = (
    *(("board_csv", who, ()) for who in ("lone", "dorte")),
    *(("figures_file", who, (kind,)) for who in ("dorte", "lone") for kind in ("csv", "xlsx")),
)


@dataclass
class Lived:
    """A municipality with all its channels: what is sent into it, what goes out of it, and what it logs."""

    scene: Scene
    doors: Doors
    sinks: Sinks
    logs: Logs

    def live(self, life: Sequence[float] = LIFE) -> None:
        """Let time pass until everything has ended, and everybody be told."""
        for days in life:
            self.sinks.everything_goes_out(on(days))

    def found(self, signs: list[str]) -> list[object]:
        """Look everywhere but in the answers to whoever asked."""
        gone_out = [(sunk.where, sign) for sunk in self.sinks.sunk for sign in found_in(sunk.text, signs)]
        logged = [(sunk.text, sign) for sunk in self.logs.sunk for sign in found_in(sunk.text, signs)]
        kept = [("session or cache", sign) for sign in found_in(sessions_and_cache(), signs)]
        return [*columns_holding(signs), *files_holding(signs), *gone_out, *logged, *kept]


@pytest.fixture
def lived(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lived]:
    """The scene of the tour, the day after."""
    reach_everybody(monkeypatch)
    with time_machine.travel(on(1), tick=False):
        scene = set_the_scene(world)
        people = {person.username: person for person in User.objects.all()}
        sinks = Sinks(monkeypatch, unreachable=world.frida)
        sinks.offer_feeds(list(people.values()), on(1))
        with all_that_is_logged() as logs:
            yield Lived(scene, Doors(people), sinks, logs)


def echoes(doors: Doors) -> list[tuple[str, str]]:
    """Find CPR numbers in any answer, and anything of a child in the head of one."""
    numbers = [sign for person in (CHILD, COLLEAGUE) for sign in person.numbers]
    in_bodies = [(answer.where, sign) for answer in doors.answers for sign in found_in(answer.body, numbers)]
    return in_bodies + [
        (answer.where, sign) for answer in doors.answers for sign in found_in(answer.headers, CHILD.signs())
    ]


def test_what_is_typed_where_it_does_not_belong_is_found_nowhere(lived: Lived) -> None:
    stops = pages_of(lived.scene)
    for stop in stops:
        lived.doors.type_everywhere(stop)
    for stop in {stop.name: stop for stop in stops}.values():
        lived.doors.ask_with_more(stop)
    lived.doors.mistype_addresses("maja")
    lived.doors.mistype_addresses("")
    assert lived.doors.reached >= {stop.name for stop in stops}
    assert lived.found(CHILD.signs()) == []
    assert echoes(lived.doors) == []
    lived.live(LIFE[:2])
    assert lived.found(CHILD.signs()) == []


def test_the_number_of_a_record_is_found_nowhere_in_clear_its_whole_life(lived: Lived) -> None:
    scene, doors = lived.scene, lived.doors
    stops = pages_of(scene)
    for stop in sorted(stops, key=lambda stop: stop.name not in NAMES_A_RECORD):
        doors.fill_in_as_meant(stop)
    assert doors.carried_out >= NAMES_A_RECORD - {"subject"}
    assert len(doors.carried_out) > 25
    assert references_to_records().count() >= 3
    files_of_everybody(doors)
    for answer in doors.answers:
        if "text/html" not in answer.headers:
            assert not found_in(answer.body, RECORD_SIGNS), answer.where
    assert [answer.where for answer in doors.answers if found_in(answer.headers, RECORD_SIGNS)] == []
    assert lived.found([*RECORD_SIGNS, *CHILD.signs()]) == []
    end_everything()
    lived.live()
    assert not references_to_records().exists()
    assert lived.found([*RECORD_SIGNS, *CHILD.signs()]) == []


def end_everything() -> None:
    """Cancel the moves that are not over, and close every case."""
    for transition in Transition.objects.filter(case__state=CaseState.OPEN, state__in=LIVE_TRANSITION):
        with suppress(MovedOn):  # followed up already
            stays = term(CancelReason, "stays")
            cancel_transition(transition=transition, reason=stays, actor=transition.case.holder, now=on(1, hours=1))
    for case in Case.objects.filter(state=CaseState.OPEN):
        close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=case.holder, now=on(1, hours=1))


def references_to_records() -> QuerySet[Reference]:
    """The references that are found by the numbers which were typed."""
    system = term(ReferenceSystem, "ppr_journal")
    return Reference.objects.filter(number_index__in=[index_number(system, record) for record in RECORDS])


def files_of_everybody(doors: Doors) -> None:
    """Fetch every file that pages offer."""
    for name, who, args in EXPORTS:
        assert doors.see(who, reverse(name, args=args)), name


# ---- What administrators and systems write


def test_administrators_write_of_colleagues_only_where_that_is_meant_and_no_cpr_number_anywhere(lived: Lived) -> None:
    lived.doors.people["root"] = User.objects.create_superuser("root", name="Rut Root")
    Offices(lived.doors, "root").write_everywhere()
    stored = {(table, column) for table, column, _sign in columns_holding(COLLEAGUE.signs())}
    assert stored >= {("coordination_user", "name"), ("coordination_unit", "name"), ("coordination_room", "name")}
    assert stored >= {("coordination_theme", "label_da"), ("notifications_webhook", "name")}
    assert {(table, column) for table, column in stored if column not in BY_DESIGN.get(table, ())} == set()
    assert lived.found([*COLLEAGUE.numbers, *CHILD.signs()]) == []
    assert echoes(lived.doors) == []


@pytest.mark.parametrize(
    ("command", "columns", "row"),
    [
        ("import_people", PEOPLE_COLUMNS, ["nina", "Nina Ny", "nina@lilleby.example", "", "school", "leder"]),
        ("import_units", UNIT_COLUMNS, ["ny", "Ny enhed", "skole", "town", "", ""]),
    ],
)
def test_an_import_takes_no_cpr_number_in_any_column_and_repeats_none(
    command: str, columns: str, row: list[str], lived: Lived, tmp_path: Path
) -> None:
    said = []
    for place, column in enumerate(columns.split(",")):
        for written in COLLEAGUE.numbers:
            cells = [written if number == place else cell for number, cell in enumerate(row)]
            said.append(what_import_says(command, tmp_path / f"{CHILD.cpr}.csv", columns, cells))
            header = columns.replace(column, written)
            said.append(
                what_import_says(command, tmp_path / f"{CHILD.name}.csv", f"{header},{written}", [*row, written])
            )
    assert [words for words in said if found_in(words, COLLEAGUE.numbers)] == []
    assert lived.found([*COLLEAGUE.numbers, *CHILD.signs()]) == []


def what_import_says(command: str, path: Path, columns: str, cells: list[str]) -> str:
    """Import one row; give what the command answers, whether or not it takes it."""
    path.write_text(f"{columns}\n{','.join(cells)}\n")
    out = StringIO()
    try:
        call_command(command, str(path), stdout=out)
    except CommandError as refused:
        return f"{out.getvalue()}{refused}"
    return out.getvalue()


def test_a_browser_that_is_pushed_to_says_nothing_of_a_child(lived: Lived) -> None:
    client, address = lived.doors.client("maja"), reverse("notifications:device_add")
    good = Browser("https://push.example/maja").said
    for name in good:
        assert client.post(address, {**good, name: CHILD.cpr, "name": CHILD.name}).status_code == 422
    assert client.post(address, {**good, "name": CHILD.name}).status_code == 302
    assert Device.objects.get(endpoint=good["endpoint"]).name == "Firefox, Windows"
    assert lived.found(CHILD.signs()) == []
