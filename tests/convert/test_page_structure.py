"""What the structure of saved pages becomes: headings that link, tables of contents, typed lists, pages laid out as lists."""
# ruff: noqa: E501 -- the invented pages stand in one piece

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from sitegen.content.markdown import MarkdownSettings, render_markdown
from sitegen.convert.document import Source, ledger
from sitegen.convert.html.blocks import leaves_of
from sitegen.convert.html.content import _between
from sitegen.convert.html.fields import Facts
from sitegen.convert.html.inline import finished
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.link_lists import with_sources, without_contents
from sitegen.convert.html.signals import Signals
from sitegen.convert.html.typed import typed_lists
from sitegen.convert.readers.html import fragment_document
from tests.convert.test_html import FIRST, SECOND, THIRD, article, document, page


def fragment(html: str) -> str:
    """The body of an article that is given without its page, of which nothing is left out."""
    source = Source(path="p/boat.html", name="boat.html", format="html", sha256="", group="")
    found = fragment_document(html, Facts(), source)
    assert found is not None
    assert found.markup is not None
    return found.markup.markdown


def html_of(markdown: str) -> str:
    return re.sub(r' href="[^"]*"', "", render_markdown(markdown, MarkdownSettings(), folder="").html)


def test_a_link_that_is_a_part_of_a_heading_stays_in_it() -> None:
    found = article(page(f"<h2>1. The <a href='https://bread.example/'>Baker</a></h2><p>{THIRD}</p>"))
    assert "\n## 1. The [Baker](https://bread.example/)\n" in found.markdown
    assert "link of a heading" not in ledger(found.fates)["dropped"]


def test_where_a_whole_heading_leads_is_told_in_the_ledger() -> None:
    found = document(page(f"<h2><a href='https://bread.example/'>The Baker</a></h2><p>{THIRD}</p>"))
    assert found.markup is not None
    assert "\n## The Baker\n" in found.markup.markdown
    assert ledger(found.markup.fates)["dropped"]["link of a heading"] == 1
    assert found.blocks[-1].text == "The Baker → https://bread.example/"
    assert len(found.blocks) == len(found.markup.fates)


@pytest.mark.parametrize("href", ["#baker", "https://quay.example/boat#baker", "https://quay.example/boat"])
def test_a_heading_that_leads_to_its_own_page_has_lost_nothing(href: str) -> None:
    head = "<link rel='canonical' href='https://quay.example/boat'>"
    found = article(page(f"<h2 id='baker'><a href='{href}'>The Baker</a></h2><p>{THIRD}</p>", head))
    assert "\n## The Baker\n" in found.markdown
    assert "link of a heading" not in ledger(found.fates)["dropped"]


def test_headings_that_head_nothing_and_lead_elsewhere_are_a_list_of_links() -> None:
    cards = "".join(
        f"<h2><a href='https://bread.example/{name}'>{name} bread as the old baker of the island has always made it</a></h2>"
        for name in ("Rye", "Oat", "Corn")
    )
    found = article(page(f"<p>{SECOND}</p>{cards}<h2>On deck</h2><p>{THIRD}</p>"))
    assert (
        "- [Rye bread as the old baker of the island has always made it](https://bread.example/Rye)\n" in found.markdown
    )
    assert (
        "- [Corn bread as the old baker of the island has always made it](https://bread.example/Corn)\n"
        in found.markdown
    )
    assert "## Rye bread" not in found.markdown


def test_a_table_of_contents_is_left_out_with_its_reason() -> None:
    inside = (
        "<p>Contents</p><ul><li><a href='#deck'>On deck</a></li><li><a href='#bread'>Of bread</a></li></ul>"
        f"<h2 id='deck'>On deck</h2><p>{THIRD}</p><h2 id='bread'>Of bread</h2><p>{FIRST} And more of it.</p>"
    )
    found = article(page(inside))
    assert "](#" not in found.markdown
    assert "## On deck" in found.markdown
    assert ledger(found.fates)["dropped"]["table of contents"] >= 2


