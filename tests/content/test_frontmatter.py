"""Front matter: every key, its aliases, and that what was written comes back."""

from datetime import UTC

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.frontmatter import KEYS, FrontMatter, read_front_matter
from sitegen.model import Image, RelatedLink


def read(block: str) -> FrontMatter:
    matter, sheet = read_front_matter(block, "content/a.md", 2, UTC)
    assert not sheet.problems, sheet.problems
    return matter


def warned(block: str) -> tuple[FrontMatter, list[str]]:
    matter, sheet = read_front_matter(block, "content/a.md", 2, UTC)
    return matter, [problem.message for problem in sheet.problems]


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp")), max_size=40).map(
    lambda text: " ".join(text.split())
)
MATTERS = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "tags": st.lists(TEXTS, max_size=4),
        "authors": st.lists(TEXTS, max_size=3),
        "summary": TEXTS,
        "draft": st.booleans(),
        "weight": st.integers(-100, 100),
        "date": st.dates(),
        "image": st.fixed_dictionaries({"caption": TEXTS, "credit": TEXTS}),
        "related": st.lists(TEXTS, max_size=3),
        "extra": st.dictionaries(
            TEXTS, st.one_of(TEXTS, st.integers(-9, 9), st.booleans(), st.lists(TEXTS, max_size=2))
        ),
    },
)


@given(MATTERS, st.integers(30, 200))
def test_what_yaml_writes_comes_back(written, width):
    matter = read(yaml.dump(written, allow_unicode=True, width=width, Dumper=yaml.CSafeDumper))

    assert matter.title == written.get("title", "")
    assert matter.summary == written.get("summary", "")
    assert matter.tags == tuple(tag for tag in written.get("tags", ()) if tag)
    assert matter.authors == tuple(name for name in written.get("authors", ()) if name)
    assert matter.draft == written.get("draft", False)
    assert matter.weight == written.get("weight", 0)
    assert (matter.date.date if matter.date else None) == (written["date"].isoformat() if "date" in written else None)
    assert matter.related == tuple(RelatedLink(entry) for entry in written.get("related", ()) if entry)
    assert matter.extra == written.get("extra", {})
    image = written.get("image", {"caption": "", "credit": ""})
    assert matter.image == (Image(**image) if any(image.values()) else None)


def test_text_stays_as_it_was_written():
    matter = read("title: 1.10\nsummary: no\ntags: [2024, on, 007, 1:30]\nauthors: true\nseries: 0x10\n")

    assert (matter.title, matter.summary) == ("1.10", "no")
    assert matter.tags == ("2024", "on", "007", "1:30")
    assert (matter.authors, matter.series) == (("true",), ("0x10",))


def test_keys_without_a_value_are_absent():
    assert read("".join(f"{key}:\n" for key in KEYS)) == FrontMatter()


def test_a_title_over_several_lines_is_one_line():
    assert read("title: >\n  Rain\n  over the river\n").title == "Rain over the river"
    assert read("title: |\n  Rain\n  river\n").title == "Rain river"


