"""Saved pages: what is the article's, what the page says of itself, and what must never come through."""
# ruff: noqa: E501, PT018 -- the invented pages stand in one piece

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.content.markdown import MarkdownSettings, render_markdown
from sitegen.convert.document import Article, Document, ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.readers.html import read_html
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.stated import page_article
from sitegen.errors import Problem

FIRST = "The new boat is named after the baker, who wept a little when she heard of it on the pier that evening."
SECOND = "The harbour was full of people that day, and nobody went home before the lamps were lit on the long quay."
THIRD = "Its first trip leads round the island, with bread for everybody, and the band of the fire brigade on deck."


def page(inside: str = "", head: str = "", title: str = "A boat for the baker") -> str:
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title} | The Quay</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/fish'>Fish market</a></nav>"
        f"<article><h1>{title}</h1><p>{FIRST}</p>{inside}<p>{SECOND}</p><p>{THIRD}</p></article>"
        "<footer>All rights with the Quay</footer></body></html>"
    )


def document(html: str | bytes) -> Document:
    content = html.encode() if isinstance(html, str) else html
    found = read_html(SourceFile("p/boat.html", "boat.html", "p", content))
    assert isinstance(found, Document)
    return found


def article(html: str | bytes) -> Article:
    return page_article(document(html), ZoneInfo("UTC"))


def test_the_article_is_kept_and_the_page_round_it_is_dropped_with_reasons() -> None:
    found = article(page())
    assert found.markdown == f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n"
    assert ledger(found.fates)["dropped"] == {"footer": 1, "navigation": 1}


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>On board</h2><p>" + THIRD + "</p>", "## On board"),
        ("<ul><li>bread<ul><li>rye</li></ul></li><li>salt</li></ul>", "- bread\n  - rye\n- salt"),
        ("<ol><li>cast off</li><li>row</li></ol>", "1. cast off\n2. row"),
        ("<blockquote><p>A good boat.</p><p>I am glad.</p></blockquote>", "> A good boat.\n>\n> I am glad."),
        ("<table><tr><th>Day</th><th>Fish</th></tr><tr><td>Monday</td><td>a|b</td></tr></table>", "| Day | Fish |\n| --- | --- |\n| Monday | a\\|b |"),
        ("<pre><code class='language-python'>row()\n  rest()\n</code></pre>", "```python\nrow()\n  rest()\n```"),
        ("<p>See <a href='/timetable'>the <b>timetable</b> here</a>, it is <em>new</em> and <code>a*b</code>.</p>", "See [the **timetable** here](/timetable), it is *new* and `a*b`."),
        ("<iframe src='https://video.example/embed/7' title='The launch'></iframe>", "[The launch](https://video.example/embed/7)"),
    ],
)  # fmt: skip
def test_structure_becomes_markdown(html: str, markdown: str) -> None:
    assert f"\n\n{markdown}\n\n" in article(page(html)).markdown


def test_links_inside_of_a_page_lead_to_our_anchors_or_lose_their_address() -> None:
    inside = (
        "<p>See <a href='#deck'>the deck</a>, <a href='https://quay.example/boat#deck'>again</a> and <a href='#nowhere'>nothing</a> of it today.</p>"
        f"<h2><a id='deck'></a>On the deck</h2><p>{THIRD}</p>"
    )
    head = "<link rel='canonical' href='https://quay.example/boat'>"
    markdown = article(page(inside, head)).markdown
    assert "See [the deck](#on-the-deck), [again](#on-the-deck) and nothing of it today." in markdown
    assert 'id="on-the-deck"' in render_markdown(markdown, MarkdownSettings(), folder="").html


@pytest.mark.parametrize(
    ("call", "notes"),
    [
        ("<sup><a href='#fn1'>1</a></sup>", "<ol class='footnotes'><li id='fn1'>The baker said so. <a href='#ref1'>↩</a></li></ol>"),
        ("<a class='footnote-ref' href='#n-1'><sup>[1]</sup></a>", "<div id='n-1'><p>The baker said so.</p></div>"),
        ("<sup id='r'><a href='#note'>*</a></sup>", "<p><a id='note' href='#r'></a>The baker said so.</p>"),
    ],
)  # fmt: skip
def test_footnotes_of_a_page_stay_footnotes(call: str, notes: str) -> None:
    found = article(page(f"<p>She had asked for it{call} in spring, and they all agreed at once.</p>" + notes))
    assert "She had asked for it[^1] in spring" in found.markdown
    assert "\n[^1]: The baker said so." in found.markdown
    html = render_markdown(found.markdown, MarkdownSettings(), folder="").html
    assert "The baker said so." in html
    assert "[^1]" not in html


