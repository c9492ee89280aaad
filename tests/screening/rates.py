"""How much screening finds. Run by hand: ``.venv/bin/python -m tests.screening.rates [--misses] tuning`` (or held, …).

A mark counts as found where a finding overlaps it: of its own kind, or, for what is refused in any case, another kind
that is refused, too. ``--misses`` shows the lines; it is for texts that rules may be tuned on.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from coordination.screening import Finding, Kind, Known, Level, check
from coordination.screening.findings import TOPICS
from tests.screening.slots import TODAY, UNITS

HERE = Path(__file__).resolve().parent
# Two sets speak of colleagues by their first name, who are in the directory where such a note is written.
COLLEAGUES: dict[str, list[str]] = json.loads((HERE / "texts" / "colleagues.json").read_text(encoding="utf-8"))
SPECIAL = {kind.value for kind in TOPICS} - {"health"}
AIMS = {"cpr": 0.99, "phone": 0.99, "email": 1.0, "birth_date": 0.97, "address": 0.97, "name": 0.95, "health": 0.85}
AIM_OF_SPECIAL, MOST_UNFLAGGED, MOST_BLOCKED, MOST_FLAGGED = 0.8, 0.02, 0.01, 0.05


@dataclass
class Rates:
    """Counts over one set of texts."""

    marks: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    personal: int = 0
    unflagged: int = 0
    ordinary: int = 0
    blocked: int = 0
    flagged: int = 0
    misses: list[str] = field(default_factory=list)

    def share(self, kind: str) -> float:
        """Give the share of marks of a kind that were found."""
        return self.found[kind] / self.marks[kind] if self.marks[kind] else 1.0

    def as_dict(self) -> dict[str, Any]:
        """Give all rates."""
        shares = {kind: f"{self.share(kind):.3f} of {self.marks[kind]}" for kind in sorted(self.marks)}
        return shares | {
            "personal texts without a flag": f"{self.unflagged} of {self.personal}",
            "ordinary texts blocked": f"{self.blocked} of {self.ordinary}",
            "ordinary texts flagged": f"{self.flagged} of {self.ordinary}",
        }


def read(name: str) -> Iterator[dict[str, Any]]:
    """Read one set of texts."""
    for line in (HERE / "texts" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def measure(half: str, today: date = TODAY, known: Known | None = None) -> Rates:
    """Check all texts of one half."""
    rates = Rates()
    known = known or Known.of(places=UNITS, people=COLLEAGUES.get(half, []))
    for text in read(f"{half}_personal"):
        findings = check(text["text"], today, known)
        rates.personal += 1
        rates.unflagged += not findings
        for kind, start, end in text["marks"]:
            _count(rates, kind, text["text"], (start, end), findings)
    for text in read(f"{half}_ordinary"):
        findings = check(text["text"], today, known)
        rates.ordinary += 1
        rates.flagged += bool(findings)
        rates.blocked += any(finding.level is Level.BLOCK for finding in findings)
        if findings:
            rates.misses.append(f"ordinary  {text['text']}   {show(text['text'], findings)}")
    return rates


def _count(rates: Rates, kind: str, text: str, place: tuple[int, int], findings: list[Finding]) -> None:
    there = [each for each in findings if each.start < place[1] and place[0] < each.end]
    plain = "name" if kind == "full" else kind
    hit = any(each.kind.value == plain for each in there)
    names = [plain, "special"] if plain in SPECIAL else [plain]
    if kind == "full":
        names.append("full name refused")
    for name in names:
        rates.marks[name] += 1
        is_refused = any(each.kind is Kind.NAME and each.level is Level.BLOCK for each in there)
        good = is_refused if name == "full name refused" else hit
        rates.found[name] += good
        if not good:
            rates.misses.append(
                f"{name:10}{text[: place[0]]}[{text[place[0] : place[1]]}]{text[place[1] :]}   {show(text, findings)}"
            )


def show(text: str, findings: list[Finding]) -> str:
    """Write findings with their words: only for texts that are nobody's."""
    return ", ".join(f"{each.rule}: {text[each.start : each.end]!r}" for each in findings)


def main() -> None:
    """Print the rates, and the misses where they may be seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("half")
    parser.add_argument("--misses", action="store_true")
    wanted = parser.parse_args()
    rates = measure(wanted.half)
    print(json.dumps(rates.as_dict(), indent=1))  # noqa: T201 -- its purpose
    if wanted.misses:
        print("\n".join(rates.misses))  # noqa: T201


if __name__ == "__main__":
    main()
