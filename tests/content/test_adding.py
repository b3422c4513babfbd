"""Adding to a list of front matter leaves all else as it was, and never breaks a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.adding import with_entries


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\ntitle: A\n---\nText\n", "---\ntitle: A\ntags: [mill, two words]\n---\nText\n"),
        ("---\ntags: [a]  # mine\ntitle: A\n---\n", "---\ntags: [a, mill, two words]  # mine\ntitle: A\n---\n"),
        ("---\ntags:\n  - a\ndraft: true\n---\n", "---\ntags:\n  - a\n  - mill\n  - two words\ndraft: true\n---\n"),
        ("---\ntags: a\n---\nx\n", "---\ntags: [a, mill, two words]\n---\nx\n"),
        ("---\ntags: []\n---\nx\n", "---\ntags: [mill, two words]\n---\nx\n"),
        ("# Only text\n", "---\ntags: [mill, two words]\n---\n\n# Only text\n"),
        ("---\r\ntitle: A\r\n---\r\nx\r\n", "---\r\ntitle: A\r\ntags: [mill, two words]\r\n---\r\nx\r\n"),
    ],
)
def test_entries_join_the_list_in_the_form_that_it_has(before, after):
    assert with_entries(before.encode(), "tags", ["mill", "two words"]) == after.encode()


def test_what_is_there_already_is_not_added_and_broken_files_are_left_alone():
    assert with_entries(b"---\ntags: [mill]\n---\n", "tags", ["mill"]) is None
    assert with_entries(b"---\ntitle: a: b\n---\n", "tags", ["mill"]) is None
    assert with_entries(b"\xff\xfe", "tags", ["mill"]) is None


def test_words_that_yaml_may_misread_are_quoted():
    assert with_entries(b"---\ntitle: A\n---\n", "tags", ["no", "a: b", "1.10"]) == (
        b'---\ntitle: A\ntags: ["no", "a: b", "1.10"]\n---\n'
    )


@given(
    st.text(alphabet="ab:-[]{}#'\"&*!|>%@,\n ", max_size=60),
    st.lists(st.text(alphabet="aé :-#\"'[],", min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=3),
)
def test_a_file_is_changed_rightly_or_not_at_all(block, entries):
    text = f"---\n{block}\n---\nText\n"
    after = with_entries(text.encode(), "tags", [entry.strip() for entry in entries])

    assert after is None or after.decode().endswith("---\nText\n")
