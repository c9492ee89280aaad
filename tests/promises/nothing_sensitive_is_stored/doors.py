"""Every way in through a browser: each form of each page, each address, header and file name, as whoever it is for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve

from coordination.models import ReferenceSystem, User
from tests.browser.tour import Stop
from tests.promises.nothing_sensitive_is_stored.forms import TYPED, Field, PageForm, forms_on
from tests.promises.nothing_sensitive_is_stored.personal import CHILD, RECORDS

# Written by somebody in a hurry where there is no field for it.
BESIDE = {"note": CHILD.name, "text": f"{CHILD.health} {CHILD.cpr}", "address": CHILD.address, "phone_": CHILD.phone}
HEADERS = {
    "user-agent": f"Mozilla/5.0 (Windows) Firefox {CHILD.name} {CHILD.cpr}",
    "referer": f"https://involver.example/?barn={CHILD.name}&cpr={CHILD.bare_cpr}",
    "accept-language": f"da;q=1, {CHILD.bare_cpr};q=0.5",
    "x-forwarded-for": CHILD.cpr,
    "hx-current-url": f"https://involver.example/{CHILD.bare_cpr}",
    "hx-prompt": CHILD.name,
}
COOKIES = {"barn": CHILD.bare_cpr, "device": f"{CHILD.cpr}:x"}
# All that any page reads from its address, and one thing that none reads.
QUERIES = (
    *("kode", "hvem", "navn", "person", "enhed", "vis", "mangler", "ogsaa", "foer", "fra", "til", "kun", "slags"),
    *("dag", "efter", "overgang", "alle", "side", "next", "barn"),
)
SEARCHES = {"search", "words", "navn", "hvem"}
DAYS = {
    "first_on": "2026-10-05",
    "last_on": "2026-10-09",
    "given_on": "2026-09-01",
    "ends_on": "2027-08-01",
    "move_on": "2027-01-04",
}
OWN_FIELDS = {"hidden", "password"}  # what the page itself has written, and what is hashed
LEFT_ALONE = {"sign_out", "set_language"}  # on every page; they have a test of their own
MOST_FORMS = 20
Fill = Callable[[Field], list[Any] | None]


@dataclass(frozen=True)
class Answer:
    """What came back for what was sent; ``where`` says who sent what."""

    where: str
    status: int
    headers: str
    body: str


@dataclass
class Doors:
    """Goes to pages as whoever they are for, sends their forms, and keeps every answer."""

    people: dict[str, User]
    answers: list[Answer] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    carried_out: set[str] = field(default_factory=set)
    _clients: dict[str, Client] = field(default_factory=dict)
    _met: set[tuple[str, ...]] = field(default_factory=set)

    def client(self, who: str) -> Client:
        """Give somebody's browser, which sends along more than it should."""
        if who not in self._clients:
            client = self._clients[who] = Client(headers=HEADERS)
            if who:
                client.force_login(self.people[who])
            for name, value in COOKIES.items():
                client.cookies[name] = value
        return self._clients[who]

    def see(self, who: str, path: str) -> str:
        """Look at a page; give its HTML, or nothing where there is none."""
        answer: Any = self.client(who).get(path)
        self._note(f"GET {path} as {who}", path, answer)
        return self.answers[-1].body if answer.status_code == 200 else ""

    def send(self, who: str, form: PageForm, data: dict[str, Any], why: str = "as meant") -> str:
        """Send a form as a browser does; give the page that comes back, if one does."""
        path = form.action.partition("#")[0]
        answer: Any
        if form.method == "get":
            path = f"{path.partition('?')[0]}?{urlencode(data, doseq=True)}"
            answer = self.client(who).get(path)
        else:
            answer = self.client(who).post(path, {**BESIDE, **data})
        self._note(f"{form.method.upper()} {path} as {who}: {why}", path, answer)
        if answer.status_code == 302 and form.method == "post":
            self.carried_out.add(name_of(path))
        return self.answers[-1].body if answer.status_code == 200 else ""

    def _note(self, where: str, path: str, answer: Any) -> None:
        assert answer.status_code < 500, where
        self.reached.add(name_of(path))
        cookies = answer.cookies.output()
        self.answers.append(Answer(where, answer.status_code, f"{answer.headers}\n{cookies}", text_of(answer)))

    # ---- What is done with a page

    def type_everywhere(self, stop: Stop) -> None:
        """Send each form of a page with personal data in one field after the other, and then in all of them.

        A form that somebody has met on another page already is passed over.
        """
        for form in self._forms(stop):
            known = (stop.who, name_of(form.action), *form.fields)
            if name_of(form.action) in LEFT_ALONE or known in self._met:
                continue
            self._met.add(known)
            for number, each in enumerate(form.typed):
                written = (CHILD.cpr, CHILD.bare_cpr, CHILD.name)[number % 3 if each.name != "number" else 0]
                self.send(stop.who, form, form.filled(only(each, written)), f"{each.name}={written}")
            for written in (CHILD.cpr, CHILD.name):
                self.send(stop.who, form, form.filled(everywhere(written)), f"everything={written}")
                for name, value in form.buttons if form.typed else []:
                    data = {**form.filled(in_words(written)), name: value}
                    self.send(stop.who, form, data, f"{name} with {written}")

    def ask_with_more(self, stop: Stop) -> None:
        """Ask for a page with personal data in its address."""
        for written in (CHILD.cpr, CHILD.name):
            more = urlencode(dict.fromkeys(QUERIES, written))
            self.see(stop.who, f"{stop.path.partition('?')[0]}?{more}")

    def fill_in_as_meant(self, stop: Stop) -> None:
        """Send each form of a page as it is meant, and then those of the page that comes back."""
        place, forms = 0, self._forms(stop)
        while place < min(len(forms), MOST_FORMS):
            form = forms[place]
            place += 1
            if name_of(form.action) not in LEFT_ALONE and self._carry_out(stop.who, form):
                forms = self._forms(stop)  # the page is another one now

    def _forms(self, stop: Stop) -> list[PageForm]:
        return forms_on(self.see(stop.who, stop.path), at=stop.path)

    def _carry_out(self, who: str, form: PageForm) -> bool:
        """Send a form as it is meant, and those of the page that comes back; say whether it was carried out."""
        record = RECORDS[len(self.answers) % len(RECORDS)]
        page = self.send(who, form, form.filled(partial(as_meant, record=record)))
        for after in forms_on(page, at=form.action):
            if form.method == after.method == "post" and name_of(after.action) not in LEFT_ALONE:
                self.send(who, after, after.filled(as_meant))
        return self.answers[-1].status == 302

    def mistype_addresses(self, who: str) -> None:
        """Write personal data where an address has a code, an id or a secret, or nothing at all."""
        for written in (CHILD.cpr, CHILD.bare_cpr, CHILD.name):
            for path in (
                "/forloeb/{}/",
                "/forloeb/{}/reference/",
                "/kalender/{}.ics",
                "/{}",
                "/enheder/{}/",
                "/static/{}",
            ):
                self.see(who, path.format(quote(written)))


