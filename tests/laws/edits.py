"""What random edits choose from: values that are few, so that they meet, clash and come back.

Invariant: plain data; `machine` decides what is done with it. None means that a field or a file is not there.
"""
# ruff: noqa: E501 -- tables: one case a line reads better than four lines a case

import struct
import zlib

from tests.laws import a_plugin


def picture(width: int, height: int, grey: int) -> str:
    """A real PNG of one grey, as text that `encoded` makes bytes again."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(b"".join(b"\0" + bytes([grey]) * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return content.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """A file's text as its bytes."""
    return text.encode("utf-8", "surrogateescape")


FIELDS: dict[str, tuple[str | None, ...]] = {
    "title": ('"One"', '"Two"', '"The Sea"', '"Ünï &amp; <b>"', None),
    "date": (
        "2024-01-01",
        "2024-01-01T10:00:00Z",
        "2024-01-02",
        "2023-12-31T23:30:00",
        "2030-01-01",
        "2022-05-05",
        None,
    ),
    "updated": ("2025-02-02", None),
    "tags": ("[odd]", "[even]", "[odd, even]", "[Sea Side]", "[sea side]", "[É, odd]", "[]", None),
    "authors": ("[Ann]", "[Bob, Ann]", None),
    "categories": ("[news]", "[News, far]", None),
    "series": ("Saga", None),
    "slug": ("one", "two", "Ünï", "a1", None),
    "url": ("/fixed/", "/tags/odd/", "/page.html", None, None),
    "aliases": ("[/old/]", "[/old/, /older/]", "[/2024/]", None, None),
    "draft": ("true", "false", None),
    "publish_date": ("2029-01-01", "2025-06-01", None),
    "expires": ("2026-06-01", "2028-01-01", None),
    "summary": ('"In short."', '"At length."', None),
    "image": ("{src: /img/p.png, alt: A, caption: C, credit: D}", "{caption: gone}", None),
    "lang": ("de", "ar", None),
    "translation_of": ("a1", "a2", None),
    "related": ("[One, Something wanted]", "[a2, {url: 'https://example.com/', title: There}]", None),
    "weight": ("3", None),
    "template": ("special", None),
    "mood": ("calm", "wild", None),
}

BODIES = (
    "The harbour ferry crosses at dawn with the mail for the island.",
    "The ferry timetable changes in winter, says the harbour master of the harbour ferry.",
    "A bakery strike ends; bread and rolls are sold again on Market Street.\n\nMore bread from the bakery.",
    "See [[One]], [[Two|that one]] and [[Wanted]].",
    "See [it](a2.md#more), [the other](sub/a1.md) and ![p](pic.svg).",
    "# Head\n\nFirst.<!--more-->\n\n## More\n\nRest with `code` and *stress*[^1].\n\n[^1]: A note.\n",
    "```python\nprint(1)\n```\n\n> [!NOTE]\n> Mind the gap.\n",
    "![Pier](/img/p.png)\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    "",
)

PLACES = ("a1.md", "a2.md", "a3.md", "a4.md", "b.md", "sub/a1.md", "2024-02-03-c.md", "tale/index.md", "news/x/index.md",
          "pages/about.md", "pages/deep/us.md", "Grün.md", "_hidden.md")  # fmt: skip

ARTICLE_TEMPLATE = """{% extends "plain/article.html" %}{% import "macros.html" as m %}
{% block after %}{{ super() }}{% include "partials/note.html" ignore missing %}{{ m.mark(site.data("facts")) }}
{% for card in site.latest(2) %}{{ card.title }}{% endfor %}{{ site.count() }}{% if site.laws is defined %}{{ site.laws(2) | join(", ") }}{% endif %}{% endblock %}"""

# A page that shows nothing of its neighbours, so that they cannot hide a read that was not recorded.
SPARSE_TEMPLATE = """{% extends "plain/page.html" %}{% import "macros.html" as m %}
{% block byline %}{% include "partials/note.html" ignore missing %}{{ m.mark(site.data("facts")) }}
{% if site.laws is defined %}{{ site.laws(1) | join(", ") }}{% endif %}{% endblock %}"""

