"""The forms of a page, read from its HTML: whatever a browser would let somebody fill in and send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# What somebody types, rather than chooses among what is there.
TYPED = {
    *("text", "search", "email", "tel", "url", "number", "password", "textarea"),
    *("date", "time", "datetime-local", "month", "week", "file"),
}


@dataclass
class Field:
    """One name of a form: what kind of field it is, what it may be, and what it is as the page comes."""

    name: str
    kind: str
    options: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    is_many: bool = False


@dataclass
class PageForm:
    """A form: where it is sent and how, its fields by name, and its buttons that have a name."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def typed(self) -> list[Field]:
        """Give the fields that somebody types into."""
        return [each for each in self.fields.values() if each.kind in TYPED]

    def filled(self, fill: Callable[[Field], list[str] | None]) -> dict[str, list[str]]:
        """Fill it in: with what ``fill`` gives for a field, else as the page comes."""
        sent = {}
        for each in self.fields.values():
            given = fill(each)
            values = each.values if given is None else given
            if values:
                sent[each.name] = values
        return sent


def forms_on(html: str, *, at: str) -> list[PageForm]:
    """Read the forms of the page at the address ``at``."""
    reader = _Reader(at)
    reader.feed(html)
    reader.close()
    return list(reader.forms())


class _Reader(HTMLParser):
    """Reads forms, also fields that stand elsewhere on the page and name theirs."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at
        self._forms: list[tuple[str, PageForm]] = []
        self._open: PageForm | None = None
        self._apart: list[tuple[str, Field]] = []
        self._select: Field | None = None
        self._area: Field | None = None

    def forms(self) -> Iterator[PageForm]:
        by_id = dict(self._forms)
        for form_id, each in self._apart:
            _add(by_id[form_id], each)
        for _form_id, form in self._forms:
            yield form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PageForm(given.get("action") or self.at, given.get("method", "get").lower())
            self._forms.append((given.get("id", f"#{len(self._forms)}"), self._open))
        elif tag == "input":
            self._take_input(given)
        elif tag == "textarea":
            self._area = Field(given["name"], "textarea")
            self._take(self._area, given)
        elif tag == "select" and "name" in given:
            self._select = Field(given["name"], "select", is_many="multiple" in given)
            self._take(self._select, given)
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.values.append(given.get("value", ""))
        elif tag == "button" and given.get("name") and self._open is not None and given.get("type") != "button":
            self._open.buttons.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values = ["".join([*self._area.values, data]).removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            if self._select and self._select.options and not self._select.values and not self._select.is_many:
                self._select.values = self._select.options[:1]
            self._select = None

    def _take_input(self, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text").lower(), given.get("value", "")
        if not given.get("name"):
            return
        if kind in {"submit", "image"}:
            if self._open is not None:
                self._open.buttons.append((given["name"], value))
        elif kind in {"radio", "checkbox"}:
            value = given.get("value", "on")
            checked = [value] if "checked" in given else []
            self._take(Field(given["name"], kind, [value], checked, is_many=kind == "checkbox"), given)
        else:
            self._take(Field(given["name"], kind, [], [value] if value else []), given)

    def _take(self, each: Field, given: dict[str, str]) -> None:
        if "form" in given:
            self._apart.append((given["form"], each))
        elif self._open is not None:
            _add(self._open, each)


def _add(form: PageForm, each: Field) -> None:
    known = form.fields.get(each.name)
    if known is None:
        form.fields[each.name] = each
    else:  # one more of the boxes, cards or lines of one name
        known.options += each.options
        known.values += each.values
        known.is_many = known.is_many or each.kind == "hidden"
