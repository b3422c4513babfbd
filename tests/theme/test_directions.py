"""Summaries in lists say which way they run where that is not the way of what is around them."""

import pytest

from sitegen.theme.addresses import Base
from sitegen.theme.filters import filters_for


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        ("A summary in English, which ends in a full stop.", "rtl", ' dir="ltr"'),
        ("A summary in English.", "ltr", ""),
        ("GSA قالت إن المرفأ مفتوح.", "rtl", ""),  # by most letters, not by the first as `dir="auto"` has it
        ("GSA قالت إن المرفأ مفتوح.", "ltr", ' dir="rtl"'),
        ("2024, 17.", "rtl", ""),
        ("", "rtl", ""),
    ],
)
def test_a_text_says_its_direction_where_it_turns_around(text, around, expected):
    found = filters_for(Base("https://site.example/"), str)["dir"](text, around)

    assert found == expected
    assert hasattr(found, "__html__")
