"""Dates as people write them: a line of text -> the moments it names, in some thirty languages.

Invariant: pure, and nothing is invented: a moment always has a written day, month and year. A date such as 03/04/2024
stays ambiguous until the caller says in which order its site writes days and months.

A grammar of our own rather than a date library: libraries accept too much of a line of prose ("may 12" of anything),
and cost about a hundred times more a line (see docs/decisions/0006).
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, Literal

import msgspec

from sitegen.convert.inference.calendar_words import MONTHS, SOLAR_HIJRI, WEEKDAY_WORDS, ZONES, plain

Order = Literal["", "dmy", "mdy"]

MIN_YEAR: Final = 1600  # newspapers begin in 1605
MAX_YEAR: Final = 2100
MAX_KNOWN: Final = 200  # characters of a line that is worth remembering

WORD = r"[^\W\d_]+"
NAME = rf"{WORD}(?:\s+ال{WORD}|\s?/\s?{WORD})?"
_LINK = r"(?:\s+(?:of|de|del|den|ב-?))?\s*"
_DAY_MONTH = re.compile(
    rf"(?<![\d:.])(\d{{1,2}})\s?(?:\.|º|ª|°|st\b|nd\b|rd\b|th\b|er\b)?{_LINK}(?:d['’])?[-/.]?\s*(?P<name>{NAME})"
    rf"[.,/-]*{_LINK},?\s*(\d{{4}})(?!\d)"
)
_MONTH_DAY = re.compile(rf"(?<![^\W\d_])(?P<name>{WORD})\.?,?\s*(\d{{1,2}})(?:st|nd|rd|th)?\.?,?\s+(\d{{4}})(?!\d)")
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}})\.?,?[\s-]+(?P<name>{WORD})\.?[\s-]+(\d{{1,2}})(?!\d)")
_ISO = re.compile(r"(?<![\d./-])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d|\.\d)")
_BASIC = re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)(?=T\d{4})")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?!\d|\.\d)")
_SHORT_YEAR = re.compile(r"^\W*(\d{1,2})\.(\d{1,2})\.(\d\d)(?!\d)")
_EAST = re.compile(
    r"(?:(\d{4})|(令和|平成|昭和)\s*(\d{1,2}|元))\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]"
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_HAS_YEAR = re.compile(r"\d{4}|[年년]|\d\.\d{1,2}\.\d\d")

_HALF = r"a\.?\s?m\b\.?|p\.?\s?m\b\.?|ص|م(?!\w)|ق\.ظ|ب\.ظ"
_ZONE = r"(?:\s*\(?(?P<zone>[A-Z]{2,4}|Z)\b\)?)?(?:\s*(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?!\d))?"
_CLOCKS = (
    re.compile(
        rf"(?P<h>\d{{1,2}}):(?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?(?!\d)\s*(?P<half>{_HALF})?(?:\s?(?:Uhr|hrs?\b|h\b))?{_ZONE}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<h>\d{{1,2}})\s*(?P<half>{_HALF}){_ZONE}", re.IGNORECASE),
    re.compile(r"(?P<h>\d{1,2})(?:\s?h\s?(?P<m>\d\d)|h)(?!\w)", re.IGNORECASE),
    re.compile(rf"(?P<h>\d{{1,2}})[.](?P<m>\d\d)\s*(?:Uhr|h\b|(?P<half>{_HALF})){_ZONE}", re.IGNORECASE),
    re.compile(
        r"(?P<half>午前|午後|上午|下午|오전|오후)?\s*(?P<h>\d{1,2})\s*[時时点點시:]\s*(?:(?P<m>\d{1,2})\s*[分분]?)?"
    ),
)
_DOTTED_CLOCK = re.compile(r"(?P<h>\d{1,2})[.:](?P<m>\d\d)(?!\d)")  # only after a word that says "at"
_BETWEEN = re.compile(
    r"[\s,;|•·–—/@()-]*(?:(?:at|à|a las|alle ore|alle|ore|às|as|um|о|в|об|u|o|klo|kl|ساعت|الساعة)\b\.?)?[\s,]*T?",
    re.IGNORECASE,
)
_SAYS_AT = re.compile(r"\b(?:um|kl|klo|alle|ore|om|o)\.?\s*$", re.IGNORECASE)
_BEFORE = re.compile(rf"[\s,;|•·–—/-]*(?:(?:on|am|le|el|il|em|den)\s+)?(?P<day>{WORD})?\.?[\s,]*")
_AFTERNOON = ("p", "م", "午後", "下午", "오후", "ب")
_DIGITS = {code: str(digit) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for digit in range(10) for code in [zero + digit]}


class Moment(msgspec.Struct, frozen=True, order=True):
    """A day, or a day with its time, as written. `offset` counts minutes east of UTC; None: the site's zone."""

    day: str  # 2024-03-17
    clock: str = ""  # 17:03:00, empty where only a day is written
    offset: int | None = None

    def iso(self, zone: tzinfo = UTC) -> str:
        """ISO 8601: the day alone, or day, time and offset; `zone` is used where none is written."""
        if not self.clock:
            return self.day
        moment = datetime.fromisoformat(f"{self.day}T{self.clock}")
        known = zone if self.offset is None else timezone(timedelta(minutes=self.offset))
        return moment.replace(tzinfo=known).isoformat()