@pytest.mark.parametrize(
    ("heading", "kept"),
    [("1. The rope", False), ("<a name='rope'></a>What holds", False), ("Below", True)],
)
def test_a_list_that_leads_into_the_page_is_its_table_of_contents_where_it_names_headings(
    heading: str, kept: bool
) -> None:
    """A list of what an author chose, whose places were never headings, is the article's."""
    entries = "".join(f"<li><a href='#{name.lower()}'>The {name}</a></li>" for name in ("Rope", "Bell"))
    inside = f"<p>{SECOND}</p><ol>{entries}</ol><h2>{heading}</h2><p>{THIRD}</p>"
    leaves = leaves_of(document_fromstring(f"<main>{inside}</main>"))
    reasons = ["" for _ in leaves]
    without_contents(leaves, reasons)
    assert any(reasons) is not kept
    assert [leaf.kind for leaf, reason in zip(leaves, reasons, strict=True) if reason] == ([] if kept else ["item"] * 2)


def test_a_list_that_leads_elsewhere_and_into_the_page_is_no_table_of_contents() -> None:
    inside = (
        "<ul><li>The <a href='#deck'>deck</a>, where the band of the fire brigade plays until the lamps are lit</li>"
        "<li>The <a href='/galley'>galley</a>, where the bread for everybody on board is baked by the baker</li></ul>"
        f"<h2 id='deck'>On deck</h2><p>{THIRD}</p>"
    )
    assert "- The [deck](#on-deck), where" in article(page(inside)).markdown


@pytest.mark.parametrize(
    ("box", "second", "base", "kept"),
    [
        ("<ul>{}</ul>", "<a href='https://rye.example/'>All about rye</a>, by Ada", "https://quay.example/boat", True),
        ("<h2>Sources</h2><ol>{}</ol>", "<a href='https://rye.example/'>All about rye</a>", "https://quay.example", True),
        ("<ul>{}</ul>", "<a href='https://fish.quay.example/'>Fish of the week</a>", "https://www.quay.example", False),
        ("<ul>{}</ul>", "<a href='/rye'>All about rye</a>", "https://quay.example", False),
        ("<ul>{}</ul>", "All about rye, and of oat", "https://quay.example", False),
        ("<ul>{}</ul>", "<a href='https://rye.example/'>All about rye</a>", "", False),
        ("<ul class='share'>{}</ul>", "<a href='https://rye.example/'>All about rye</a>", "https://quay.example", False),
        ("<p>More.</p><p>More.</p><p>More.</p><ul>{}</ul>", "<a href='https://rye.example/'>All about rye</a>", "https://quay.example", False),
    ],
)  # fmt: skip
def test_a_list_below_the_article_that_leads_to_other_sites_alone_names_its_sources(
    box: str, second: str, base: str, kept: bool
) -> None:
    entries = f"<li><a href='https://tools.example/rope'>The book of rope</a></li><li>{second}</li>"
    leaves = leaves_of(document_fromstring(f"<main><p>{FIRST}</p>{box.format(entries)}</main>"), base)
    reasons = ["", *("after the article" for _ in leaves[1:])]
    with_sources(leaves, reasons, base)
    assert (set(reasons) == {""}) is kept
    assert any(reasons) is not kept


def test_a_list_of_names_of_networks_below_the_article_names_no_sources() -> None:
    entries = "".join(f"<li><a href='https://{name}.example/quay'>{name}</a></li>" for name in ("Bird", "Face", "Tube"))
    leaves = leaves_of(document_fromstring(f"<main><p>{FIRST}</p><ul>{entries}</ul></main>"))
    reasons = ["", *("after the article" for _ in leaves[1:])]
    with_sources(leaves, reasons, "https://quay.example/boat")
    assert all(reasons[1:])


def test_a_list_whose_entries_hold_headings_lays_out_a_page() -> None:
    inside = f"<ul><li><h2>On deck</h2><p>{THIRD}</p><ul><li>bread for the whole crew, and for the band</li><li>salt, as the baker had told them twice</li></ul></li><li><h2>Below</h2><p>{SECOND} It was dark.</p></li></ul>"
    markdown = article(page(inside)).markdown
    assert (
        f"## On deck\n\n{THIRD}\n\n- bread for the whole crew, and for the band\n- salt, as the baker had told them twice\n\n## Below"
        in markdown
    )


def test_entries_of_a_list_that_are_nothing_but_headings_are_a_list() -> None:
    names = ("Lamp", "Bell", "Rope")
    entries = "".join(f"<li><h2><a href='https://tools.example/{one}'>{one}</a></h2></li>" for one in names)
    markdown = fragment(f"<h4>What the mate wants</h4><ul>{entries}</ul><h3>On deck</h3><p>{THIRD}</p>")
    assert markdown.startswith("#### What the mate wants\n\n- [Lamp](https://tools.example/Lamp)\n- [Bell](")