FILES: dict[str, tuple[str | None, ...]] = {
    "stories.yaml": (
        "stories: {tale: {articles: [a1, a2]}}\n",
        "stories:\n  tale: {name: A tale, articles: [a1, One, nobody], aliases: [old]}\n  a2: Told\nexclude: [a3]\n",
        "stories: {other: {articles: [a3, b, sub/a1], closed: true, merge: [a2]}, tale: {hide: true}}\n",
        None,
    ),
    "static/x.txt": ("1", "2", None),
    "static/2024/note.txt": ("note", None),
    "static/img/p.png": ("png", picture(12, 8, 9), picture(12, 8, 200), picture(20, 8, 9), None),
    "static/.well-known/a": ("a", None),
    "static/x/y.txt": ("under x", None),
    "static/index.html": ("clash", None, None, None),
    "data/facts.yaml": ("a: 1\n", "a: 2\n", "- b\n", None),
    "data/facts.json": ('{"a": 3}', None, None),
    "data/rows.csv": ("a,b\n1,2\n", "a,b\n3,4\n", None),
    "templates/article.html": (
        ARTICLE_TEMPLATE,
        ARTICLE_TEMPLATE.replace("latest(2)", "archive()"),
        SPARSE_TEMPLATE,
        None,
    ),
    "templates/special.html": ('{% extends "article.html" %}{% block main %}special{% endblock %}', None),
    "templates/partials/note.html": ("<p>note</p>", "<p>other</p>", None),
    "templates/macros.html": (
        "{% macro mark(facts) %}<i>{{ facts }}</i>{% endmacro %}",
        "{% macro mark(facts) %}<b>{{ facts }}</b>{% endmacro %}",
    ),
    "templates/base.html": (
        '{% extends "plain/base.html" %}{% block head %}<meta name="x" content="{{ site.data("rows") }}">{% endblock %}',
        None,
    ),
    "themes/mine/templates/home.html": (
        '{% extends "plain/home.html" %}{% block heading %}{{ t("menu") }}{% endblock %}',
        '{% extends "list.html" %}{% block heading %}{{ site.option("mark") }}{% endblock %}',
        None,
    ),
    "themes/mine/static/plain.css": ("p{color:red}", "p{background:url(bg.svg)}", None),
    "themes/mine/static/bg.svg": ("<svg/>", "<svg></svg>", None),
    "themes/mine/i18n/en.yaml": ("menu: Contents\n", "menu: Carte\n", None),
    "content/pic.svg": ("<svg/>", "<svg ></svg>", None),
    "content/tale/p.svg": ("<svg/>", "<svg >2</svg>", None),
    "content/tale/deep/q.txt": ("q", None),
    "content/news/x/r.txt": ("r", None),
    "content/pages/paper.txt": ("paper", None),
}

ALWAYS: dict[str, str] = {
    "templates/macros.html": "{% macro mark(facts) %}<i>{{ facts }}</i>{% endmacro %}",
    "themes/mine/theme.yaml": "api: 1\nname: mine\nversion: 1.0.0\noptions:\n"
    "  mark: {type: string, default: hello, description: A word.}\n",
}

AT_FIRST: dict[str, str] = {
    "templates/article.html": ARTICLE_TEMPLATE,
    "templates/partials/note.html": "<p>note</p>",
    "data/facts.yaml": "a: 1\n",
    "static/x.txt": "1",
    "static/img/p.png": picture(12, 8, 9),
    "stories.yaml": "stories: {tale: {articles: [a1, a2]}}\n",
    a_plugin.NAME: a_plugin.STATES[0],  # stands for the plugin's source, which lies outside of the site
}

SETTINGS: dict[str, tuple[str | None, ...]] = {
    "title": ("Test site", "Another name", None),
    "base_url": ("https://example.org/", "https://example.org/sub/", "http://b.example/"),
    "description": ("Says what it is.", None),
    "language": ("en", "fr", "ar", None),
    "timezone": ("Asia/Tokyo", "America/New_York", None),
    "theme": ("plain", "plain", "[mine, plain]", "[mine, plain]", "gazette"),
    "theme_options": ("{summaries: false}", "{mark: other}", '{accent: "#ff0000"}', None, None),
    "permalink": ("{article: '/a/{slug}/'}", "{article: '/{year}/{month}/{day}/{slug}/'}", None),
    "pagination": ("{size: 1}", "{size: 2}", None),
    "taxonomies": ("[tags]", "[tags, series]", "[series]", None),
    "related": ("{count: 2}", "false", "{reasons: false}", None),
    "stories": ("{least: 2}", "{least: 2, days: 1}", "false", None),
    "archives": ("{day: false}", "false", None),
    "feeds": ("{content: summary}", "{limit: 2}", "false", "{formats: [atom]}", None),
    "outputs": (
        "{redirects: false}",
        "{sitemap: false, robots: false}",
        "{citations: true, jsonl: true, social_cards: true}",
        "{sqlite: true, epub: true, epub_tags: [odd]}",
        None,
    ),
    "images": ("{widths: [4, 16]}", "{widths: [8], webp: false}", "{enabled: false}", None),
    "search": ("false", None),
    "markdown": ("{linkify: true}", "{highlight: false}", None),
    "params": ("{a: 1}", "{a: [1, {b: 2}]}", None),
    "authors": ("{ann: {name: Ann, bio: Writes.}}", None),
    "serve": ("{port: 9000}", None),
    "plugins": ("[laws]", "[laws]", "[{name: laws, options: {word: em}}]", "[other]", None),
}

BROKEN: tuple[tuple[str, str], ...] = (
    ("content/a1.md", "---\ntitle: One: two\n---\nx\n"),
    ("content/a2.md", "---\ndate: next tuesday\ntitle: Two\n---\nx\n"),
    ("content/new.md", "---\ntitle: [\n---\n"),
    ("templates/base.html", "{% block head %}{{ nothing }}"),
    ("templates/article.html", '{% extends "nowhere.html" %}'),
    ("templates/list.html", "{{ undefined_name }}"),
    ("sitegen.yaml", "title: x\ntheem: plain\n"),
    ("sitegen.yaml", "title: [\n"),
    ("stories.yaml", "stories: {Not A Slug: x}\n"),
    ("stories.yaml", "storys: {}\n"),
    ("data/facts.yaml", "a: [1\n"),
    ("themes/mine/theme.yaml", "api: 99\n"),
    ("static/feed.xml", "clash"),
    ("static/2024", "a file where a folder is needed"),
)

MOMENTS = (1_735_689_600, 1_800_000_000, 1_925_000_000)  # 2025, 2027, 2031

FOREIGN = ("notes.txt", "2024/mine.html", "tags/index.html", "tags/odd/index.html", "2023", "old/index.html", "deep/er/x",
           "a/one/index.html", "x.txt")  # fmt: skip