def test_a_figure_keeps_its_caption_and_tells_its_credit_apart() -> None:
    figure = (
        "<figure><img src='boat.jpg' alt='A boat'><figcaption>The boat at noon. (Photo: Jo Field)</figcaption></figure>"
    )
    found = article(page(figure))
    (picture,) = found.pictures
    assert (picture.src, picture.alt, picture.credit) == ("boat.jpg", "A boat", "Jo Field")
    assert picture.caption.startswith("The boat at noon")
    assert '![A boat](boat.jpg "The boat at noon. (Photo: Jo Field)")' in found.markdown


def test_fields_are_read_where_the_page_states_them() -> None:
    data = {"@type": "NewsArticle", "headline": "A boat for the baker", "datePublished": "2020-05-05T17:03:00+02:00",
            "author": [{"@type": "Person", "name": "Ada Miller"}, {"@type": "Person", "name": "Jo Field"}], "keywords": ["boats", "bread"]}  # fmt: skip
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script><link rel='canonical' href='https://quay.example/boat'>"
    found = article(page(head=head))
    assert found.title.value == "A boat for the baker"
    assert found.date and (found.date.value, found.date.origin) == (
        "2020-05-05T17:03:00+02:00",
        "json-ld datePublished",
    )
    assert found.authors and found.authors.value == ["Ada Miller", "Jo Field"]
    assert found.tags and found.tags.value == ["boats", "bread"]
    assert found.lang and found.lang.value == "en"
    assert found.source.url == "https://quay.example/boat"


def test_a_page_that_states_no_date_and_no_author_gets_none() -> None:
    found = article(page())
    assert found.date is None
    assert found.authors is None


def test_the_name_of_the_site_is_learnt_from_its_titles(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for n, title in enumerate(("A boat", "A long pier", "The old lamp", "Bread and salt", "Low water")):
        html = re.sub(r"<h1>.*?</h1>", "", page(title=title)).replace(" | ", " - ")
        (tmp_path / "raw" / f"{n}.html").write_text(html, "utf-8")
    report = import_sources([str(tmp_path / "raw")], ImportOptions(into=tmp_path / "out", bases=tmp_path / "bases"))
    assert [done.article.title.value for done in report.done] == [
        "A boat",
        "A long pier",
        "The old lamp",
        "Bread and salt",
        "Low water",
    ]


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>here</a>", "<svg onload=alert(1)></svg>",
        "<a href='java\nscript:alert(1)'>here</a>", "<iframe src='javascript:alert(1)'></iframe>", "<p>&lt;script&gt;alert(1)&lt;/script&gt; they wrote</p>",
        "<a href='data:text/html,x'>here</a>", '<figure><img src=y.jpg><figcaption>a " onload="alert(1) &lt;script&gt;</figcaption></figure>',
        "<p>[x](javascript:alert(1)) they wrote</p>", "<pre>```\n&lt;script&gt;alert(1)&lt;/script&gt;</pre>",
    ],
)  # fmt: skip
def test_nothing_that_runs_comes_through(payload: str) -> None:
    html = render_markdown(article(page(payload)).markdown, MarkdownSettings(), folder="").html
    assert not re.search(
        r"<script|<svg|<iframe|<[^>]*\son\w+\s*=|(?:href|src)=[\"']?\s*(?:javascript|data:text)",
        re.sub(r'="[^"]*"', lambda m: m[0] if "script:" in m[0] else '=""', html),
        re.IGNORECASE,
    )


def test_an_encoding_that_the_page_declares_is_used() -> None:
    html = page(
        "<p>Die Bäckerei schließt früher, und alle Brötchen sind schon am Mittag verkauft.</p>",
        "<meta charset='iso-8859-1'>",
    )
    found = document(html.encode("cp1252"))
    assert found.markup and "Bäckerei schließt früher" in found.markup.markdown
    assert found.notes