def test_a_heading_that_alone_is_a_list_with_a_number_stays_a_heading() -> None:
    inside = f"<p>{SECOND}</p><ol><li><h2>On deck</h2></li></ol><p>{THIRD}</p><ol start='2'><li><h2>Below</h2></li></ol><p>{FIRST} It was dark.</p>"
    assert f"## On deck\n\n{THIRD}\n\n## Below\n" in article(page(inside)).markdown


@pytest.mark.parametrize(
    "heading",
    [
        "<h3><button aria-expanded='false'>Who may come?</button></h3>",
        "<button><div><h3>Who may come?</h3></div></button>",
    ],
)
def test_a_heading_that_unfolds_what_is_below_it_is_a_heading(heading: str) -> None:
    markdown = article(page(f"<p>{SECOND} So it was.</p>{heading}<div><p>{THIRD} Everybody may.</p></div>")).markdown
    assert f"### Who may come?\n\n{THIRD} Everybody may." in markdown


def test_a_button_that_is_no_heading_is_none_of_the_article() -> None:
    assert "Subscribe" not in article(page("<div><button>Subscribe now</button></div>")).markdown


def test_what_stands_in_a_box_with_a_heading_is_no_quotation() -> None:
    inside = f"<p>{SECOND} So it was.</p><blockquote><h3>What to do</h3><ul><li>Bring bread for everybody on the boat</li><li>Light the lamps before the night falls</li></ul></blockquote><blockquote><p>{THIRD} So she said.</p></blockquote>"
    markdown = article(page(inside)).markdown
    assert "\n### What to do\n\n- Bring bread for everybody on the boat\n" in markdown
    assert f"\n> {THIRD} So she said.\n" in markdown


def test_whose_a_quotation_is_stands_below_it_and_is_no_caption() -> None:
    said = "<figcaption><a href='https://ada.example/'>Ada Miller</a>, the mate</figcaption>"
    markdown = fragment(f"<figure><blockquote><p>{SECOND}</p></blockquote>{said}</figure><p>{THIRD}</p>")
    assert markdown == f"> {SECOND}\n\n[Ada Miller](https://ada.example/), the mate\n\n{THIRD}\n"


def test_two_headings_one_under_the_other_are_both_kept() -> None:
    inside = f"<p>{SECOND} So it was.</p><h3>The baker</h3><h2>Her bread</h2><p>{THIRD} And more.</p>"
    assert "### The baker\n\n## Her bread\n" in article(page(inside)).markdown


def test_a_heading_whose_content_is_left_out_goes_with_it() -> None:
    box = "<h2>Share the boat</h2><div class='share-buttons'><a href='https://social.example/'>Tell your friends</a></div>"
    markdown = article(page(f"<p>{SECOND} So it was.</p>{box}<h2>Her bread</h2><p>{THIRD} And more.</p>")).markdown
    assert "Share the boat" not in markdown
    assert "## Her bread" in markdown


def test_what_is_marked_as_a_heading_but_has_many_lines_is_text() -> None:
    markdown = fragment(f"<h3>1. Cast off<br>2. Row to the island<br>3. Rest on the pier</h3><h2>Her bread</h2><p>{THIRD}</p>")  # fmt: skip
    assert markdown.startswith("1. Cast off\n2. Row to the island\n3. Rest on the pier\n\n## Her bread\n")


def test_links_to_one_place_that_touch_are_one() -> None:
    href = "https://bread.example/"
    markdown = fragment(f"<p><a href='{href}'>Con</a><a href='{href}'>tact</a>, or <a href='{href}'>them</a> <a href='/x'>now</a></p>")  # fmt: skip
    assert markdown == f"[Contact]({href}), or [them]({href}) [now](/x)\n"


def test_a_comment_in_the_entry_of_a_list_breaks_nothing() -> None:
    html = "<article><div>\nREAD: The ferry\n<ul><li><![CDATA[\n\xad>"  # a comment to the parser
    assert document(html).blocks
    assert FIRST in article(page("<ul><li><!-- x --></li><li>bread<!-- y --></li></ul>")).markdown


