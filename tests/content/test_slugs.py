"""Slugs and permalinks: never empty, never a way out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.permalinks import PLACEHOLDERS, fill, pattern_fault
from sitegen.content.slugs import MAX_BYTES, MAX_CHARACTERS, explicit_slug, slug_of, slugify
from sitegen.model import Moment

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=120)
DAY = Moment("2024-03-17T00:00:00+00:00", 1710633600, precise=False)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Rain over the river", "rain-over-the-river"),
        ("  --Rain!! ", "rain"),
        ("don't, don’t", "dont-dont"),
        ("C, C++ and C#", "c-c-plus-and-c-sharp"),
        ("#1 of 10", "1-of-10"),
        ("snake_case.md", "snake-case-md"),
        ("İstanbul ve Iğdır", "istanbul-ve-iğdır"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("Straße", "straße"),
        ("cafe\u0301", "café"),
        ("می‌خواهم بدانم", "می-خواهم-بدانم"),
        ("हिन्दी में", "हिन्दी-में"),
        ("日本語、タイトル", "日本語-タイトル"),
        ("soft\u00adhyphen", "softhyphen"),
        ("../../etc/passwd", "etc-passwd"),
        ("!!!", ""),
        ("🌊", ""),
        ("", ""),
    ],
)
def test_a_slug_keeps_the_letters_of_every_script(text, slug):
    assert slugify(text) == slug


@given(TEXTS)
def test_a_slug_is_never_empty_nor_a_way_out_and_stays_what_it_is(text):
    slug = slug_of(text)

    assert slug
    assert not {"/", ".", "\\", "\0", " "} & set(slug)
    assert slug == unicodedata.normalize("NFC", slug)
    assert slug.strip("-") == slug
    assert len(slug) <= MAX_CHARACTERS
    assert len(slug.encode()) <= MAX_BYTES
    assert slug_of(slug) == slug


@given(TEXTS)
def test_composed_and_decomposed_letters_give_one_slug(text):
    short = text[:40]

    assert slugify(unicodedata.normalize("NFC", short)) == slugify(unicodedata.normalize("NFD", short))


@given(TEXTS)
def test_a_chosen_slug_is_one_part_of_a_path(text):
    slug = explicit_slug(text)

    assert "/" not in slug
    assert slug not in (".", "..")
    assert explicit_slug(slug) == slug


@pytest.mark.parametrize("text", ["rain and " * 40, "r" * 300, "雨" * 100, "रि" * 100, "باران و سیل " * 40])
def test_a_long_text_is_cut_after_a_word_where_there_is_one(text):
    slug = slugify(text)

    assert MAX_CHARACTERS // 2 <= len(slug) <= MAX_CHARACTERS
    assert len(slug.encode()) <= MAX_BYTES
    assert slug.split("-")[-1] in slugify(text[:60]).split("-") or "-" not in slug


def test_a_chosen_slug_keeps_its_capitals_and_points():
    assert explicit_slug("My_Old.Name") == "My_Old.Name"


def test_texts_without_letters_have_slugs_of_their_own():
    assert slug_of("!!!") != slug_of("???")
    assert slug_of("!!!") == slug_of("!!!")


@given(
    st.lists(st.sampled_from([*(f"{{{name}}}" for name in PLACEHOLDERS), "/", "x", "-", ".html"]), max_size=8).map(
        "".join
    ),
    TEXTS,
    st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
    st.sampled_from([DAY, None]),
)
def test_a_pattern_without_faults_gives_a_clean_path(pattern, title, folders, date):
    pattern = f"/{pattern}/"
    if pattern_fault(pattern) is None:
        path = fill(pattern, slug=slug_of(title), folders=folders, date=date)

        assert path.startswith("/")
        assert path.endswith("/")
        assert "//" not in path
        assert ".." not in path.split("/")
        assert not {"{", "}"} & set(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/{year}/{month}/{slug}/", "/2024/03/rain/"),
        ("/{year}/{month}/{day}/{slug}.html", "/2024/03/17/rain.html"),
        ("/{path}/", "/north-sea/old-posts/rain/"),
        ("/{section}/{slug}/", "/north-sea/rain/"),
        ("/{lang}/{slug}/", "/pt-br/rain/"),
    ],
)
def test_a_pattern_is_filled_from_the_article(pattern, path):
    assert fill(pattern, slug="rain", folders=("North Sea", "old posts"), date=DAY, lang="pt-BR") == path
