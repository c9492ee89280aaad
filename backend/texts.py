"""Find the texts of the screens in Python files and templates, without any tool beside Python.

GNU gettext's own tools are not on a fresh machine, and then nobody would notice a text without Danish.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

PACKAGES = ("backend", "coordination", "notifications")
CALLS = ("gettext", "ngettext", "pgettext", "npgettext")
LITERAL = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
CALL_IN_TEMPLATE = re.compile(rf"(\b(?:{'|'.join(CALLS)})|\b_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@dataclass
class Text:
    """One text as it stands in the code, with the files that it stands in."""

    context: str | None
    singular: str
    plural: str | None
    files: list[str] = field(default_factory=list)


def find_texts(root: Path) -> list[Text]:
    """Find every text of the packages and the templates below `root`, in the order of the files."""
    found: dict[tuple[str | None, str], Text] = {}
    for path in _files(root):
        source = path.read_text(encoding="utf-8")
        calls = _calls_in_python(source) if path.suffix == ".py" else _calls_in_template(source)
        for name, words in calls:
            text = _text(name, words)
            known = found.setdefault((text.context, text.singular), text)
            known.plural = known.plural or text.plural
            file = path.relative_to(root).as_posix()
            if file not in known.files:
                known.files.append(file)
    return list(found.values())


def placeholders(text: str) -> set[str]:
    """Find what is filled into a text later, such as %(name)s."""
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def _files(root: Path) -> list[Path]:
    python = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    templates = [path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt", ".subject"}]
    return sorted(path for path in python if "migrations" not in path.parts) + sorted(templates)


def _calls_in_python(source: str) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        name = called.removesuffix("_lazy").removesuffix("_noop")
        words = []
        for argument in node.args:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                break
            words.append(argument.value)
        if (name == "_" or name in CALLS) and words:
            yield name, words


def _calls_in_template(source: str) -> Iterator[tuple[str, list[str]]]:
    for name, literals in CALL_IN_TEMPLATE.findall(templatize(source)):
        yield name, [ast.literal_eval(literal) for literal in re.findall(LITERAL, literals, re.DOTALL)]


def _text(name: str, words: list[str]) -> Text:
    context = words.pop(0) if name in {"pgettext", "npgettext"} else None
    plural = words[1] if name in {"ngettext", "npgettext"} else None
    return Text(context, words[0], plural)