@pytest.mark.parametrize(
    "inside",
    [
        f"<ul>{'<li><h2>a b c</h2></li>' * 3000}</ul>",
        f"<p>{'[a](b) ' * 6000}</p>",
        f"<p>{'<a href=x>a</a>' * 3000}</p>",
        f"<figure><blockquote>a</blockquote>{'<figcaption>a</figcaption>' * 3000}</figure>",
        "<h2>a</h2>" * 3000,
    ],
)
def test_a_page_of_thousands_of_entries_is_read_in_time_that_grows_with_it(inside: str) -> None:
    began = time.process_time()
    document(page(inside))
    assert time.process_time() - began < 6  # about 1 s; with the square of their number 10 s and more


def test_a_page_that_lies_in_a_button_which_was_never_closed_is_read() -> None:
    html = page().replace("<article>", "<button aria-label='Menu'><div><span>Menu</span></button><article>")
    assert f"{FIRST}\n\n{SECOND}" in article(html).markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Bring with you:<br>• bread<br>• salt</p>", "Bring with you:\n\n- bread\n- salt"),
        ("<p>1. cast off<br>2. row<br>3. rest</p>", "1. cast off\n2. row\n3. rest"),
        ("<p>• bread for the whole crew</p><p>• salt</p>", "- bread for the whole crew\n\n- salt"),
        ("<p>In 2019. it rained.<br>In 2020. it did not.</p>", "In 2019. it rained.\\\nIn 2020. it did not."),
        ("<p>1984. A year like any other on the island.</p>", "1984\\. A year like any other on the island."),
        ("<p>– No, said the baker to the crew on deck.</p>", "– No, said the baker to the crew on deck."),
    ],
)  # fmt: skip
def test_what_is_typed_as_a_list_is_one_and_what_is_not_stays(html: str, markdown: str) -> None:
    assert f"\n\n{markdown}\n\n" in article(page(html)).markdown


@given(st.lists(st.sampled_from(["• a", "1\\. b", "2\\. c", "3\\. d", "e f", "– g\\\n– h"]), max_size=8))
def test_typed_lists_lose_no_word(lines: list[str]) -> None:
    found = typed_lists([Leaf(kind="text", markdown=line, text=line) for line in lines])
    words = [word for line in lines for word in line.replace("\\", " ").split() if word.isalpha()]
    assert [word for leaf in found for word in leaf.markdown.replace("\\", " ").split() if word.isalpha()] == words


@pytest.mark.parametrize(
    ("html", "rendered"),
    [
        ("<b><a href='/u'><b>rye</b></a></b>, <a href='/v'><b>oat</b></a> and", "<strong><a>rye</a></strong>, <a><strong>oat</strong></a> and"),
        ("<b>1</b><b>. Rye</b> and", "<strong>1. Rye</strong> and"),
        ("old<b>“rye”</b>bread and", "old <strong>“rye”</strong> bread and"),
    ],
)  # fmt: skip
def test_strong_words_of_a_page_are_strong_in_ours(html: str, rendered: str) -> None:
    markdown = article(page(f"<p>{html} much more of what the baker bakes for the whole crew.</p>")).markdown
    assert rendered in html_of(markdown)


def test_marks_in_code_are_no_marks() -> None:
    assert finished("`a**b`c **d**", "text") == "`a**b`c **d**"


def test_what_is_written_a_sentence_a_line_stays_so() -> None:
    inside = "<p>\n  The lamp was lit.\n  Then <em>she</em> came.\n  It was late!\n</p><blockquote><p>Row.\nRest (a little).\nRow again.</p></blockquote>"
    markdown = fragment(inside)
    assert markdown == (
        "The lamp was lit.\nThen *she* came.\nIt was late!\n\n> Row.\n> Rest (a little).\n> Row again.\n"
    )
    assert html_of(markdown).count("<p>") == 2


@pytest.mark.parametrize(
    "inside",
    [
        "The lamp was lit, and\nthe whole quay saw it. She\ncame late.",  # lines of any length
        "She said 1.\n2. was lit.",  # would be an entry of a list
        "The lamp was lit.\n- and put out.",
        "The lamp was lit.\n# she said.",
    ],
)
def test_all_other_lines_of_a_source_are_spaces(inside: str) -> None:
    assert "\n" not in fragment(f"<p>{inside}</p>").strip()


