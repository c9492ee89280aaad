"""Private addresses: a street with its number, or a postcode with its town; not where an institution stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coordination.screening.dates import MONTH_NUMBERS, MONTHS
from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.folding import Folded
from coordination.screening.lists import either, read_words
from coordination.screening.name_words import is_common_word, is_institution, is_never
from coordination.screening.numbers import SAID

_LETTERS = r"a-zæøåéüöä\-"
_NUMBER = r"(?P<number>(?:(?:nr\.?|nummer)\s?)?\d{1,3}\s?(?:[a-zæøå](?![a-zæøå]))?)"
_SIDE = r"(?:tv|th|mf|dør|lejl)\b\.?\s?\d*"
_FLOOR = rf"(?:\s?,?\s?(?:\d{{1,2}}|st|stuen|kld|kl)\.?\s?(?:sal|etage)?\s?(?:,?\s?\b{_SIDE}|\bsal\b)(?:\s?{_SIDE})?)?"
_NOT_MEASURED = (
    r"(?!\s?(?:min|m\b|km|meter|pers|børn|stk|%|timer|dage|uger|gange|[.:]\d|"
    rf"\d(?!\d{{3}} ?[a-zæøå]|\d?\.? ?(?:tv|th|mf|sal|kl|{MONTHS})\b|\d?/\d)))"
)
_AT = rf"{_NUMBER}{_NOT_MEASURED}{_FLOOR}"
_FIRST_WORDS = (
    r"gl|gammel|nørre|sønder|søndre|øster|østre|vester|vestre|store|lille|ny|sdr|nr|skt|sct|sankt|h\.?\s?c|chr|kong|"
    r"dronning|prins|prinsesse"
)
# Endings that hardly any other word has; then those of many words, which need a sign that somebody lives there.
_STREET_SURE = re.compile(
    rf"(?<!\w)(?P<street>(?:(?:{_FIRST_WORDS})\.?\s)*[{_LETTERS}.]{{0,30}}?[{_LETTERS}]{{0,40}}"
    rf"(?:{either('streets_sure.txt')}))\.?\s?,?\s?{_AT}"
)
_STREET_NAMED = re.compile(
    rf"(?<!\w)(?P<street>(?:[{_LETTERS}.]{{1,40}}\s){{1,3}}(?:{either('street_words.txt')}))\s?{_AT}"
)
_STREET_UNSURE = re.compile(
    rf"(?<!\w)(?P<street>(?:(?:{_FIRST_WORDS})\.?\s)*[{_LETTERS}]{{2,40}}"
    rf"(?:{either('streets_unsure.txt')}))\s?,?\s?{_AT}"
)
_LIVES = re.compile(
    r"\b(?:bor|boende|bopæl\w*|adresse\w*|adr|hjem|hjemmet|hjemme|hjemmebesøg|afhent\w*|hent\w*|afhentes|bringes|flyttet|"
    r"flytter|familien|taxa\w*|kør\w*|lives|living|address|home|moved)\b[^.!?\d]{0,34}$"
)
# A number that is said: only behind an ending that hardly any other word has.
_SAID_NUMBER = "|".join(sorted(SAID, key=len, reverse=True))
_SAID = re.compile(
    rf"(?<!\w)(?P<street>(?:(?:{_FIRST_WORDS})\.?\s)*[{_LETTERS}]{{3,40}}"
    rf"(?:{either('streets_sure.txt')}))\s(?:nr\.?\s|nummer\s)?(?P<number>{_SAID_NUMBER})\b"
    r"(?!\s?(?:min|km|meter|børn|timer|dage|uger|gange|minutter|stop|steder|mand)\b)"
)
# What stands behind the number tells a street by any name: a side of the stairs, a postcode, a town.
_SIDED = re.compile(
    rf"(?<!\w)(?P<street>[{_LETTERS}]{{4,40}})\s\d{{1,3}}\s?[a-zæøå]?,?\s(?:st|kld|\d{{1,2}})\.?\s?(?:sal)?,?\s?(?:tv|th|mf)\b"
)
_TOWN_AFTER = re.compile(r"[ ,]{0,2}(?:[1-9]\d{3}\b(?! ?(?:kr|m2))|(?P<town>[a-zæøåéö]{2,40})\b)")
_LIVES_AT = re.compile(
    r"\b(?:bor|boende|bopæl\w*|adresse\w*|adr|hjemmebesøg|flyttet til|flytter til)\b[ .:,]{1,3}"
    r"(?:(?:er|nu|stadig|lige|pt|på|i|ved|til)\s){0,2}"
    rf"(?P<street>[{_LETTERS}]{{4,40}})\s(?P<number>\d{{1,3}}\s?[a-z]?)\b(?![.:/-]\d|\.?\s?(?:sal|klasse|årgang|{MONTHS})\b)"
    r"(?!\s?(?:min|km|meter|børn|timer|dage|uger|gange|år|m|kr|pers\w*)\b)"
)
# Any name with a number, where somebody lives there: "hjemmebesøg Bakkestjernen 41".
_CAPITAL = re.compile(r"(?<![\w.])(?P<street>[A-ZÆØÅ][a-zæøåé]{4,40})\s(?P<number>\d{1,3}[a-zA-Z]?)\b(?![.:/-]\d)")
# "Ved Åen 6": two capitals with nothing but a preposition before.
_BESIDE = re.compile(
    r"(?<![\w.])(?P<street>(?:Ved|Bag|Under|Mellem|På|Over|Neden|Oven|Langs|Nord|Syd|Øst|Vest)(?: for)? "
    r"(?P<named>[A-ZÆØÅ][a-zæøåé]{1,30}))\s(?P<number>\d{1,3}\s?[a-zA-Z]?)\b(?![.:/-]\d)"
    r"(?!\.?\s?(?:min|km|meter|børn|timer|dage|uger|gange|klasse|årgang|sal|elever|pers\w*)\b)"
)
_LIVES_ON = re.compile(
    r"\b(?:bor|boende|bopæl|adresse\w*|adr|flyttet til|flytter til|hjemmebesøg)\b[ .:,]*"
    r"(?:er |nu |stadig |lige |midlertidigt ){0,3}(?:på |i |ved |til )?"
    rf"(?P<street>(?:[{_LETTERS}.]{{1,40}}\s){{0,3}}[{_LETTERS}]{{0,40}}"
    r"(?:vej|gade|allé|stræde|vænget|boulevard|boulevarden|toften|parken))\b(?!\s?\d)"
)
_POSTCODE = re.compile(
    r"(?<![\d./-])(?:dk-?\s?)?(?P<code>[1-9]\d{3})\s(?P<town>[a-zæøåéö]{1,40}(?:[ -][a-zæøå]{1,9}\b)?)"
)
_STREET_BEFORE = re.compile(r"(?:på |ved )?[a-zæøåéü.\-]{1,40}(?: [a-zæøåé]{1,40})? \d{1,3} ?[a-z]?,? ?$")
_FOREIGN = re.compile(
    r"\b\d{1,4}[a-z]?\s(?:[a-z']{1,40}\s){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|close|crescent|court)\b|"
    r"\b[a-zäöüß\-]{1,40}(?:straße|strasse|gatan|vägen|gata|veien)\s\d{1,4}\b"
)
_INSTITUTION = re.compile(
    rf"(?:\b[{_LETTERS}]{{0,40}}(?:{either('institution_words.txt')}))[ ,(:]{{1,3}}(?:på |ved |i |adresse[n:]? ?)?$"
)
_NUMBERED = re.compile(r"(?:\b(?:kl|uge|lokale|kode|nr|sag)[.: ]*)$")
_OFTEN = ("haven", "parken", "bakken", "marken", "dammen", "holmen", "åsen", "bækken", "hegnet")
_NOT_BEFORE = tuple("børne skole natur fodbold lege bold skov dyre kælke skate sports bil vare".split())  # noqa: SIM905
_OPENING_WORDS = frozenset({"nørre", "søndre", "østre", "vestre", "øster", "vester"})


def find(folded: Folded) -> Iterator[Spot]:
    """Find addresses where somebody may live."""
    yield from _find_streets(folded)
    yield from _find_homes(folded)
    for match in _POSTCODE.finditer(folded.low):
        if _is_postcode(match, folded.low):
            yield _spot(match.start(), match.end(), "address.postcode")
    for match in _FOREIGN.finditer(folded.low):
        yield _spot(match.start(), match.end(), "address.foreign")


def _find_streets(folded: Folded) -> Iterator[Spot]:
    """Find what ends as streets do, with its number."""
    for shape, rule in (
        (_STREET_SURE, "street"),
        (_STREET_NAMED, "street"),
        (_SAID, "said"),
        (_STREET_UNSURE, "place"),
    ):
        for match in shape.finditer(folded.low):
            if _is_street(match, folded, is_sure=shape is not _STREET_UNSURE):
                yield _spot(_start_of_street(match), match.end(), f"address.{rule}")


def _find_homes(folded: Folded) -> Iterator[Spot]:
    """Find any name with a number, where the words around tell that somebody lives there."""
    for shape, rule in ((_SIDED, "side"), (_LIVES_AT, "lives_at")):
        for match in shape.finditer(folded.low):
            if _could_be_street(match["street"]):
                yield _spot(match.start("street"), match.end(), f"address.{rule}")
    for match in _BESIDE.finditer(folded.text):
        if _could_be_street(match["named"].lower()):
            yield _spot(match.start(), match.end(), "address.beside")
    for match in _CAPITAL.finditer(folded.text):
        if _is_home(match, folded.low):
            yield _spot(match.start(), match.end(), "address.home")
    for match in _LIVES_ON.finditer(folded.low):
        yield _spot(match.start("street"), match.end("street"), "address.lives")


def _spot(start: int, end: int, rule: str) -> Spot:
    return Spot(Kind.ADDRESS, start, end, Level.BLOCK, rule)


def _start_of_street(match: re.Match[str]) -> int:
    """Leave out the words before the street: in "emil bor søndre allé 3" the first two."""
    start = match.start()
    for word in re.finditer(r"\S+(?= )", match["street"]):
        if word[0] in read_words("never_names.txt") and not re.fullmatch(_FIRST_WORDS, word[0]):
            start = match.start() + word.end() + 1
    return min(start, match.end("street") - 1)


def _is_street(match: re.Match[str], folded: Folded, *, is_sure: bool) -> bool:
    before = folded.low[max(0, match.start() - 60) : match.start()]
    if _INSTITUTION.search(before) and not _LIVES.search(before):
        return False
    *words, last = match["street"].split()
    if last in read_words("no_streets.txt"):
        return bool(words) and _is_named_street(match, folded)
    if is_sure or (last.endswith(_OFTEN) and not last.startswith(_NOT_BEFORE)):
        return True
    if folded.text[match.start()].isupper() or _LIVES.search(before):
        return True
    after = _TOWN_AFTER.match(folded.low, match.end())
    return bool(after and (after["town"] is None or after["town"] in read_words("towns.txt")))


def _could_be_street(word: str) -> bool:
    """Say whether a word is none of those that have numbers behind them, too: rooms, days, institutions."""
    return not (
        is_never(word)
        or is_common_word(word)
        or is_institution(word)
        or any(word in read_words(name) for name in ("no_streets.txt", "rooms.txt", "numbered_words.txt"))
        or word in {"nummer", "grupper", "gruppe", "stuen", "vuggestue", "værelse", "lejlighed", "etage"}
    )


def _is_named_street(match: re.Match[str], folded: Folded) -> bool:
    """Say whether "… vej" follows a name, as in "h.c. andersens vej", and not "på vej" or "en plads"."""
    written = folded.text[match.start() : match.end("street")].split()[-2]
    named = match["street"].split()[-2]
    if named in read_words("never_names.txt"):
        return False
    return named.endswith("s") or written[0].isupper() or named in _OPENING_WORDS


def _is_home(match: re.Match[str], low: str) -> bool:
    named = match["street"].lower()
    if named in read_words("ordinary_words.txt") or named in read_words("never_names.txt") or named in MONTH_NUMBERS:
        return False
    return bool(_LIVES.search(low[max(0, match.start() - 60) : match.start()]))


def _is_postcode(match: re.Match[str], low: str) -> bool:
    before = low[max(0, match.start() - 60) : match.start()]
    towns = read_words("towns.txt")
    is_town = match["town"] in towns or re.split("[ -]", match["town"])[0] in towns
    if not is_town or 1900 <= int(match["code"]) <= 2099 or _INSTITUTION.search(_STREET_BEFORE.sub("", before)):
        return False
    return not _NUMBERED.search(before)
