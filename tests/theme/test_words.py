"""The words of the themes that ship: whole in every language, with the forms that its numbers ask for."""

import string
from datetime import date, timedelta

import pytest
import yaml
from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_skeleton

from sitegen.model import Moment
from sitegen.theme.filters import digits, format_date, format_number, format_period, month_grid, month_name, plural_form
from sitegen.theme.making import spoken
from sitegen.theme.manifest import read_strings

LANGUAGES = ("en", "ar", "fa", "he", "fr", "de", "es", "zh", "ja")
COUNTED = 200  # the rules for whole numbers repeat after a hundred; beyond come only millions


def words_of(root, theme, language):
    path = root / "themes" / theme / "i18n" / f"{language}.yaml"
    words, problems = read_strings(path.read_text("utf-8"), path.name)
    assert not problems
    return words


def fields_of(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms_of(language):
    return {plural_form(n, language) for n in range(COUNTED)}


@pytest.mark.parametrize("theme", ["gazette", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there_in_every_language(root, theme, language):
    english, words = words_of(root, theme, "en"), words_of(root, theme, language)

    assert words.keys() == english.keys()
    for key, text in english.items():
        assert isinstance(words[key], dict) == isinstance(text, dict), key
        if isinstance(text, str):
            assert words[key].strip(), key
            assert fields_of(words[key]) == fields_of(text), key


@pytest.mark.parametrize("theme", ["gazette", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_counted_word_has_the_forms_of_its_language_and_no_other(root, theme, language):
    for key, forms in words_of(root, theme, language).items():
        if isinstance(forms, dict):
            assert set(forms) == forms_of(language), key
            assert all(fields_of(text) <= {"count"} for text in forms.values()), key


def test_the_forms_are_those_of_cldr():
    assert forms_of("ar") == set(Locale("ar").plural_form.tags) | {"other"}
    assert forms_of("he") == {"one", "two", "other"}
    assert forms_of("ja") == forms_of("zh") == {"other"}


@pytest.mark.parametrize("theme", ["gazette", "plain"])
def test_the_languages_of_both_themes_are_these(root, theme):
    assert {path.stem for path in (root / "themes" / theme / "i18n").glob("*.yaml")} == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "long", "number"),
    [
        ("en", "17 March 2024", "12,345"),
        ("ar", "17 مارس 2024", "12,345"),
        ("fa", "۱۷ مارس ۲۰۲۴", "۱۲٬۳۴۵"),
        ("he", "17 במרץ 2024", "12,345"),
        ("fr", "17 mars 2024", "12\u202f345"),
        ("de", "17. März 2024", "12.345"),
        ("es", "17 de marzo de 2024", "12.345"),
        ("zh", "2024年3月17日", "12,345"),
        ("ja", "2024年3月17日", "12,345"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_writes_them(language, long, number):
    assert format_date(Moment("2024-03-17", 0, precise=False), "long", language) == long
    assert format_number(12345, language) == number


def test_persian_years_months_and_counts_have_persian_digits():
    assert format_period(2024, 0, 0, "fa") == "۲۰۲۴"
    assert format_period(2024, 3, 0, "fa") == "مارس ۲۰۲۴"
    assert digits("2024", "fa") == "۲۰۲۴"
    assert spoken({"count": 7, "name": "x"}, "fa") == {"count": "۷", "name": "x"}


@pytest.mark.parametrize(
    ("language", "first", "week"),
    [("en", "Monday", (0, 0, 0, 0, 1, 2, 3)), ("ar-EG", "السبت", (0, 0, 0, 0, 0, 0, 1)), ("he-IL", "יום ראשון", None)],
)
def test_a_week_begins_where_the_language_begins_it(language, first, week):
    grid = month_grid(2024, 3, language)

    assert grid.weekdays[0][1] == first
    assert sum(day > 0 for row in grid.weeks for day in row) == 31
    assert all(len(row) == 7 for row in grid.weeks)
    assert week is None or grid.weeks[0] == week


def test_months_have_their_names():
    assert [month_name(3, language) for language in ("en", "fa", "ja")] == ["March", "مارس", "3月"]


def test_a_form_that_no_language_has_is_named_with_its_line():
    text = yaml.safe_dump({"home": "Home", "count": {"singular": "one", "other": "more"}}, sort_keys=False)
    _, problems = read_strings(text, "i18n/en.yaml")

    assert [(problem.where.line, problem.code) for problem in problems] == [(3, "i18n.form")]


def test_a_counted_word_without_its_last_form_is_named():
    _, problems = read_strings("count: {one: a}\n", "i18n/en.yaml")

    assert [problem.message for problem in problems] == ["count: the form for all other numbers is missing"]


@pytest.mark.parametrize("language", [*LANGUAGES, "th", "hi", "ru", "sw", "cy", "zh-Hant", "pt-BR", "mn", "my"])
def test_a_day_is_said_as_cldr_says_it(language):
    locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    forms = {
        **{form: lambda day, name=name: babel_date(day, name, locale) for form, name in FORMS.items()},
        **{form: lambda day, name=name: format_skeleton(name, day, locale=locale) for form, name in SKELETONS.items()},
    }
    for n in range(0, 36_500, 997):
        day = date(1925, 1, 1) + timedelta(days=n)
        moment = Moment(f"{day.isoformat()}T00:00:00+00:00", 0, precise=False)
        for form, said in forms.items():
            assert format_date(moment, form, language) == digits(said(day), language), (day, form)


FORMS = {"long": "long", "short": "medium", "full": "full"}
SKELETONS = {"month": "yMMMM", "day": "MMMd", "year": "y", "month-short": "MMM"}
