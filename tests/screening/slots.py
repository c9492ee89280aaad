"""What the slots of the templates are filled with. Everybody is made up: first names and surnames are drawn apart."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random

TODAY = date(2026, 11, 23)
_SLOTS = json.loads((Path(__file__).resolve().parent / "sources" / "slots.json").read_text(encoding="utf-8"))
LISTS = Path(__file__).resolve().parents[2] / "coordination" / "screening" / "data"
MONTHS: list[str] = _SLOTS["months"]
WEEKDAYS: list[str] = _SLOTS["weekdays"]
UNITS: list[str] = _SLOTS["units"]
METHODS: list[str] = _SLOTS["methods"]
FEASTS: list[str] = _SLOTS["feasts"]
TOWNS: list[str] = _SLOTS["towns"]
LAWS: list[str] = _SLOTS["laws"]
UNLISTED: list[str] = _SLOTS["unlisted"]
UNLISTED_SURNAMES: list[str] = _SLOTS["unlisted_surnames"]
HEALTH: dict[str, list[str]] = _SLOTS["health"]
SPECIAL: dict[str, dict[str, list[str]]] = _SLOTS["special"]
_WORDS = {
    **dict(
        enumerate(
            [
                "nul",
                "en",
                "to",
                "tre",
                "fire",
                "fem",
                "seks",
                "syv",
                "otte",
                "ni",
                "ti",
                "elleve",
                "tolv",
                "tretten",
                "fjorten",
                "femten",
            ]
        )
    ),
    **dict(enumerate(["seksten", "sytten", "atten", "nitten"], 16)),
}
_TENS = ["tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"]


class Filler:
    """Fills slots for one half: ``tuning`` or ``held``. The two halves draw differently and know other spellings."""

    def __init__(self, half: str, random: Random) -> None:
        self.half, self.random = ("tuning" if half == "tuning" else "held"), random
        self.firsts = _names("first_names_common.txt") + _names("first_names_rare.txt")[::7]
        self.surnames = _names("surnames.txt")
        self.muslim = _names("names_of_muslim_origin.txt")
        self.weak = {name.lower() for name in _names("names_that_are_words.txt")}

    def fill(self, slot: str) -> tuple[str, str]:
        """Give the kind ("" for what is no alarm) and the words of one slot."""
        if slot in {"first", "first_s", "full", "surname"}:
            words = getattr(self, slot)()
            return ("full" if slot == "full" else "name"), words
        if slot in {"cpr", "phone", "email", "address", "health"}:
            return slot, getattr(self, slot)()
        if slot == "birth":
            return "birth_date", self.birth()
        if slot in SPECIAL[self.half]:
            return slot, self.random.choice(SPECIAL[self.half][slot])
        return "", getattr(self, f"an_{slot}")()

    # --- People -----------------------------------------------------------------------------------------------
    def first(self) -> str:
        """A first name that is no ordinary word, one in ten of Muslim origin and one in twenty in no list."""
        chance = self.random.random()
        if chance < 0.05:
            return self.random.choice(UNLISTED)
        names = self.muslim if chance < 0.15 else self.firsts
        return next(name for name in iter(lambda: self.random.choice(names), "") if name.lower() not in self.weak)

    def first_s(self) -> str:
        """A first name in the genitive."""
        name = self.first()
        return name + ("'" if name[-1] in "sxz" else "s")

    def surname(self) -> str:
        """A surname as families are called by."""
        return self.random.choice([name for name in self.surnames if name.endswith("sen")])

    def full(self) -> str:
        """A first name with a surname, an initial or more names."""
        first, surname = self.first(), self.random.choice(self.surnames)
        if self.random.random() < 0.06:
            surname = self.random.choice(UNLISTED_SURNAMES)
        forms = [f"{first} {surname}"] * 5 + [f"{first} {surname[0]}.", f"{first} {self.first()} {surname}"]
        if self.half == "held":
            forms += [f"{first} {self.random.choice(self.surnames)} {surname}", f"{first} {surname[0]}"]
        return self.random.choice(forms)

    # --- Numbers ----------------------------------------------------------------------------------------------
    def born(self) -> date:
        """A day of birth, of a child or a parent."""
        return TODAY - timedelta(days=self.random.randint(700, 7000 if self.random.random() < 0.8 else 20000))

    def cpr(self) -> str:
        """A made-up CPR number in some spelling."""
        born, serial = self.born(), f"{self.random.randint(0, 9999):04d}"
        day = born.day + (60 if self.random.random() < 0.1 else 0)
        dd, mm, yy = f"{day:02d}", f"{born.month:02d}", f"{born.year % 100:02d}"
        forms = [
            f"{dd}{mm}{yy}-{serial}",
            f"{dd}{mm}{yy}{serial}",
            f"{dd}{mm}{yy} {serial}",
            f"{dd} {mm} {yy} {serial}",
        ]
        if self.half == "held":
            forms += [
                f"{dd}{mm}{yy} - {serial}",
                f"{dd}.{mm}.{yy}.{serial}",
                f"{dd}{mm}{born.year}-{serial}",
                f"{dd}-{mm}-{yy}-{serial}",
                " ".join(dd + mm + yy + serial),
                f"{dd}{mm} {yy}{serial[:2]} {serial[2:]}",
                f"{dd}{mm}{yy}-{serial}".replace("0", "O").replace("1", "l"),
                f"{dd}{mm}{yy} og {serial}",
                f"{dd}{mm}{yy}\u200b{serial}",
                f"{dd}{mm}{yy}\u2014{serial}",
                " ".join(_WORDS[int(digit)] for digit in dd + mm + yy + serial),
            ]
        return self.random.choice(forms)

    def phone(self) -> str:
        """A made-up phone number in some spelling."""
        number = f"{self.random.choice('2345679')}{self.random.randint(0, 9_999_999):07d}"
        pairs = [number[at : at + 2] for at in range(0, 8, 2)]
        forms = [number, " ".join(pairs), f"{number[:4]} {number[4:]}", f"+45 {' '.join(pairs)}", f"+45{number}"]
        if self.half == "held":
            forms += [
                f"0045{number}",
                "-".join(pairs),
                ".".join(pairs),
                f"{number[:2]} {number[2:5]} {number[5:]}",
                f"{number[:4]}-{number[4:]}",
                f"(+45) {number}",
                " ".join(map(say_pair, pairs)),
                ", ".join(pairs),
            ]
        return self.random.choice(forms)

    def email(self) -> str:
        """A made-up address of mail in some spelling; the hosts are reserved or nobody's."""
        name = self.random.choice(["mor.til3", "tina76", "hansen-p", "kontakt", "j_k", "familien.holm"])
        host, top = (
            self.random.choice(["gmail", "hotmail", "skole", "firma", "live"]),
            self.random.choice(["dk", "com"]),
        )
        forms = [f"{name}@{host}.{top}", f"{name} snabel-a {host} punktum {top}", f"{name}@{host}.{top}".upper()]
        if self.half == "held":
            forms += [
                f"{name}(at){host}.{top}",
                f"{name} snabela {host} prik {top}",
                f"{name} @ {host} . {top}",
                f"{name}[at]{host}[dot]{top}",
                f"{name}\uff20{host}.{top}",
                f"{name} at {host} dot {top}",
            ]
        return self.random.choice(forms)

    def birth(self) -> str:
        """A day of birth in some spelling."""
        born = self.born()
        day, month, year, yy = born.day, born.month, born.year, f"{born.year % 100:02d}"
        forms = [
            f"{day}/{month}-{yy}",
            f"{day}.{month}.{year}",
            f"{day}. {MONTHS[month - 1]} {year}",
            f"{day}/{month} {year}",
        ]
        if self.half == "held":
            forms += [
                f"{day:02d}{month:02d}{yy}",
                f"{day:02d}-{month:02d}-{year}",
                f"{year}-{month:02d}-{day:02d}",
                f"{day}. {MONTHS[month - 1][:3]}. {yy}",
                f"{day} {month} {year}",
                f"{day}.{month}",
                f"{MONTHS[month - 1]} {year}",
            ]
        return self.random.choice(forms)

    def address(self) -> str:
        """A made-up private address in some spelling."""
        streets: list[str] = _SLOTS["streets"][self.half]
        street, number = self.random.choice(streets), self.random.randint(1, 180)
        forms = [f"{street} {number}", f"{street} {number}, 8900 Randers", f"{street} {number}b"]
        if self.half == "held":
            forms += [
                f"{street} {number}, 2. tv.",
                f"{street} nr. {number}",
                f"{street} {number} st th",
                f"{street}{number}",
            ]
        return self.random.choice(forms)

    def health(self) -> str:
        """Words of health."""
        return self.random.choice(HEALTH[self.half])

    # --- What is no alarm -------------------------------------------------------------------------------------
    def an_weekday(self) -> str:
        """A weekday."""
        return self.random.choice(WEEKDAYS)

    def an_month(self) -> str:
        """A month."""
        return self.random.choice(MONTHS)

    def an_time(self) -> str:
        """A time of the day."""
        hour, minute = self.random.randint(7, 16), self.random.choice([0, 15, 30, 45])
        forms = [f"{hour}.{minute:02d}", f"{hour}:{minute:02d}", str(hour), f"{hour:02d}{minute:02d}"]
        return self.random.choice(forms[: 4 if self.half == "held" else 3])

    an_time2 = an_time

    def an_date(self) -> str:
        """A day in the months that come."""
        day = TODAY + timedelta(days=self.random.randint(1, 200))
        forms = [f"{day.day}/{day.month}", f"{day.day}. {MONTHS[day.month - 1]}", f"{day.day}.{day.month}.{day.year}"]
        forms += [f"{day.day}/{day.month}-{day.year % 100}", f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y}", f"{day:%d/%m %Y}"]
        return self.random.choice(forms[: 7 if self.half == "held" else 4])

    def an_room(self) -> str:
        """A room."""
        number = self.random.randint
        return self.random.choice([f"{number(1, 3)}.{number(1, 40):02d}", str(number(1, 40)), f"A{number(100, 320)}"])

    an_room2 = an_room

    def an_unit(self) -> str:
        """A unit."""
        return self.random.choice(UNITS)

    def an_week(self) -> str:
        """The number of a week."""
        return str(self.random.randint(1, 52))

    def an_town(self) -> str:
        """A town."""
        return self.random.choice(TOWNS)

    def an_method(self) -> str:
        """A method."""
        return self.random.choice(METHODS)

    def an_feast(self) -> str:
        """A feast day."""
        return self.random.choice(FEASTS)

    def an_law(self) -> str:
        """A paragraph."""
        return self.random.choice(LAWS)

    def an_letter(self) -> str:
        """The letter of an entrance."""
        return self.random.choice("ABCDE")

    def an_kle(self) -> str:
        """A KLE number."""
        return f"27.{self.random.randint(0, 60):02d}.{self.random.randint(0, 42):02d}"

    def an_journal(self) -> str:
        """A journal number."""
        serial = self.random.randint(1, 999_999)
        return self.random.choice([f"{self.an_kle()}-G01-{serial}-26", f"2026-{serial:06d}", f"26/{serial:06d}"])

    def an_cvr(self) -> str:
        """A CVR number."""
        return f"{self.random.randint(10_000_000, 49_999_999)}"

    def an_ean(self) -> str:
        """An EAN number."""
        return f"5798{self.random.randint(0, 999_999_999):09d}"

    def an_pnr(self) -> str:
        """A P-number."""
        return f"10{self.random.randint(0, 29_999_999):08d}"


def say_pair(pair: str) -> str:
    """Say two digits as Danes say a phone number."""
    number = int(pair)
    if pair[0] == "0":
        return f"nul {_WORDS[number]}"
    if number < 20:
        return _WORDS[number]
    tens = _TENS[number // 10 - 2]
    return f"{_WORDS[number % 10]}og{tens}" if number % 10 else tens


def _names(file: str) -> list[str]:
    lines = (LISTS / file).read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0].strip() for line in lines if line and not line.startswith("#")]