def test_deep_nesting_is_read_and_an_empty_page_is_a_problem() -> None:
    assert "named after the baker" in article(page("<div>" * 3000 + SECOND + "</div>" * 3000)).markdown
    assert isinstance(read_html(SourceFile("p/x.html", "x.html", "p", b"<html><body> </body></html>")), Problem)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</p>", "<ul><li>", "</ul>", "<table><tr><td>", "</table>", "<b>", "</i>", "<pre>", "<blockquote>", "<h2>", "</h2>", "<br>", "<a href='/x'>", "</a>", "<figure><img src=a.png>", "<figcaption>", "word ", "two words. ", "* _ [x] `", "<td>", "</article>", "&amp;", "<h1>"]), max_size=40))  # fmt: skip
def test_every_leaf_has_one_fate_and_the_ledger_adds_up(parts: list[str]) -> None:
    found = document(page("".join(parts)))
    one = article(page("".join(parts)))
    account = ledger(one.fates)
    assert account["blocks"] == len(found.blocks)
    assert account["blocks"] == account["fields"] + account["body"] + account["links"] + sum(
        account["dropped"].values()
    )
    assert one == article(page("".join(parts)))


@pytest.mark.parametrize(
    ("name", "sure"), [("quaymaster", 0.55), ("Ada Miller", 0.95), ("undefined", None), ("baker-23", None)]
)
def test_an_author_known_by_a_login_alone_is_less_sure(name: str, sure: float | None) -> None:
    data = {"@type": "NewsArticle", "author": {"@type": "Person", "name": name}}
    found = article(page(head=f"<script type='application/ld+json'>{json.dumps(data)}</script>"))
    assert (found.authors.confidence if found.authors else None) == sure


def test_the_day_that_a_page_shows_beats_one_that_it_tells_machines_alone() -> None:
    data = {"@type": "NewsArticle", "datePublished": "2019-02-03"}
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    shown = page(head=head).replace("</h1>", "</h1><p>4 May 2021</p>")
    both = shown.replace("</h1>", "</h1><p>First shown on 3 February 2019</p>")
    dates = [
        found.date.value if found.date else "" for found in (article(page(head=head)), article(shown), article(both))
    ]
    assert dates == ["2019-02-03", "2021-05-04", "2019-02-03"]


@pytest.mark.parametrize(
    ("stated", "shown", "day"),
    [
        ("2024-02-21T11:54:45+00:00", "Last updated: 26 October 2025", "2025-10-26"),
        ("2024-02-21T11:54:45+00:00", "Updated: 26 October 2025</p><p>Published: 23 February 2024", "2024-02-23"),
        ("2024-02-21T11:54:45+00:00", "26 October 2025", "2025-10-26"),
        ("2025-12-19T03:05:00+00:00", "December 18, 2025", "2025-12-18"),
        ("2024-09-10T16:07:00+00:00", "09.10.2024", "2024-09-10"),
    ],
)
def test_the_shown_day_counts_that_of_a_change_last_and_another_zone_or_order_makes_no_other_day(
    stated: str, shown: str, day: str
) -> None:
    head = f"<meta property='article:published_time' content='{stated}'>"
    html = page(head=head).replace("<h1>", f"<p>{shown}</p><h1>")
    found = article(html).date
    assert found is not None
    assert found.value[:10] == day


def test_a_title_stands_without_its_kicker_and_a_site_is_no_title() -> None:
    kicker = page().replace("<h1>", "<h1><span class='kicker'>Harbour news</span> ")
    assert article(kicker).title.value == "A boat for the baker"
    site = page().replace("<h1>A boat for the baker</h1>", "<h2>A boat for the baker</h2>")
    site = site.replace("<nav>", "<header><h1>The Quay</h1></header><nav>")
    assert article(site).title.value == "A boat for the baker"


def test_a_page_that_closes_too_early_is_read_to_its_end() -> None:
    """As browsers do: a header's template has the end of the page in it."""
    found = article(page().replace("<article>", "</BODY>\n</html >\n<article>", 1))
    assert found.title.value == "A boat for the baker"
    assert found.markdown == f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n"


def test_half_an_element_for_pages_without_scripts_swallows_nothing() -> None:
    """Both halves stand in the page, each where only a browser without scripts would read it."""
    half = "<noscript><div class='unscripted'></noscript>"
    found = article(
        page().replace("<article>", f"{half}<article>", 1).replace("<footer>", "<noscript></div></noscript><footer>", 1)
    )
    assert found.markdown == f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n"
