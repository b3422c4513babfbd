"""Dates as people write them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.convert.inference.dates import find_moments, order_of, solar_hijri


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("March 17, 2024 at 5:03 pm", "2024-03-17T17:03:00+00:00"),
        ("17 March 2024", "2024-03-17"),
        ("17th of March, 2024", "2024-03-17"),
        ("2024-03-17 17:03", "2024-03-17T17:03:00+00:00"),
        ("2024-03-17T17:03:00+01:00", "2024-03-17T17:03:00+01:00"),
        ("20240317T170300Z", "2024-03-17"),
        ("Mar. 17, 2024, 5:03 p.m. EST", "2024-03-17T17:03:00-05:00"),
        ("5:03 PM EST, Sun March 17, 2024", "2024-03-17T17:03:00-05:00"),
        ("Sun, 17 Mar 2024 17:03:00 +0000", "2024-03-17T17:03:00+00:00"),
        ("12:30 am, 17 March 2024", "2024-03-17T00:30:00+00:00"),
        ("March 17, 2024 12:15 p.m.", "2024-03-17T12:15:00+00:00"),
        ("Sonntag, 17. März 2024, 17:03 Uhr", "2024-03-17T17:03:00+00:00"),
        ("17.03.2024 - 17.03 Uhr", "2024-03-17T17:03:00+00:00"),
        ("17.03.24", "2024-03-17"),
        ("Le 17 mars 2024 à 17h03", "2024-03-17T17:03:00+00:00"),
        ("Publié le 1er avril 2024", "2024-04-01"),
        ("17 de marzo de 2024", "2024-03-17"),
        ("domingo, 17 de março de 2024 às 17h03", "2024-03-17T17:03:00+00:00"),
        ("domenica 17 marzo 2024 alle 17.03", "2024-03-17T17:03:00+00:00"),
        ("17. mars 2024 kl. 17.03", "2024-03-17T17:03:00+00:00"),
        ("17 марта 2024, 17:03", "2024-03-17T17:03:00+00:00"),
        ("17 Mart 2024 Pazar, 17:03", "2024-03-17T17:03:00+00:00"),
        ("2024. március 17.", "2024-03-17"),
        ("17. 3. 2024", "2024-03-17"),
        ("١٧ مارس ٢٠٢٤", "2024-03-17"),
        ("17 آذار/مارس 2024", "2024-03-17"),
        ("17 كانون الثاني 2024", "2024-01-17"),
        ("۲۷ اسفند ۱۴۰۲", "2024-03-17"),
        ("17 ב-מרץ 2024", "2024-03-17"),
        ("2024年3月17日(日) 午後5時3分", "2024-03-17T17:03:00+00:00"),
        ("令和6年3月17日", "2024-03-17"),
        ("2024년 3월 17일 오후 5:03", "2024-03-17T17:03:00+00:00"),
        ("03/17/2024 5:03 PM", "2024-03-17T17:03:00+00:00"),
        ("17/03/2024", "2024-03-17"),
    ],
)
def test_a_date_is_read_in_the_form_and_language_of_its_line(line: str, iso: str) -> None:
    assert [found.moment.iso() for found in find_moments(line)] == [iso]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "yesterday",
        "March 2024",
        "since 1998",
        "February 30, 2024",
        "2024-13-01",
        "version 1.2.2024.5",
        "may 12 of us 2024",
        "5:03 pm",
    ],
)
def test_no_date_is_invented(line: str) -> None:
    assert find_moments(line) == ()


def test_a_time_without_a_zone_is_in_the_zone_of_the_site() -> None:
    assert find_moments("17 July 2024, 17:03")[0].moment.iso(ZoneInfo("Europe/Berlin")) == "2024-07-17T17:03:00+02:00"


def test_the_order_of_day_and_month_is_asked_of_the_caller_where_the_line_does_not_prove_it() -> None:
    assert find_moments("03/04/2024")[0].ambiguous
    assert find_moments("03/04/2024", "dmy")[0].moment.day == "2024-04-03"
    assert find_moments("03/04/2024", "mdy")[0].moment.day == "2024-03-04"
    assert (order_of("13/04/2024"), order_of("04/13/2024"), order_of("04/05/2024")) == ("dmy", "mdy", "")


def test_the_new_years_of_iran_fall_on_the_days_that_its_calendar_says() -> None:
    known = {
        1358: date(1979, 3, 21),
        1399: date(2020, 3, 20),
        1400: date(2021, 3, 21),
        1403: date(2024, 3, 20),
        1404: date(2025, 3, 21),
    }
    assert {year: solar_hijri(year, 1, 1) for year in known} == known


@given(
    st.dates(date(1700, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%B %d, %Y", "%d %b %Y", "%Y-%m-%d", "%d.%m.%Y", "%Y年%m月%d日"]),
)
def test_every_day_reads_back_from_every_common_form(day: date, form: str) -> None:
    assert [found.moment.day for found in find_moments(day.strftime(form))] == [day.isoformat()]


@given(st.text(max_size=200))
def test_any_line_is_read_without_a_fault_and_spans_lie_inside_of_it(line: str) -> None:
    for found in find_moments(line):
        assert 0 <= found.start < found.end <= len(line)
        assert date.fromisoformat(found.moment.day) + timedelta(0)
