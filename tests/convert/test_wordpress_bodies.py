"""Bodies of WordPress posts: what an editor stored, and the Markdown that it becomes beside it in `wordpress/`."""
# ruff: noqa: E501 -- fragments of posts stand in one piece

import re
import time
from pathlib import Path

import pytest

from sitegen.convert.exports.body import body_from
from sitegen.convert.wordpress.body import leaves_of_post
from sitegen.convert.wordpress.library import Attachment, Library

LIMIT_S = 2.0  # of processor time
FIXTURES = Path(__file__).parent / "wordpress"
BOAT = Attachment("7", "https://quay.example/boat.jpg", "boat", "The new boat", "The boat at the pier", "1", 1)
QUAY = Attachment("8", "https://quay.example/quay.jpg", "Quay", parent="1", order=2)
BELL = Attachment("9", "https://quay.example/bell.mp3", "The bell", "Rung at noon")
LIBRARY = Library({one.id: one for one in (BOAT, QUAY, BELL)}, {"1": [BOAT, QUAY]}, {})
REUSABLE = {"31": "<!-- wp:paragraph --><p>Tickets are sold on board.</p><!-- /wp:paragraph -->"}
NOTES = '[{"id":"a1b2","content":"Summer only."}]'


def converted(content: str) -> str:
    leaves, counted = leaves_of_post(content, "1", LIBRARY, REUSABLE, "https://quay.example/", NOTES)
    return body_from(leaves, counted.dropped).markdown


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.html")))
def test_a_post_becomes_the_markdown_beside_it(name: str) -> None:
    content = (FIXTURES / f"{name}.html").read_text("utf-8")
    assert converted(content) == (FIXTURES / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.html")))
def test_every_word_of_a_post_is_in_its_markdown_or_named_as_dropped(name: str) -> None:
    content = (FIXTURES / f"{name}.html").read_text("utf-8")
    leaves, counted = leaves_of_post(content, "1", LIBRARY, REUSABLE, "https://quay.example/", NOTES)
    body = body_from(leaves, counted.dropped)
    kept = body.markdown + " ".join(text for text, _ in counted.dropped)
    shown = re.sub(
        r"<!--.*?-->|<[^>]*>|\[/?(?:caption|gallery|embed|playlist|video|audio|youtube|sourcecode|ref)[^\]]*\]",
        " ",
        content,
        flags=re.DOTALL,
    )
    assert not [word for word in re.findall(r"[^\W\d_]{3,}", shown) if word not in kept]
    assert len(body.fates) == len(body.blocks)


def test_unknown_shortcodes_stay_and_are_counted() -> None:
    _, counted = leaves_of_post((FIXTURES / "shortcodes.html").read_text("utf-8"), "1", LIBRARY, {}, "")
    assert dict(counted.unknown) == {"contact-form-7": 1, "spoiler": 1}
    assert [reason for _, reason in counted.dropped] == ["layout shortcode", "layout shortcode"]


def test_blocks_that_wordpress_fills_in_are_dropped_with_their_reason() -> None:
    _, counted = leaves_of_post((FIXTURES / "blocks.html").read_text("utf-8"), "1", LIBRARY, REUSABLE, "", NOTES)
    assert [reason for _, reason in counted.dropped] == ["block that WordPress fills in"]
    assert dict(counted.unknown) == {"wp:acme/price": 1}


@pytest.mark.parametrize(
    "content",
    ["[caption]" * 3000, "[a]" * 3000 + "[/a]" * 3000, "[gallery " * 3000, "<!-- wp:x {" * 2000, "[a b='" * 3000,
     "<div>" * 3000 + "a\n\n" * 3000, '<!-- wp:block {"ref":31} /-->' * 500, "\n" * 50_000,
     "https://a.example/\n" * 3000, "[code]" * 30_000 + "[/php]"],
)  # fmt: skip
def test_hostile_posts_end_quickly(content: str) -> None:
    began = time.process_time()
    reusable = {"31": '<!-- wp:block {"ref":31} /--><p>again</p>' * 3}
    leaves, counted = leaves_of_post(content, "1", LIBRARY, reusable, "")
    body_from(leaves, counted.dropped)
    assert time.process_time() - began < LIMIT_S


@pytest.mark.parametrize(
    "content",
    ['<hr class="sitegen-gallery">', '<hr class="sitegen-gallery-end">', '<blockquote><div class="gallery"><img src=a.jpg><img src=b.jpg></div></blockquote>',
     '<b><div class="gallery"><img src=a.jpg><img src=b.jpg></div></b>', '<div class="gallery"><div class="gallery"><img src=a.jpg><img src=b.jpg></div></div>',
     '<ul class="gallery"><li><img src=a.jpg></li><li><img src=b.jpg></li></ul>', '<table><tr><td><div class="gallery"><img src=a.jpg><img src=b.jpg></div></td></tr></table>'],
)  # fmt: skip
def test_a_gallery_is_opened_and_closed_or_neither(content: str) -> None:
    markdown = converted(f"before\n\n{content}\n\nafter")
    assert markdown.count("<div") == markdown.count("</div>")
