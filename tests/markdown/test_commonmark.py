"""The CommonMark specification's 652 examples through sitegen's own configuration.

What every example may show differently stands in `HOUSE`, what single examples do in `EXTENSIONS`, each with its
reason. The specification comes from the npm package `commonmark-spec` and is not copied into the repository.
"""

import os
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from sitegen.content.markdown import MarkdownSettings, Rendered, render_by_the_book, render_markdown

SETTINGS = MarkdownSettings(highlight=False)  # colours are tested elsewhere; the examples are about structure

# House style: what sitegen writes otherwise than the reference implementation, undone before comparing.
HOUSE: tuple[tuple[str, str | Callable[[re.Match[str]], str], str], ...] = (
    (r'<(h\d) id="[^"]*">', r"<\1>", "every heading has an id, so that it can be linked to"),
    (r'<pre tabindex="0">', "<pre>", "a listing may scroll, so the keyboard must reach it"),
    (r' loading="lazy" decoding="async"', "", "pictures load when they come into view"),
    (
        r"<figure>\n(<img [^>]*)>\n<figcaption>([^<]*)</figcaption>\n</figure>",
        lambda match: f'<p>{match[1]} title="{match[2]}"></p>',
        "a picture alone in its paragraph is a figure, its title the caption",
    ),
    (r"<figure>\n(<(?:img|a) .*)\n</figure>", r"<p>\1</p>", "the same without a caption, and with a link round it"),
)

# Examples whose meaning an extension changes: what sitegen gives, and why.
EXTENSIONS = {
    31: ('<a href="%C3%B6%C3%B6.html">\n', "a local address in raw HTML becomes a ref, so its entities are read"),
    484: ('<p><a href="target.md"></a></p>\n', "the path of an article is normalised"),
    548: ("<p>[{wiki:foo}]</p>\n<p>[{wiki:foo}]: /url</p>\n", "[[foo]] is a wiki link"),
    559: ("<p>{wiki:*foo* bar}</p>\n", "[[foo bar]] is a wiki link, whose text is plain"),
    590: ('<p>!{wiki:foo}</p>\n<p>{wiki:foo}: /url "title"</p>\n', "[[foo]] is a wiki link"),
    630: ('<p>foo <a href="%C3%B6"></p>\n', "a local address in raw HTML becomes a ref, so its entities are read"),
}

_MODULES = Path(os.environ.get("SITEGEN_NODE_MODULES", Path(__file__).parent.parent / "node_modules"))
_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    path = _MODULES / "commonmark-spec" / "spec.txt"
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8").replace("→", "\t")
    return [(match[1], match[2]) for match in _EXAMPLE.finditer(text)]


EXAMPLES = examples()
needs_specification = pytest.mark.skipif(not EXAMPLES, reason="npm package commonmark-spec is not here")


def filled(rendered: Rendered) -> str:
    """HTML with each slot filled as if every address stayed where it was written."""

    def fill(match: re.Match[str]) -> str:
        ref = rendered.refs[int(match[1])]
        if ref.kind == "wiki":
            return f"{{wiki:{ref.label}}}"
        return escape(quote(ref.target, safe="/:;,.~*'()!+=@$&%-_[]") + ref.suffix)

    return re.sub("\0([0-9]+)\0", fill, rendered.html)


def in_house(expected: str) -> str:
    """The specification's HTML with what HTML does not need left out: closing slashes, and quotes escaped in text."""
    without_slashes = re.sub(r"<(br|hr|img [^>]*) />", r"<\1>", expected)
    return re.sub(r">[^<]*", lambda match: match[0].replace("&quot;", '"'), without_slashes)


@needs_specification
def test_every_example_of_the_specification_means_what_it_says() -> None:
    assert len(EXAMPLES) == 652
    wrong = {}
    for number, (source, expected) in enumerate(EXAMPLES, 1):
        html = filled(render_markdown(source, SETTINGS, folder=""))
        if number in EXTENSIONS:
            wanted = EXTENSIONS[number][0]
        else:
            wanted = in_house(expected)
            for pattern, replacement, _reason in HOUSE:
                html = re.sub(pattern, replacement, html)
        if html != wanted:
            wrong[number] = (source, html, wanted)

    assert wrong == {}


@needs_specification
def test_no_difference_is_written_down_that_is_none() -> None:
    same = [number for number, (wanted, _) in EXTENSIONS.items() if in_house(EXAMPLES[number - 1][1]) == wanted]

    assert same == []


@needs_specification
def test_examples_read_fast_give_the_bytes_of_those_read_by_the_book() -> None:
    for source, _ in EXAMPLES:
        fast = render_markdown(source, SETTINGS, folder="f", path="p")

        assert fast == render_by_the_book(source, SETTINGS, folder="f", path="p")
