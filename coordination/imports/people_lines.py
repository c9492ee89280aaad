"""The rows of a file of people, read and checked: one person may have several, one for each unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from coordination.commands.people import PersonDraft
from coordination.imports.tables import Row, Table, fits, listed, require
from coordination.models import Role, Unit

REQUIRED = ("username", "name", "email", "phone", "unit", "role")
OPTIONAL = ("active",)
_USERNAME = re.compile(r"[\w.@+-]+")
_PHONE = re.compile(r"[0-9 +()-]*")
_ROLES = {
    "professional": Role.PROFESSIONAL,
    "fagperson": Role.PROFESSIONAL,
    "leader": Role.LEADER,
    "leder": Role.LEADER,
    "coordinator": Role.COORDINATOR,
    "koordinator": Role.COORDINATOR,
    "officer": Role.OFFICER,
    "databeskyttelsesrådgiver": Role.OFFICER,
}
_ANSWERS = {
    **dict.fromkeys(("", "ja", "yes", "1", "sand", "true"), True),
    **dict.fromkeys(("nej", "no", "0", "falsk", "false"), False),
}


@dataclass(frozen=True)
class Place:
    """A role in a unit, and the row that says so."""

    code: str
    role: Role
    row: Row


@dataclass
class PersonLine:
    """One person as the file has them, with every place by the code of its unit."""

    username: str
    draft: PersonDraft
    is_active: bool
    row: Row
    places: dict[str, Place] = field(default_factory=dict)


def read_people(
    table: Table, *, units: Mapping[str, Unit], root: Unit, known: Collection[str]
) -> dict[str, PersonLine]:
    """Read all rows, noting everything that is wrong. ``known``: the user names that are there already."""
    lines: dict[str, PersonLine] = {}
    folded = {username.casefold(): username for username in known}
    for row in table.rows:
        line = _read(table, row)
        if not line.username:
            continue
        same = folded.setdefault(line.username.casefold(), line.username)
        if same != line.username:
            table.fault(_("differs from %(code)s only in capital letters") % {"code": same}, row, "username")
        before = lines.setdefault(line.username, line)
        if before is not line:
            _compare_rows(table, before, line)
        if line.is_active:
            _add_place(table, before, row, units=units, root=root)
    return lines


def _read(table: Table, row: Row) -> PersonLine:
    if require(table, row, "username", longest=60) and not _USERNAME.fullmatch(row["username"]):
        table.fault(_("may hold letters, digits and . @ + - _ only"), row, "username")
    require(table, row, "name", longest=120)
    if fits(table, row, "email", longest=254) and row["email"]:
        try:
            validate_email(row["email"])
        except ValidationError:
            table.fault(_("is no e-mail address"), row, "email")
    fits(table, row, "phone", longest=20)
    if not _PHONE.fullmatch(row["phone"]):
        table.fault(_("is no phone number"), row, "phone")
    if row["active"].casefold() not in _ANSWERS:
        table.fault(_("is neither ja (yes) nor nej (no)"), row, "active")
    return PersonLine(
        username=row["username"],
        draft=PersonDraft(username=row["username"], name=row["name"], email=row["email"], phone=row["phone"]),
        is_active=_ANSWERS.get(row["active"].casefold(), True),
        row=row,
    )


def _compare_rows(table: Table, before: PersonLine, line: PersonLine) -> None:
    """The rows of one person say the same of them."""
    for column in ("name", "email", "phone"):
        if before.row[column] != line.row[column]:
            words = _("is different in row %(row)d, which is about the same person") % {"row": before.row.number}
            table.fault(words, line.row, column)
    if before.is_active != line.is_active:
        words = _("is different in row %(row)d, which is about the same person") % {"row": before.row.number}
        table.fault(words, line.row, "active")


def _add_place(table: Table, line: PersonLine, row: Row, *, units: Mapping[str, Unit], root: Unit) -> None:
    role = _ROLES.get(row["role"].casefold())
    if require(table, row, "role", longest=40) and role is None:
        words = _("“%(word)s” is no role. There are: %(known)s") % {"word": row["role"], "known": listed(_ROLES)}
        table.fault(words, row, "role")
    if not require(table, row, "unit", longest=20):
        return
    code = row["unit"]
    if code not in units:
        table.fault(_("There is no open unit with the code %(code)s.") % {"code": code}, row, "unit")
    elif code in line.places:
        words = _("stands in row %(row)d already") % {"row": line.places[code].row.number}
        table.fault(words, row, "unit")
    elif role == Role.COORDINATOR and code != root.code:
        table.fault(
            _("A coordinator belongs to the municipality itself (%(code)s).") % {"code": root.code}, row, "role"
        )
    elif role == Role.OFFICER and code != root.code:
        table.fault(
            _("A data-protection officer belongs to the municipality itself (%(code)s).") % {"code": root.code},
            row,
            "role",
        )
    elif role is not None:
        line.places[code] = Place(code, role, row)
