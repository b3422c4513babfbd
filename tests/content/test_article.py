"""One source to one article: names, addresses, titles, dates, direction, pictures."""

import re
from zoneinfo import ZoneInfo

import msgspec
import pytest

from sitegen.content.article import parse_article
from sitegen.content.parsing import ParseSettings
from sitegen.content.permalinks import Permalinks
from sitegen.digest import digest_value
from sitegen.model import Article, Image, Label

SETTINGS = ParseSettings(authors={"jane": "Jane Roe"})


def article(source="2024/rain.md", front="title: Rain\ndate: 2024-03-17\n", body="It rained.\n", **settings):
    text = f"---\n{front}---\n{body}" if front is not None else body
    found = parse_article(source, text.encode(), msgspec.structs.replace(SETTINGS, **settings))
    assert isinstance(found, Article), found
    return found


def warnings_of(found):
    return [problem.code for problem in found.warnings]


@pytest.mark.parametrize(
    ("source", "id", "kind", "url", "bundle"),
    [
        ("rain.md", "rain", "article", "/2024/03/rain/", False),
        ("2024/rain.md", "2024/rain", "article", "/2024/03/rain/", False),
        ("2024/2024-03-16-rain.md", "2024/2024-03-16-rain", "article", "/2024/03/rain/", False),
        ("2024/rain/index.md", "2024/rain", "article", "/2024/03/rain/", True),
        ("index.md", "index", "article", "/2024/03/index/", False),
        ("باران/سیل.md", "باران/سیل", "article", "/2024/03/سیل/", False),
        ("Heavy Rain.md", "Heavy Rain", "article", "/2024/03/heavy-rain/", False),
        ("pages/about.md", "pages/about", "page", "/about/", False),
        ("pages/Our Team/jane.md", "pages/Our Team/jane", "page", "/our-team/jane/", False),
        ("pages/help/index.md", "pages/help", "page", "/help/", True),
        ("pages/a/b/index.md", "pages/a/b", "page", "/a/b/", True),
        ("pages/index.md", "pages", "page", "/", True),
    ],
)
def test_a_path_gives_id_kind_and_address(source, id, kind, url, bundle):
    found = article(source)

    assert (found.id, found.keys.kind, found.keys.url, found.keys.bundle) == (id, kind, url, bundle)
    assert (found.card.id, found.card.url, found.keys.source) == (id, url, source)


def test_slug_and_url_of_the_front_matter_win():
    assert article(front="title: a\ndate: 2024-03-17\nslug: flood\n").keys.url == "/2024/03/flood/"
    assert article(front="title: a\ndate: 2024-03-17\nurl: /flood\n").keys.url == "/flood/"
    assert article("pages/a/b.md", front="title: a\nslug: c\n").keys.url == "/a/c/"


def test_patterns_of_the_config_give_the_address():
    patterns = Permalinks(article="/{section}/{slug}.html", page="/p/{path}/", undated="/x/{slug}/")

    assert article("news/rain.md", permalinks=patterns).keys.url == "/news/rain.html"
    assert article("pages/a/b.md", permalinks=patterns).keys.url == "/p/a/b/"
    assert article(front="title: Rain\n", permalinks=patterns).keys.url == "/x/rain/"


def test_the_slug_comes_from_the_file_then_the_title_then_a_digest():
    assert article("2024/!!!.md").keys.slug == "rain"
    unnamed = [article(f"{id}.md", front='title: "???"\ndate: 2024-03-17\n').keys.slug for id in ("!!!", "!!!", "!?")]
    assert unnamed[0] == unnamed[1] != unnamed[2]


def test_the_date_comes_from_the_front_matter_then_from_the_name():
    assert article("2024-03-01-rain.md").keys.date.date == "2024-03-17"
    assert article("2024-03-01-rain.md", front="title: Rain\n").keys.date.date == "2024-03-01"
    assert article("2024-03-01-rain/index.md", front="title: Rain\n").keys.url == "/2024/03/rain/"


def test_an_article_without_a_date_is_kept_with_a_warning():
    found = article(front="title: Rain\n")

    assert found.keys.url == "/undated/rain/"
    assert found.keys.date is None
    assert warnings_of(found) == ["front-matter.date-missing"]
    assert warnings_of(article("pages/about.md", front="title: About\n")) == []


def test_dates_are_in_the_zone_of_the_site():
    text = b"---\ntitle: Rain\ndate: 2024-03-17 17:03\n---\n"
    settings = ParseSettings(timezone="Asia/Tehran")
    found = parse_article("rain.md", text, settings, zone=ZoneInfo("Asia/Tehran"))

    assert found.card.date.iso == "2024-03-17T17:03:00+03:30"
    with pytest.raises(ValueError, match="Asia/Tehran"):
        parse_article("rain.md", text, settings)


@pytest.mark.parametrize(
    ("body", "title", "html"),
    [
        ("# *Rain* over `x`\n\nIt rained.\n", "Rain over x", "<p>It rained.</p>"),
        ("\n\nRain\n====\n\nIt rained.\n", "Rain", "<p>It rained.</p>"),
        ("# Rain #\nIt rained.\n", "Rain", "<p>It rained.</p>"),
    ],
)
def test_a_heading_at_the_top_is_the_title_and_leaves_the_body(body, title, html):
    found = article(front="date: 2024-03-17\n", body=body)

    assert found.card.title == title
    assert found.body.html.strip() == html
    assert warnings_of(found) == []


def test_a_heading_further_down_is_the_title_and_stays():
    found = article(front="date: 2024-03-17\n", body="It rained.\n\n# Rain\n")

    assert found.card.title == "Rain"
    assert "<h2" in found.body.html