class Found(msgspec.Struct, frozen=True):
    """A moment in a line: the characters it takes, and whether day and month may be the other way round."""

    moment: Moment
    start: int
    end: int
    ambiguous: bool = False


def western_digits(text: str) -> str:
    """The text with Arabic, Persian, Devanagari and full-width digits as 0 to 9; the length stays."""
    return text if text.isascii() else text.translate(_DIGITS)


def find_moments(line: str, order: Order = "") -> tuple[Found, ...]:
    """All moments that a line names, from left to right. Cost: about 1 µs for a line without a year, 20 µs with one;
    short lines are asked for again and again, and known then.
    """
    return _known(line, order) if len(line) <= MAX_KNOWN else _moments(line, order)


def _moments(line: str, order: Order) -> tuple[Found, ...]:
    text = western_digits(line)
    if not _HAS_YEAR.search(text):
        return ()
    found: list[Found] = []
    for start, end, day, ambiguous in sorted(_days(text, order)):
        if found and start < found[-1].end:
            continue
        clock, offset, first, last = _clock_near(text, start, end)
        found.append(Found(Moment(day, clock, offset), first, last, ambiguous))
    return tuple(found)


_known = lru_cache(maxsize=2048)(_moments)


def order_of(line: str) -> Order:
    """The order of day and month that a numeric date in this line proves, because one of them is above 12."""
    for match in _NUMERIC.finditer(western_digits(line)):
        first, second = int(match[1]), int(match[3])
        if match[2] != "." and (first > 12) != (second > 12):
            return "dmy" if first > 12 else "mdy"
    return ""


def _days(text: str, order: Order) -> Iterator[tuple[int, int, str, bool]]:
    for match in _DAY_MONTH.finditer(text):
        yield from _named(match, int(match[3]), int(match[1]))
    for match in _MONTH_DAY.finditer(text):
        yield from _named(match, int(match[3]), int(match[2]))
    for match in _YEAR_MONTH_DAY.finditer(text):
        yield from _named(match, int(match[1]), int(match[3]))
    for match in _ISO.finditer(text):
        yield from _valid(match, int(match[1]), int(match[3]), int(match[4]))
    for match in _BASIC.finditer(text):
        yield from _valid(match, int(match[1]), int(match[2]), int(match[3]))
    for match in _EAST.finditer(text):
        year = int(match[1]) if match[1] else _ERAS[match[2]] + (1 if match[3] == "元" else int(match[3]))
        yield from _valid(match, year, int(match[4]), int(match[5]))
    for match in _NUMERIC.finditer(text):
        yield from _numeric(match, order)
    for match in _SHORT_YEAR.finditer(text):
        yield from _valid(match, 2000 + int(match[3]), int(match[2]), int(match[1]))