# ---- Ways of filling in


def as_meant(one: Field, record: str = RECORDS[0]) -> list[Any] | None:
    """Fill in what the form asks for; ``record``: the number of one."""
    if one.kind in OWN_FIELDS:
        return None
    if one.name in SEARCHES:
        return []
    if one.name in {"number", "system"}:
        return [record if one.name == "number" else str(ReferenceSystem.objects.get(code="ppr_journal").pk)]
    return _chosen(one)


def _chosen(one: Field) -> list[Any] | None:
    if one.kind == "file":
        return [a_file("flytninger.csv", "code,from,to,day,kind\n")]
    if one.kind == "date":
        return [DAYS[one.name]] if one.name in DAYS else one.values or ["2026-10-01"]
    if one.kind in {"radio", "select"}:
        return one.values if any(one.values) else [option for option in one.options if option][:1]
    return one.options if one.kind == "checkbox" else None


def only(each: Field, written: str) -> Fill:
    """Write something into one field, and fill in the others as they are meant."""
    return lambda one: typed(one, written) if one is each else as_meant(one)


def everywhere(written: str) -> Fill:
    """Write something into every field that is not hidden, also where there is only something to choose."""
    return lambda one: None if one.kind in OWN_FIELDS else typed(one, written)


def in_words(written: str) -> Fill:
    """Write something wherever one types; the rest stays as the page comes."""
    return lambda one: typed(one, written) if one.kind in TYPED - {"password", "file"} else None


def typed(one: Field, written: str) -> list[Any]:
    """Write something into a field; a file bears it in its name, in its header and in its cells."""
    if one.kind == "file":
        row = ",".join([written] * 5)
        return [a_file(f"{written}.csv", f"code,from,to,day,kind,{written}\n{row},{written}\n{row},x\n")]
    return [written]


def a_file(name: str, text: str) -> SimpleUploadedFile:
    """Make a file to send."""
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


# ---- Reading


def text_of(answer: Any) -> str:
    """Give all of an answer as text; a spreadsheet unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return str(content.decode("utf-8", "replace"))


def name_of(path: str) -> str:
    """Name the address behind a path; what none has is called so."""
    try:
        return resolve(path.partition("?")[0].partition("#")[0]).view_name
    except Resolver404:
        return "nowhere"