@pytest.mark.parametrize(
    ("block", "attribute", "value"),
    [
        ("author: Jane Roe", "authors", ("Jane Roe",)),
        ("author: Roe, Jane", "authors", ("Roe, Jane",)),
        ("authors: [{name: Jane Roe}]", "authors", ("Jane Roe",)),
        ("category: Rivers", "categories", ("Rivers",)),
        ("keywords: rain, river", "tags", ("rain", "river")),
        ("tags: rain, river", "tags", ("rain", "river")),
        ("tags: 'rain, river'", "tags", ("rain, river",)),
        ("description: In short.", "summary", "In short."),
        ("cover: rain.jpg", "image", Image(src="rain.jpg")),
        ("cover: {image: rain.jpg, alt: Rain}", "image", Image(src="rain.jpg", alt="Rain")),
        ("image: {caption: Rain, credit: Jane Roe}", "image", Image(caption="Rain", credit="Jane Roe")),
        ("permalink: /old/rain", "url", "/old/rain/"),
        ("url: /rain.html", "url", "/rain.html"),
        ("url: /caf%C3%A9/", "url", "/café/"),
        ("layout: post", "template", ""),
        ("layout: wide", "template", "wide.html"),
        ("template: wide.html", "template", "wide.html"),
        ("status: draft", "draft", True),
        ("status: private", "draft", True),
        ("status: published", "draft", False),
        ("published: false", "draft", True),
        ("published: true", "draft", False),
        ("draft: TRUE", "draft", True),
        ("lang: FA", "lang", "fa"),
        ("lang: no", "lang", "no"),
        ("aliases: /old/", "aliases", ("/old/",)),
        ("aliases: [/a/, /a/, /b.html]", "aliases", ("/a/", "/b.html")),
        ("related: Rain", "related", (RelatedLink("Rain"),)),
        (
            "related: [{title: Rain, label: READ, url: /rain/}, {title: River}]",
            "related",
            (RelatedLink("/rain/", "Rain", "READ"), RelatedLink("River", "River")),
        ),
        ("source: https://example.org/a", "source", {"url": "https://example.org/a"}),
        ("source: {format: text, sha256: 1234, row: 3}", "source", {"format": "text", "sha256": "1234", "row": 3}),
        ("tags_suggested: [rain]", "extra", {"tags_suggested": ["rain"]}),
        ("toc: true\nextra: {toc: 5, a: 1.10}", "extra", {"toc": 5, "a": 1.1}),
        ("slug: Old_Name", "slug", "Old_Name"),
        ("slug: Some words", "slug", "some-words"),
        ("weight: -3", "weight", -3),
        ("translation_of: 2024/rain", "translation_of", "2024/rain"),
    ],
)
def test_a_key_is_read_under_each_of_its_names(block, attribute, value):
    assert getattr(read(block), attribute) == value


@pytest.mark.parametrize(
    ("block", "attribute"),
    [
        ("lastmod: 2024-03-17", "updated"), ("modified: 2024-03-17", "updated"), ("published: 2024-03-17", "date"),
        ("publishDate: 2024-03-17", "publish_date"), ("expiryDate: 2024-03-17", "expires"),
    ],
)  # fmt: skip
def test_dates_of_other_tools_are_dates(block, attribute):
    assert getattr(read(block), attribute).date == "2024-03-17"


def test_of_a_key_and_its_alias_the_key_counts_and_the_alias_is_kept():
    matter, messages = warned("summary: short\ndescription: long\nauthors: [a]\nauthor: b\n")

    assert (matter.summary, matter.authors) == ("short", ("a",))
    assert matter.extra == {"description": "long", "author": "b"}
    assert messages == ["author: not used, because authors is given as well"]


def test_unknown_keys_stay_for_the_theme_and_near_misses_are_said():
    matter, messages = warned("tittle: x\nmood: calm\n")

    assert matter.extra == {"tittle": "x", "mood": "calm"}
    assert messages == ["tittle: sitegen has no such key; it is passed to the theme"]


@pytest.mark.parametrize(("written", "meant"), [("dat", "date"), ("tag", "tags"), ("lag", "lang"), ("ulr", "url")])
def test_a_key_of_three_letters_may_have_lost_one(written, meant):
    _, sheet = read_front_matter(f"title: A title\n{written}: x\n", "a.md", 2, UTC)

    assert [problem.help for problem in sheet.problems] == [f"did you mean {meant}? If not, put it under  extra:"]


@pytest.mark.parametrize("key", ["toc", "cat", "img", "css", "ad", "id", "map", "rtl"])
def test_short_keys_of_other_tools_and_themes_are_no_near_misses(key):
    assert warned(f"{key}: x\n")[1] == []


def test_every_key_and_alias_is_known_once():
    names = [alias for name, key in KEYS.items() for alias in (name, *key.aliases)]

    assert len(names) == len(set(names))
    assert set(KEYS) == set(FrontMatter.__struct_fields__)
