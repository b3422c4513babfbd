"""The filters that templates have besides Jinja's own: addresses, dates, numbers, directions and script-safe JSON.

Invariant: a filter's answer follows from its arguments, the page's language and the site's base, which every page
reads. Dates come from the CLDR data that Babel carries.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from sitegen.content.script import direction_of_text
from sitegen.model import Moment
from sitegen.regex import regex
from sitegen.theme.addresses import Base
from sitegen.theme.pictures import srcset
from sitegen.theme.social_cards import typst

_TURNS_AROUND = {"ltr": Markup(' dir="ltr"'), "rtl": Markup(' dir="rtl"')}
_NO_ATTRIBUTE = Markup("")
_FORMS = {"long": "long", "short": "medium", "full": "full"}
_SKELETONS = {"month": "yMMMM", "month-name": "MMMM", "day": "MMMd", "year": "y", "month-short": "MMM"}


ADDRESSES = 8192  # links kept a process, 2 MB: those that every page has, and those of a few hundred pages


def filters_for(base: Base, slugify: Callable[[str], str]) -> dict[str, Callable[..., Any]]:
    """Filters by name, bound to the site's base."""

    @pass_context
    def date_filter(context: Context, moment: Moment | None, form: str = "long") -> str:
        """A day in words of the page's language: long, short, full, day, month, month-name or year; "" for None."""
        return format_date(moment, form, _language(context, base)) if moment is not None else ""

    @pass_context
    def number_filter(context: Context, value: int) -> str:
        """A whole number with the digits and the grouping of the page's language."""
        return format_number(value, _language(context, base))

    @pass_context
    def numeral_filter(context: Context, value: int) -> str:
        """A whole number with the language's digits and no grouping: a year, a page."""
        return digits(str(value), _language(context, base))

    @pass_context
    def month_name_filter(context: Context, month: int) -> str:
        """The name of a month, 1 to 12, as it stands alone."""
        return month_name(month, _language(context, base))

    @pass_context
    def calendar_filter(context: Context, period: Any) -> MonthGrid:
        """The weeks of a period's month, as the page's language lays them out."""
        return month_grid(period.year, period.month, _language(context, base))

    def srcset_filter(variants: tuple[tuple[int, str], ...]) -> str:
        """The smaller copies of a picture as the value of a `srcset` attribute."""
        return srcset(variants, base.href)

    def dir_filter(text: str, around: str) -> Markup:
        """A `dir` attribute, with a space before it, for a text that runs the other way than what is around it."""
        found = direction_of_text(text)
        return _TURNS_AROUND[found] if found and found != around else _NO_ATTRIBUTE

    return {
        "url": lru_cache(ADDRESSES, typed=True)(base.href),  # by type: what is safe already stays so
        "absolute": base.absolute,
        "date": date_filter,
        "number": number_filter,
        "numeral": numeral_filter,
        "month_name": month_name_filter,
        "calendar": calendar_filter,
        "slugify": slugify,
        "plain": plain,
        "json_ld": json_ld,
        "srcset": srcset_filter,
        "dir": dir_filter,
        "typst": typst,
    }


def _language(context: Context, base: Base) -> str:
    page = context.get("page")
    language: str = getattr(page, "lang", "") or base.language
    return language


@lru_cache(maxsize=512)
def _locale(language: str) -> Any:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 -- 20 ms that only a page with a date should pay

    for tag in (language, language.partition("-")[0], "en"):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("CLDR has English")


MOST_WORDS = 65_536  # one a day, form and language: 60 years of three forms
_words: dict[str, str] = {}  # what CLDR has said so far, by a name for each question
_fresh: dict[str, str] = {}  # those of them that nobody has taken yet
_told: Mapping[str, str] = {}  # what an earlier build found out


def tell_words(known: Mapping[str, str]) -> None:
    """Begin with what an earlier build found out of days and numbers, and nothing else: it spares this one Babel, which
    takes 30 ms to start. It is asked when a page needs a word, until others are told.
    """
    global _told  # noqa: PLW0603 -- of the process, as all that was said so far
    _words.clear()
    _fresh.clear()
    _told = known


def prepare_words(language: str) -> None:
    """Start Babel and read a language's patterns, so that a day nobody has asked for yet is said at once. Cost: 30 to
    100 ms, once a process; for a thread with nothing else to do.
    """
    for form in _FORMS:
        _said_day("2000-01-01", form, language)


def take_words() -> dict[str, str]:
    """Days and numbers in words that have been found out since this was last asked."""
    taken = dict(_fresh)
    _fresh.clear()
    return taken


def _known(name: str, find_out: Callable[[], str]) -> str:
    found = _words.get(name)
    if found is None:
        if len(_words) >= MOST_WORDS:
            _words.clear()
        found = _told.get(name)
        if found is None:
            found = _fresh[name] = find_out()
        _words[name] = found
    return found


def _format_day(day: str, form: str, language: str) -> str:
    return _known(f"{form} {language} {day}", lambda: _said_day(day, form, language))


def _said_day(day: str, form: str, language: str) -> str:
    value = date.fromisoformat(day)
    if form == "month-name":
        return month_name(value.month, language)
    spoken = "en-GB" if language == "en" else language  # day before month, as most of the world writes it
    pattern, fields = _pattern(form, spoken)
    return digits(pattern % {field: _field(field, turn(value), spoken) for field, turn in fields}, language)


_Turn = Callable[[date], int]


