"""Dates: what is taken, in which zone, and that nothing else raises."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.dates import DateError, date_in_file_name, parse_moment
from sitegen.model import Moment

TEHRAN = ZoneInfo("Asia/Tehran")
BERLIN = ZoneInfo("Europe/Berlin")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def fault_of(text, zone):
    try:
        parse_moment(text, zone)
    except DateError as fault:
        return fault
    return None


@pytest.mark.parametrize(
    ("written", "zone", "iso"),
    [
        ("2024-03-17", UTC, "2024-03-17T00:00:00+00:00"),
        ("2024-3-7", UTC, "2024-03-07T00:00:00+00:00"),
        ("2024-03-17", TEHRAN, "2024-03-17T00:00:00+03:30"),
        ("2024-03-17 17:03", UTC, "2024-03-17T17:03:00+00:00"),
        ("2024-03-17 17:03", BERLIN, "2024-03-17T17:03:00+01:00"),
        ("2024-07-17 17:03:09", BERLIN, "2024-07-17T17:03:09+02:00"),
        ("2024-03-17T17:03:00Z", BERLIN, "2024-03-17T17:03:00+00:00"),
        ("2024-03-17 17:03 UTC", BERLIN, "2024-03-17T17:03:00+00:00"),
        ("2024-03-17T17:03:00.123456+03:30", UTC, "2024-03-17T17:03:00+03:30"),
        ("2024-03-17 17:03:00 -0500", UTC, "2024-03-17T17:03:00-05:00"),
        ("2024-03-17 17:03:00 -4", UTC, "2024-03-17T17:03:00-04:00"),
        ("2024-03-17 17:03:00-0330", UTC, "2024-03-17T17:03:00-03:30"),
        ("2024-03-17t9:03", UTC, "2024-03-17T09:03:00+00:00"),
        ("2024-03-31 02:30", BERLIN, "2024-03-31T02:30:00+01:00"),
        ("1880-01-01", BERLIN, "1880-01-01T00:00:00+00:53"),
        ("0001-01-01", UTC, "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59-12:00", UTC, "9999-12-31T23:59:59-12:00"),
    ],
)
def test_a_date_without_a_zone_is_in_the_zone_of_the_site(written, zone, iso):
    moment = parse_moment(written, zone)

    assert moment.iso == iso
    assert moment.precise == (":" in written)


@given(st.datetimes(), st.sampled_from([UTC, TEHRAN, BERLIN]))
def test_a_moment_reads_itself_back_and_sorts_as_time_does(when, zone):
    moment = parse_moment(when.isoformat(" ", "seconds"), zone)

    assert parse_moment(moment.iso, UTC) == moment
    assert moment.epoch == (datetime.fromisoformat(moment.iso) - EPOCH) // timedelta(seconds=1)


@given(st.dates())
def test_a_day_is_the_same_moment_on_the_short_way_and_on_the_long_one(day):
    short, long = parse_moment(day.isoformat(), UTC), parse_moment(f"{day.isoformat()} 00:00:00", UTC)

    assert short == Moment(long.iso, long.epoch, precise=False)


@given(st.one_of(st.text(max_size=30), st.text("0123456789-:T+Z ./", max_size=30)), st.sampled_from([UTC, TEHRAN]))
def test_every_other_text_is_a_date_error_with_a_help(text, zone):
    fault = fault_of(text, zone)

    assert fault is None or (fault.help and str(fault))


@given(st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( \d\d?:\d\d( [AP]M)?)?", fullmatch=True))
def test_what_a_help_says_to_write_is_a_date(text):
    fault = fault_of(text, UTC)
    if fault is not None and fault.help.startswith("write  "):
        assert fault_of(fault.help.removeprefix("write  "), UTC) is None


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("17/03/2024", "2024-03-17"), ("3/17/2024", "2024-03-17"), ("17th March 2024", "2024-03-17"),
        ("2024-03-17 5:03 PM", "2024-03-17 17:03"), ("2024-03-17 12:30 a.m.", "2024-03-17 00:30"),
        ("Sun, 17 Mar 2024 17:03:00 GMT", "2024-03-17 17:03:00Z"), ("2024-03-17 10:00 EST", "2024-03-17"),
    ],
)  # fmt: skip
def test_a_date_of_another_form_is_written_out_in_the_help(written, mended):
    assert fault_of(written, UTC).help == f"write  {mended}"


def test_digits_of_other_scripts_are_written_out_in_the_help():
    assert fault_of("۲۰۲۴-۰۳-۱۷", UTC).help == "write  2024-03-17"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2024-03-17-rain", ("2024-03-17", "rain")),
        ("2024-03-17", ("2024-03-17", "")),
        ("2024-03-17_rain", ("2024-03-17", "rain")),
        ("2024-02-30-rain", ("", "2024-02-30-rain")),
        ("2024-03-177", ("", "2024-03-177")),
        ("rain-2024-03-17", ("", "rain-2024-03-17")),
        ("", ("", "")),
    ],
)
def test_a_file_name_may_begin_with_a_date(name, found):
    assert date_in_file_name(name) == found