def _numeric(match: re.Match[str], order: Order) -> Iterator[tuple[int, int, str, bool]]:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    ambiguous = match[2] != "." and first <= 12 and second <= 12 and first != second
    if match[2] == "." or first > 12 or (second <= 12 and order == "dmy"):
        day, month = first, second
    else:
        day, month = second, first
    for start, end, iso, _ in _valid(match, year, month, day):
        yield start, end, iso, ambiguous and not order


def _named(match: re.Match[str], year: int, day: int) -> Iterator[tuple[int, int, str, bool]]:
    name = plain(match["name"])
    parts = [name, *re.split(r"[\s/]+", name)]
    month = next((MONTHS[part] for part in parts if part in MONTHS), 0)
    if month:
        yield from _valid(match, year, month, day)
        return
    month = next((SOLAR_HIJRI[part] for part in parts if part in SOLAR_HIJRI), 0)
    if month and 1200 <= year <= 1500 and 1 <= day <= 31:
        yield match.start(), match.end(), solar_hijri(year, month, day).isoformat(), False


def _valid(match: re.Match[str], year: int, month: int, day: int) -> Iterator[tuple[int, int, str, bool]]:
    if MIN_YEAR <= year <= MAX_YEAR:
        try:
            yield match.start(), match.end(), date(year, month, day).isoformat(), False
        except ValueError:
            return


def solar_hijri(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of Iran's calendar, by the 33-year rule, right from 1244 to 1472 AP (1865 to 2094)."""
    cycle = (year - 1) % 33
    leaps = 8 * ((year - 1) // 33) + (cycle + 3 - (cycle == 32)) // 4  # leap years before this one
    before = (month - 1) * 31 - max(0, month - 7)
    return date(622, 3, 21) + timedelta(days=(year - 1) * 365 + leaps + before + day - 1)


def _clock_near(text: str, start: int, end: int) -> tuple[str, int | None, int, int]:
    """The time written next to the day at `start:end`, and the characters that day and time take together."""
    gap = _BETWEEN.match(text, end)
    at = gap.end() if gap else end
    if (
        gap
        and (weekday := re.match(rf"\(?({WORD})\)?[\s,.]*", text[at : at + 24]))
        and plain(weekday[1]) in WEEKDAY_WORDS
    ):
        at += weekday.end()
    clocks = (*_CLOCKS, _DOTTED_CLOCK) if _SAYS_AT.search(text[end:at]) else _CLOCKS
    for pattern in clocks:
        match = pattern.match(text, at)
        if match and (read := _clock(match)):
            return *read, start, match.end()
    before = text[max(0, start - 40) : start]
    for pattern in _CLOCKS:
        for match in pattern.finditer(before):
            rest = _BEFORE.fullmatch(before, match.end())
            if rest and (not rest["day"] or plain(rest["day"]) in WEEKDAY_WORDS) and (read := _clock(match)):
                return *read, start - len(before) + match.start(), end
    return "", None, start, end


def _clock(match: re.Match[str]) -> tuple[str, int | None] | None:
    parts = match.groupdict()
    hour, minute, second = int(parts["h"]), int(parts.get("m") or 0), int(parts.get("s") or 0)
    half = (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            if hour > 23:
                return None
        else:
            hour = hour % 12 + (12 if half.startswith(_AFTERNOON) else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}", _offset(parts.get("zone") or "", parts.get("offset") or "")


def _offset(zone: str, offset: str) -> int | None:
    hours = ZONES.get(zone.lower())
    if offset and (hours is not None or not zone):
        digits = offset[1:].replace(":", "")
        minutes = int(digits) * 60 if len(digits) <= 2 else int(digits[:-2]) * 60 + int(digits[-2:])
        return (-minutes if offset[0] == "-" else minutes) if minutes < 24 * 60 else None
    return None if hours is None else hours * 60