def test_lines_by_sentence_stay_in_their_entry_and_out_of_links_headings_and_cells() -> None:
    said = "One lamp.\nTwo bells."
    assert fragment(f"<ul><li>{said}</li><li>{said}</li></ul>") == 2 * "- One lamp.\n  Two bells.\n"
    assert fragment(f"<h3>{said}</h3>") == "### One lamp. Two bells.\n"
    assert fragment(f"<p><a href='/a'>{said}</a></p>") == "[One lamp. Two bells.](/a)\n"
    assert "| One lamp. Two bells. | b |" in fragment(f"<table><tr><th>{said}</th><th>b</th></tr></table>")


def test_two_stretches_of_code_that_touch_are_two() -> None:
    markdown = fragment("<p>Press <kbd>Ctrl</kbd><kbd>K</kbd> and <code>go</code><b><code>on</code></b>.</p>")
    assert markdown == "Press `Ctrl` `K` and `go`**`on`**.\n"
    assert html_of(markdown).count("<code>") == 4


@pytest.mark.parametrize(("zone", "kept"), [("quay", True), ("menu", True), ("menu deep", False)])
def test_a_table_between_two_texts_of_the_article_needs_fewer_points_as_a_whole(zone: str, kept: bool) -> None:
    """But not in a part of the page that says that it is another thing; a zone round all the article says nothing."""
    table = "<table><tr><th>Year</th><th>Fish</th></tr><tr><td>1990</td><td>12</td></tr><tr><td>1991</td><td>9</td></tr></table>"
    table = f"<div class='share'>{table}</div>" if "deep" in zone else table
    root = document_fromstring(f"<div class='{zone.split(maxsplit=1)[0]}'><p>{FIRST}</p>{table}<p>{SECOND}</p></div>")
    leaves = leaves_of(root)
    keep = [leaf.kind != "row" for leaf in leaves]
    assert keep == [True, False, False, False, True]
    _between(leaves, Signals(leaves, ""), [0.5, -0.8, -0.8, -0.8, 0.5], keep)
    assert all(keep) is kept


@pytest.mark.parametrize(
    ("inside", "kept"), [("<tr><td>{}</td><td>12</td></tr>", True), ("<ul><li>{}</li></ul>", False)]
)
def test_a_table_in_the_midst_of_the_article_needs_fewer_points_than_a_list_there(inside: str, kept: bool) -> None:
    """Prices and ratings are full of links and poor in sentences, and a menu is no table."""
    box = inside.format("<a href='/rye'>Rye</a>") + inside.format("<a href='/oat'>Oat</a>")
    leaves = leaves_of(document_fromstring(f"<p>{FIRST}</p>{f'<table>{box}</table>' if kept else box}<p>{SECOND}</p>"))
    keep = [leaf.kind == "text" for leaf in leaves]
    assert keep == [True, False, False, True]
    _between(leaves, Signals(leaves, ""), [0.5, -1.8, -1.8, 0.5], keep)
    assert keep == [True, kept, kept, True]


def test_a_list_of_definitions_stays_one() -> None:
    inside = "<dl><dt>Lamp</dt><dd>A light.</dd><dt><b>Bell</b></dt><dd><p>It rings.<br>Often.</p><p>And loud.</p></dd><dd>A sign.</dd></dl>"
    markdown = fragment(inside)
    assert markdown == "Lamp\n: A light.\n\n**Bell**\n: It rings.\\\n  Often.\n\n  And loud.\n: A sign.\n"
    html = html_of(markdown)
    assert (html.count("<dt>"), html.count("<dd>"), html.count("<dl>")) == (2, 3, 1)


@pytest.mark.parametrize(
    "inside",
    [
        "<dl><dd>Nothing is named.</dd></dl><p>: Nor here.</p>",
        "<dl><dt>Rope</dt><dt>Line<br>Cord</dt><dd>To hold.</dd></dl>",  # terms that Markdown cannot write
        "<ul><li><dl><dt>Rope</dt><dd>To hold.</dd></dl></li></ul>",
        "<dl><dt>Rope</dt></dl><dl><dd>To hold.</dd></dl>",
    ],
)
def test_what_markdown_has_no_list_of_definitions_for_is_paragraphs(inside: str) -> None:
    html = html_of(fragment(inside))
    assert "<dl>" not in html
    assert re.sub(r"<[^>]*>|\s", "", html) == re.sub(r"<[^>]*>|\s", "", inside)
