"""Near misses and language tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.notation.words import canonical_tag, is_language_tag, near

KEYS = ("title", "date", "updated", "authors", "publish_date", "lang", "image")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tittle", "title"), ("titel", "title"), ("Title", "title"), ("publish-date", "publish_date"),
        ("publishdate", "publish_date"), ("pubilsh_dte", "publish_date"), ("dtae", "date"), ("auhtors", "authors"),
        ("dat", "date"), ("lng", "lang"), ("alng", "lang"),
        ("dta", ""), ("cat", ""), ("toc", ""),
        ("wombat", ""), ("tit", ""), ("x", ""), ("", ""), ("data", "date"), ("t" * 1000, ""),
    ],
)  # fmt: skip
def test_a_slip_finds_the_word_that_was_meant(written, meant):
    assert near(written, KEYS) == meant


@given(st.sampled_from(KEYS), st.integers(0, 20), st.sampled_from("abz"))
def test_one_changed_letter_is_always_near(word, place, letter):
    place %= len(word)

    assert near(word[:place] + letter + word[place + 1 :], KEYS)


@pytest.mark.parametrize("tag", ["en", "fa", "pt-BR", "zh-Hant-TW", "sr-Latn", "es-419", "x-klingon", "ckb", "de-1996"])
def test_a_language_tag_keeps_its_usual_capitals(tag):
    assert is_language_tag(tag)
    assert canonical_tag(tag.lower()) == tag
    assert canonical_tag(tag.upper()) == tag


@pytest.mark.parametrize(
    "tag", ["", "e", "en_US", "english language", "en-", "-en", "en--us", "é", "en-US.UTF-8", "123"]
)
def test_what_is_no_language_tag_is_refused(tag):
    assert not is_language_tag(tag)
