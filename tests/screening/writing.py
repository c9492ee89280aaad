"""Writes the texts that screening is measured on, from the lines and templates in ``sources``. Run by hand:

    .venv/bin/python -m tests.screening.writing tuning

``tuning`` may be looked at while rules are written; ``held`` was written before them, and only its rates are looked at:
names are drawn from lists that have changed since, so writing it again makes another set. ``second`` and ``third`` were
written afterwards in other styles; ``first_contact.json`` has the rates at the first look, before any miss was seen.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.screening.slots import Filler

HERE = Path(__file__).resolve().parent
SEEDS = {"tuning": 1, "held": 2}
ROUNDS = {("tuning", "personal"): 6, ("held", "personal"): 8, ("tuning", "ordinary"): 14, ("held", "ordinary"): 16}
_MARKED = re.compile(r"\[(\w+)\|([^]]*?)\]|\{(\w+)\}")
Part = tuple[str, str]


def main() -> None:
    """Write the files of the sets that are named: tuning, held, second or third."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="+", choices=[*SEEDS, "second", "third"])
    for half in parser.parse_args().sets:
        for nature in ("personal", "ordinary"):
            random = Random(f"{SEEDS.get(half, 0)} {nature}")
            save(f"{half}_{nature}", list(write(half, nature, random)))


def save(name: str, texts: list[dict[str, Any]]) -> None:
    """Write one file, a text a line."""
    lines = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts)
    (HERE / "texts" / f"{name}.jsonl").write_text(lines, encoding="utf-8")


def write(half: str, nature: str, random: Random) -> Iterator[dict[str, Any]]:
    """Give each text with the places of what must be found in it: kind, start, end."""
    filler = Filler(half, random)
    for line in read(f"{half}_{nature}.txt"):
        yield join(parts(line, filler))
    if half not in SEEDS:
        return
    for line in read(f"{half}_{nature}_templates.txt"):
        for _round in range(ROUNDS[half, nature]):
            yield join(hurry(parts(line, filler), random))


def read(name: str) -> list[str]:
    """Read the lines of a source, without its remarks."""
    lines = (HERE / "sources" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def parts(line: str, filler: Filler) -> list[Part]:
    """Split a line into pieces of one kind each; "" is the kind of what need not be found."""
    found: list[Part] = []
    at = 0
    for match in _MARKED.finditer(line):
        found.append(("", line[at : match.start()]))
        found.append(filler.fill(match[3]) if match[3] else (match[1], match[2]))
        at = match.end()
    found.append(("", line[at:]))
    return [part for part in found if part[1]]


def hurry(pieces: list[Part], random: Random) -> list[Part]:
    """Write as somebody does who has no time: small letters, no full stop, a letter too few or two changed about."""
    small = random.random() < 0.5
    slips = random.random() < 0.2
    done = []
    for kind, words in pieces:
        written = words.lower() if small else words
        if not kind and slips and len(written) > 6:
            at = random.randrange(1, len(written) - 2)
            if written[at : at + 2].isalpha():
                written = written[:at] + written[at + 1] + written[at] + written[at + 2 :]
        done.append((kind, written))
    return done


def join(pieces: list[Part]) -> dict[str, Any]:
    """Put the pieces together."""
    text, marks = "", []
    for kind, words in pieces:
        if kind:
            marks.append([kind, len(text), len(text) + len(words)])
        text += words
    return {"text": text, "marks": marks}


if __name__ == "__main__":
    main()