def test_the_name_of_the_file_is_the_last_title_and_a_warning():
    found = article("2024/2024-03-16-heavy_rain-fell.md", front=None)

    assert found.card.title == "Heavy rain fell"
    assert warnings_of(found) == ["front-matter.title"]


def test_a_heading_of_a_titled_article_stays():
    assert "<h2" in article(body="# Rain\n").body.html


def test_faults_of_the_body_have_the_lines_of_the_file():
    body = "[a](javascript:x)\n" + "> " * 300 + "deep\n"
    found = parse_article("rain.md", f"---\ntitle: Rain\ndate: 2024-03-17\n---\n\n{body}".encode(), SETTINGS)
    problems = found.warnings if isinstance(found, Article) else found.problems

    assert all(problem.where.path == "content/rain.md" and problem.where.line >= 5 for problem in problems)


def test_an_author_is_shown_by_name_and_goes_by_id():
    front = "title: Rain\ndate: 2024-03-17\nauthors: [jane, Jane Roe, Joe Doe]\n"

    assert article(front=front).card.authors == (
        Label("Jane Roe", "jane"),
        Label("Joe Doe", "joe-doe"),
    )


def test_labels_that_share_a_slug_are_one():
    found = article(front="title: Rain\ndate: 2024-03-17\ntags: [Rain, rain, Flood, '!!']\n")

    assert [tag.name for tag in found.card.tags] == ["Rain", "Flood", "!!"]
    assert all(tag.slug for tag in found.card.tags)


@pytest.mark.parametrize(
    ("front", "body", "lang", "dir"),
    [
        ("", "It rained.", "en", "ltr"),
        ("lang: fa\n", "باران بارید", "fa", "rtl"),
        ("lang: ar-Latn\n", "matar", "ar-Latn", "ltr"),
        ("lang: pa-Arab\n", "مینھ", "pa-Arab", "rtl"),
        ("lang: he\n", "in English", "he", "rtl"),
        ("", "باران بارید و رود پر شد. It rained.", "", "rtl"),
        ("", "雨が降った。", "en", "ltr"),
        ("", "12345", "en", "ltr"),
    ],
)
def test_direction_comes_from_the_language_then_from_the_script(front, body, lang, dir):
    title = "12" if body else ""
    found = article(front=f"title: {title}\ndate: 2024-03-17\n{front}", body=body)

    assert (found.keys.lang, found.card.dir) == (lang, dir)


@pytest.mark.parametrize(
    ("source", "src", "shown", "ref"),
    [
        ("2024/rain/index.md", "a.jpg", "/2024/03/rain/a.jpg", ("file", "a.jpg")),
        ("2024/rain.md", "./img/a.jpg", "/2024/img/a.jpg", ("file", "img/a.jpg")),
        ("2024/rain.md", "../images/a.jpg", "/images/a.jpg", ("file", "../images/a.jpg")),
        ("2024/rain.md", "/images/a.jpg", "/images/a.jpg", ("site", "/images/a.jpg")),
        ("2024/rain.md", "https://example.org/a.jpg", "https://example.org/a.jpg", None),
        ("2024/rain.md", "//example.org/a.jpg", "//example.org/a.jpg", None),
    ],
)
def test_a_picture_has_its_place_on_the_site(source, src, shown, ref):
    found = article(source, front=f"title: Rain\ndate: 2024-03-17\nimage: {src}\n")

    assert found.card.image == Image(src=shown)
    assert [(one.kind, one.target) for one in found.body.refs] == ([ref] if ref else [])


def test_reading_time_counts_words_and_characters_of_scripts_without_spaces():
    assert article(body="").card.minutes == 1
    assert article(body="word " * 1100).card.minutes == 5
    assert article(body="雨" * 2500).card.minutes == 5


def test_the_summary_is_the_authors_then_the_bodys():
    assert article(front="title: Rain\ndate: 2024-03-17\nsummary: Wet.\n").card.summary == "Wet."
    assert article().card.summary == "It rained."


def test_equal_sources_have_equal_digests_and_articles_travel():
    one, two = article(), article()

    assert digest_value(one) == digest_value(two)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Article) == one


def test_settings_are_plain_values():
    assert digest_value(ParseSettings()) == digest_value(ParseSettings())


def test_a_broken_article_tells_all_its_faults_in_order():
    text = b"---\ntitle: [a]\ndate: soon\ntags: {a: b}\n---\n"
    found = parse_article("rain.md", text, SETTINGS)

    assert [problem.where.line for problem in found.problems] == [2, 3, 4]
    assert found.id == "rain"


@pytest.mark.parametrize(
    ("written", "placed"),
    [
        ([1, 3, 6], [2, 3, 4]),
        ([1, 2, 1, 2], [2, 3, 2, 3]),
        ([3, 3, 4], [2, 2, 3]),
        ([2, 5, 3], [2, 3, 3]),
        ([4, 2, 3], [2, 2, 3]),
        ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_of_a_body_stand_below_the_title_without_a_gap(written, placed):
    body = "\n\n".join(f"{'#' * level} Same" for level in written) + "\n\n`<h1>`\n"
    found = article("a.md", front="title: T\ndate: 2024-03-17\n", body=body)

    assert [heading.level for heading in found.body.headings] == placed
    assert re.findall(r"<h(\d)", found.body.html) == re.findall(r"</h(\d)", found.body.html) == list(map(str, placed))


def test_headings_that_begin_below_the_title_stay():
    found = article("a.md", front="title: T\ndate: 2024-03-17\n", body="## Two\n\n### Three\n")

    assert [heading.level for heading in found.body.headings] == [2, 3]