@lru_cache(maxsize=512)
def _pattern(form: str, language: str) -> tuple[str, tuple[tuple[str, _Turn], ...]]:
    """CLDR's pattern of a form of day, with `%(field)s` for each field, and what each field follows from."""
    from babel.dates import match_skeleton  # noqa: PLC0415

    locale = _locale(language)
    if form in _FORMS:
        pattern = str(locale.date_formats[_FORMS[form]].format)
    else:
        wanted, skeletons = _SKELETONS.get(form, "yMMMd"), locale.datetime_skeletons
        pattern = str(skeletons[wanted if wanted in skeletons else match_skeleton(wanted, skeletons) or wanted].format)
    return pattern, tuple((field, _TURNS.get(field[0], date.toordinal)) for field in _NAMED_FIELD.findall(pattern))


_NAMED_FIELD = regex(r"%\((\w+)\)s")
_TURNS: Mapping[str, _Turn] = {  # what a field follows from, by the letter that it begins with; others from the day
    "d": lambda value: value.day,
    "M": lambda value: value.month,
    "L": lambda value: value.month,
    "y": lambda value: value.year,
    "E": lambda value: value.isoweekday(),
}
_DAYS_WITH: Mapping[str, Callable[[int], date]] = {  # some day of which `_TURNS` says this
    "d": lambda number: date(2000, 1, number),
    "M": lambda number: date(2000, number, 1),
    "L": lambda number: date(2000, number, 1),
    "y": lambda number: date(number, 1, 1),
    "E": lambda number: date(2001, 1, number),  # which began with a Monday
}


@lru_cache(maxsize=4096)
def _field(field: str, number: int, language: str) -> str:
    """A field of a day in words: it comes again on other days, in other months or years."""
    from babel.dates import DateTimeFormat  # noqa: PLC0415

    return DateTimeFormat(_DAYS_WITH.get(field[0], date.fromordinal)(number), _locale(language))[field]


def format_date(moment: Moment, form: str, language: str) -> str:
    """A day in words of a language: `long` 17 March 2024, `short` 17 Mar 2024, `full`, `day`, `month`, `year`.

    Cost: 3 µs for a new day, 0.2 µs for a known one.
    """
    return _format_day(moment.iso[:10], form, language)


def format_period(year: int, month: int, day: int, language: str) -> str:
    """A year, month or day in words."""
    if not month:
        return digits(str(year), language) if year > 0 else ""
    form = "long" if day else "month"
    return _format_day(f"{year:04}-{month:02}-{day or 1:02}", form, language)


def format_number(value: int, language: str) -> str:
    """A whole number with the language's digits and grouping. Cost: 0.3 µs for a known one."""
    return _known(f"number {language} {value}", lambda: _said_number(value, language))


def _said_number(value: int, language: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415

    return digits(format_decimal(value, locale=_locale(language), numbering_system="default"), language)


_ZEROS: Mapping[str, int] = {  # code point of 0 in CLDR's numbering systems that some language writes by default
    "arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966, "mymr": 0x1040, "nkoo": 0x7C0, "olck": 0x1C50,
    "tibt": 0xF20,
}  # fmt: skip


@lru_cache(maxsize=16)
def _digits_from(zero: str) -> dict[int, int]:
    return {ord("0") + n: ord(zero) + n for n in range(10)}


def _said_zero(language: str) -> str:
    return chr(_ZEROS.get(_locale(language).default_numbering_system, ord("0")))


def digits(text: str, language: str) -> str:
    """A text with its digits as the language writes them by default: Persian ones in Persian. Cost: 0.4 µs."""
    zero = _known(f"zero {language}", lambda: _said_zero(language))
    return text if zero == "0" else text.translate(_digits_from(zero))


def plural_form(count: int, language: str) -> str:
    """Which of a word's forms goes with a number: zero, one, two, few, many or other, by CLDR's rules."""
    return _known(f"plural {language} {count}", lambda: str(_locale(language).plural_form(count)))


def month_name(month: int, language: str) -> str:
    """The name of a month, 1 to 12, as it stands alone."""
    return _known(f"name {language} {month}", lambda: str(_locale(language).months["stand-alone"]["wide"][month]))


class MonthGrid(msgspec.Struct, frozen=True):
    """A month as a calendar shows it. `weekdays` are pairs of a short name and the whole; 0 in `weeks` is no day."""

    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=4096)
def month_grid(year: int, month: int, language: str) -> MonthGrid:
    """The weeks of a month, each beginning with the day that the language's region begins with."""
    locale = _locale("en-GB" if language == "en" else language)
    first = locale.first_week_day
    short, whole = locale.days["stand-alone"]["narrow"], locale.days["stand-alone"]["wide"]
    order = [(first + n) % 7 for n in range(7)]
    from calendar import Calendar  # noqa: PLC0415 -- few themes show one

    weeks = Calendar(first).monthdayscalendar(year, month)
    return MonthGrid(tuple((short[n], whole[n]) for n in order), tuple(map(tuple, weeks)))


_TAG = regex(r"<[^>]*>")


def plain(html: str) -> str:
    """Text of a piece of HTML, spaces folded."""
    text = _TAG.sub(" ", html)
    if "&" in text:
        from html import unescape  # noqa: PLC0415 -- two thousand names of characters

        text = unescape(text)
    return " ".join(text.split())


_SCRIPT_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SCRIPT = regex("[<>&\u2028\u2029]")


def json_ld(value: Any) -> Markup:
    """JSON that can stand inside a script element, whatever a title holds; keys without a value are left out."""
    text = msgspec.json.encode(_without_empty(value)).decode()
    return Markup(_SCRIPT.sub(lambda match: _SCRIPT_ESCAPES[match[0]], text))  # noqa: S704 -- escaped just here


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_empty(each) for key, each in value.items() if each not in (None, "", [], (), {})}
    if isinstance(value, list | tuple):
        return [_without_empty(each) for each in value]
    if isinstance(value, msgspec.Struct):
        return _without_empty(msgspec.structs.asdict(value))
    return str(value) if isinstance(value, Markup) else value
