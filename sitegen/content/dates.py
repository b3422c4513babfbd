"""Dates as people write them in front matter -> moments.

Invariant: pure; the rules of a time zone come in as a `tzinfo`, and nothing here asks what time it is.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from unicodedata import decimal

from sitegen.model import Moment
from sitegen.regex import regex

_WRITTEN = regex(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:(?:[Tt]|[ ]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"[ ]*(?P<zone>[Zz]|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?)?",
    re.ASCII,
)
_IN_FILE_NAME = regex(r"(\d{4}-\d{2}-\d{2})(?:[-_ ]+|$)", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DAY_S: Final = 86_400
_SECOND: Final = timedelta(seconds=1)
_CLOCK = regex(
    r"\b(?P<hour>\d{1,2}):(?P<rest>[0-5]\d(?::[0-5]\d)?)"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?(?: ?(?P<zone>gmt|utc|[+-]\d{2}:?\d{2})\b)?(?: \(|$)"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class DateError(ValueError):
    """A text that is no date: the message says what was expected and found, `help` what to write."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def parse_moment(text: str, zone: tzinfo) -> Moment:
    """The moment of an ISO 8601 date with or without time and zone; `zone` holds where none is written.

    A fraction of a second is cut off. A time that a clock change skips or doubles is read as before the change.
    Cost: 0.5 µs for a day in UTC, 1 µs for a second of UTC, else 4 µs. Raises: DateError.
    """
    if len(text) == 10 and text[7] == "-" and zone is UTC:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            pass  # said precisely below
        else:
            epoch = (day.toordinal() - _EPOCH_DAY) * _DAY_S
            return Moment(f"{day.isoformat()}T00:00:00+00:00", epoch, precise=False)
    if len(text) == 20 and text[4:20:3] == "--T::Z" and text[11:13] < "24":  # as programs write it
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return Moment(f"{text[:19]}+00:00", (moment - _EPOCH) // _SECOND, precise=True)
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise DateError(f'expected a date like 2024-05-14, found "{text}"', _suggestion(text))
    year, month, day_number = int(written["year"]), int(written["month"]), int(written["day"])
    _check_day(text, year, month, day_number)
    precise = written["hour"] is not None
    hour, minute, second = int(written["hour"] or 0), int(written["minute"] or 0), int(written["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise DateError(f'"{text}": there is no such time of day', "write a time from 00:00:00 to 23:59:59")
    own = _offset(written) if precise and written["zone"] else zone
    moment = _whole_minutes(datetime(year, month, day_number, hour, minute, second, tzinfo=own))
    epoch = (moment - _EPOCH) // _SECOND
    return Moment(moment.isoformat(timespec="seconds"), epoch, precise)


def _whole_minutes(moment: datetime) -> datetime:
    """The moment with its offset rounded to a minute: local mean time (before about 1900) fits no `<time>`, no feed."""
    offset = moment.utcoffset() or timedelta()
    if offset.seconds % 60 == 0:
        return moment
    return moment.replace(tzinfo=timezone(timedelta(minutes=round(offset.total_seconds() / 60))))


def date_in_file_name(name: str) -> tuple[str, str]:
    """The date that a file name begins with, and the rest: `2024-03-17-slug` gives `2024-03-17` and `slug`.

    ("", name) when it begins with none, or with one that the calendar does not have.
    """
    found = _IN_FILE_NAME.match(name)
    if found is None:
        return "", name
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return "", name
    return found[1], name[found.end() :]


def _check_day(text: str, year: int, month: int, day: int) -> None:
    if not 1 <= month <= 12:
        swapped = 1 <= day <= 12 and 1 <= month <= 31
        help = f"; did you mean {year:04}-{day:02}-{month:02}?" if swapped else ""
        raise DateError(f'"{text}": there is no month {month}', f"write a month from 01 to 12{help}")
    try:
        date(year, month, day)
    except ValueError:
        name = f"{year:04}-{month:02}"
        last = _LENGTHS[month - 1] if month != 2 or _is_leap(year) else 28
        raise DateError(f'"{text}": {name} has no day {day}', f"write a day from 01 to {last}") from None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _offset(written: re.Match[str]) -> timezone:
    if not written["sign"]:
        return UTC
    hours, minutes = int(written["hours"]), int(written["minutes"] or 0)
    if hours > 14 or minutes > 59:
        message = f'"{written[0]}": there is no time zone {written["zone"]}'
        raise DateError(message, "write an offset from -12:00 to +14:00")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written["sign"] == "-" else offset)


def _suggestion(text: str) -> str:
    """What to write, read from the most common other shapes; both dates where there are two readings."""
    plain = "".join([str(decimal(letter)) if letter.isdecimal() else letter for letter in text.strip().lower()])
    plain = re.sub(r"[,.]?\s+", " ", plain.replace(",", " "))
    year = month = day = 0
    if found := re.search(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b", plain):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := re.search(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b", plain):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    elif (found := re.search(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", plain)) and max(int(found[1]), int(found[2])) > 12:
        day, month = sorted((int(found[1]), int(found[2])), reverse=True)
        year = int(found[3])
    elif found and (two := _both(int(found[1]), int(found[2]), int(found[3]))):
        return two
    elif found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := re.search(r"\b([a-z]{3})[a-z]* (\d{1,2})(?:st|nd|rd|th)? (\d{4})\b", plain):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
    elif found := re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3})[a-z]*[ -](\d{4})\b", plain):
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
    try:
        return f"write  {date(year, month, day).isoformat()}{_time_in(plain)}"
    except ValueError:
        return "write year, month and day, as in 2024-05-14, or with a time, as in 2024-05-14 17:30"


def _both(one: int, other: int, year: int) -> str:
    """Two numbers that may be day and month or month and day; "" where they are no date in either way."""
    try:
        first, second = date(year, one, other).isoformat(), date(year, other, one).isoformat()
    except ValueError:
        return ""
    if first == second:
        return f"write  {first}"
    return f"day and month can be read in two ways: write  {first}  or  {second}"


def _time_in(plain: str) -> str:
    """The time of day in a text, with a space in front; "" when there is none that is plain to read."""
    found = _CLOCK.search(plain)
    if found is None or int(found["hour"]) > (12 if found["half"] else 23):
        return ""
    hour = int(found["hour"]) % 12 + 12 * (found["half"] == "p") if found["half"] else int(found["hour"])
    return f" {hour:02}:{found['rest']}{'Z' if found['zone'] in ('gmt', 'utc') else found['zone'] or ''}"


def _month(name: str) -> int:
    return _MONTHS.index(name) + 1 if name in _MONTHS else 0
