"""Days of birth. A day alone is an appointment; words before or after it, or years since it, make it a day of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from coordination.screening.dates import MONTHS, Day, find_days, years_before
from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.folding import Folded
from coordination.screening.lists import either
from coordination.screening.typos import is_near

_BORN = (
    r"(?:fød\w*|født\w*|fødels?\w*|foedt|foedselsdag\w*|fdt|fdato|f\.?\s?dato|fdag|fylder|"
    r"fyldte (?:år|\d+)|runder \d+|blev \d+|bliver \d+ år|blevet \d+ år|born|birthday\w*|"
    r"birth\w*|b-day|bday|d\.?o\.?b|dob|turns|turning)"
)
_PLAIN_F = re.compile(r"(?<![\w.])f[.:]?\s?(?:d[.:]?\s?)?(?:den\s?)?$")
_WORDY = re.compile(rf"\b{_BORN}\b[^!?]{{0,28}}$")
_AFTER = re.compile(
    r"^[\s,)]{0,3}(?:(?:er|som|is)\s)?(?:(?:hans|hendes|barnets|drengens|pigens|deres|mit|his|her|[^\W\d_]+s)\s)?"
    r"(?:fødselsdag\w*|fødselsdato\w*|fødsel\w*|født\w*|født|birthday|birth)\b"
)
_CHILD = re.compile(
    r"\b(?:barn|barnet|dreng|drengen|pige|pigen|elev|eleven|baby|babyen|spædbarn|nyfødt|tvilling\w*|søn|datter)"
    r"[ ,(:]{1,3}(?:d\.? )?(?:fra )?$"
)
_DOCUMENT = re.compile(rf"\b(?:{either('document_words.txt')})[ .,:]{{1,3}}(?:d\.? |den |fra |pr\.? |af )*$")
_NUMBERED = re.compile(rf"(?:\b(?:{either('numbered_words.txt')}|j\.?nr|møde-?id)[.: #]*|[-/#.\d])$")
_ORDINAL = (
    r"(?:første|anden|andet|tredje|tredie|fjerde|femte|sjette|syvende|ottende|niende|tiende|ellevte|tolvte|trettende|"
    r"fjortende|femtende|sekstende|syttende|attende|nittende|tyvende|\w{2,4}ogtyvende|tredivte|enogtredivte)"
)
_SAID_DAY = (
    rf"(?:{_ORDINAL}|\d{{1,2}}\.?)(?:\s(?:i|af)(?:\sden)?)?\s(?:{_ORDINAL}|{MONTHS}|(?<=\si\s)\d{{1,2}}\b)"
    rf"(?:\.|\b)(?:\s(?:i\s)?(?:[^\W\d_]+|\d{{2}}(?:\d{{2}})?\b)){{0,5}}"
)
_BORN_OR_F = rf"(?:\b{_BORN}\b|(?<![\w.])f\.)(?:\s\d{{1,2}}\b(?:\s?år)?(?=[ ,]))?"
_SAID = re.compile(rf"{_BORN_OR_F}[^!?\d]{{0,20}}?\b(?P<day>{_SAID_DAY})")
_MONTH_OF_BIRTH = re.compile(
    rf"{_BORN_OR_F}[:.,]?\s?(?:\b(?:er|år|den|på|d\.|in?|vist|her)\s){{0,3}}(?P<day>"
    rf"(?:(?:{MONTHS})\b\.?\s?)?(?:i\s)?(?:år(?:et|gang)?\s)?(?:19|20)\d\d\b|(?:{MONTHS})\b(?:\s?'?\d\d\b)?)"
)
_FEASTS = (
    r"(?:jule|nytårs|(?:skt\.? ?|sankt ?)hans ?|mortens|lille ?jule|store ?bede|grundlovs|langfre|skærtors|valentins|"
    r"påske|pinse|første jule|anden jule|[12]\. jule|luci?a)(?:aften|af?tens?dag|dag|n)?|halloween|fastelavn"
)
_FEAST_OF_BIRTH = re.compile(
    rf"{_BORN_OR_F}[:.,]?\s?(?:\b(?:er|år|den|på|d\.|i|selve|om)\s){{0,3}}(?P<day>"
    rf"(?:{_FEASTS})\b(?:,?\s(?:i\s)?(?:(?:19|20)\d\d|'?\d\d))?|(?:sommeren|vinteren|foråret|efteråret)\s(?:i\s)?(?:19|20)\d\d\b)"
)
# Three numbers with nothing but blanks or commas between: a day only after a word of birth.
_LOOSE = re.compile(
    rf"{_BORN_OR_F}[^.!?\d]{{0,14}}(?P<day>(?:0?[1-9]|[12]\d|3[01])[ ,]{{1,2}}(?:0?[1-9]|1[0-2])[ ,]{{1,2}}"
    r"(?:(?:19|20)\d\d|\d\d))(?!\d|[.:]\d)"
)
_OF_THAT_YEAR = re.compile(
    rf"\b(?:han|hun|barnet|drengen|pigen|eleven|he|she) er (?:fra |årgang |en ){{1,2}}"
    rf"(?P<day>(?:(?:{MONTHS})\b\.? ?)?(?:20(?:0\d|1\d|2\d)\b|(?<=årgang )'?[012]\d\b))"
)
_KLE = re.compile(r"^\d\d\.\d\d\.\d\d(?:-[a-z]\d\d|,? (?:\d\d/\d{3}|20\d\d-\d{4}|\d\d\.\d\d\.\d\d-[a-z]))")
_WORD = re.compile(r"[^\W\d_]{4,}")
_WORDS_OF_BIRTH = ("født", "fødselsdag", "fødselsdato", "fødselsdagen", "fødsel", "fylder")
_NOT_SLIPS = frozenset({"fødte", "føde", "rødt", "løbet", "først", "fylde", "fyldes", "fyldte", "flyder"})
_CHILD_YEARS = (1.5, 110.0)


def find(folded: Folded, today: date) -> Iterator[Spot]:
    """Find days of birth, in figures or in words."""
    low = folded.low
    for day in find_days(low, today):
        rule = _why(day, low, today)
        if rule:
            yield Spot(Kind.BIRTH_DATE, day.start, day.end, Level.BLOCK, f"birth.{rule}")
    without_slips = _without_slips(low)
    meant = without_slips if len(without_slips) == len(low) else low
    for pattern in (_SAID, _MONTH_OF_BIRTH, _FEAST_OF_BIRTH, _LOOSE, _OF_THAT_YEAR):
        for match in pattern.finditer(meant):
            yield Spot(Kind.BIRTH_DATE, match.start("day"), match.end("day"), Level.BLOCK, "birth.words")


def _without_slips(low: str) -> str:
    """Write the words of birth as they were meant; the length stays where the slip kept it."""
    return _WORD.sub(lambda word: _meant(word[0]), low)


def _meant(word: str) -> str:
    if word in _NOT_SLIPS:
        return word
    return next((meant for meant in _WORDS_OF_BIRTH if is_near(word, meant)), word)


def _why(day: Day, low: str, today: date) -> str:
    """Say which rule takes the day for one of birth; "" where none does."""
    before, after = low[max(0, day.start - 60) : day.start], low[day.end : day.end + 40]
    if _has_words_of_birth(before):
        return "words"
    if _is_number_of_something(day, low, before):
        return ""
    if _AFTER.search(after):
        return "words"
    if day.on is None or day.on >= today:
        return ""
    if _CHILD.search(before):
        return "child"
    youngest, oldest = _CHILD_YEARS
    is_of_age = youngest <= years_before(today, day.on) <= oldest
    return "years" if is_of_age and not _DOCUMENT.search(before) else ""


def _is_number_of_something(day: Day, low: str, before: str) -> bool:
    if _KLE.search(low[day.start : day.start + 30]) or re.search(r"\bkle\b", before):
        return True
    return day.is_solid and _NUMBERED.search(before) is not None


def _has_words_of_birth(before: str) -> bool:
    if _PLAIN_F.search(before):
        return True
    found = _WORDY.search(_without_slips(before))
    if not found:
        return False
    return not re.search(rf"\b(?:møde\w*|kl|uge|forløb\w*|{MONTHS})\b|\d\s?[./]\s?\d", found[0])
