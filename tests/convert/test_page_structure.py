"""What the structure of saved pages becomes: headings that link, tables of contents, typed lists, pages laid out as lists."""
# ruff: noqa: E501 -- the invented pages stand in one piece

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.markdown import MarkdownSettings, render_markdown
from sitegen.convert.document import ledger
from sitegen.convert.html.inline import finished
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.typed import typed_lists
from tests.convert.test_html import FIRST, SECOND, THIRD, article, document, page


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


def test_a_list_that_leads_elsewhere_and_into_the_page_is_no_table_of_contents() -> None:
    inside = (
        "<ul><li>The <a href='#deck'>deck</a>, where the band of the fire brigade plays until the lamps are lit</li>"
        "<li>The <a href='/galley'>galley</a>, where the bread for everybody on board is baked by the baker</li></ul>"
        f"<h2 id='deck'>On deck</h2><p>{THIRD}</p>"
    )
    assert "- The [deck](#on-deck), where" in article(page(inside)).markdown


def test_a_list_whose_entries_hold_headings_lays_out_a_page() -> None:
    inside = f"<ul><li><h2>On deck</h2><p>{THIRD}</p><ul><li>bread for the whole crew, and for the band</li><li>salt, as the baker had told them twice</li></ul></li><li><h2>Below</h2><p>{SECOND} It was dark.</p></li></ul>"
    markdown = article(page(inside)).markdown
    assert (
        f"## On deck\n\n{THIRD}\n\n- bread for the whole crew, and for the band\n- salt, as the baker had told them twice\n\n## Below"
        in markdown
    )


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
