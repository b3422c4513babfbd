"""Every extension by example: `fixtures/*.md` hold a title, the Markdown and the HTML, each ended by a lone dot.

A ref shows as `<kind: target suffix>` in place of its slot. `python -m tests.markdown.test_fixtures` writes the HTML
of all examples anew; read the difference before keeping it.
"""

import re
from pathlib import Path

import pytest

from sitegen.content.markdown import MarkdownSettings, Rendered, render_by_the_book, render_markdown
from sitegen.errors import format_problem

FIXTURES = Path(__file__).parent / "fixtures"
OPTIONS = {
    "math": MarkdownSettings(math=True),
    "bare_addresses": MarkdownSettings(linkify=True),
    "highlighting": MarkdownSettings(highlight=True),
    "german": MarkdownSettings(language="de-AT", highlight=False),
}
PLAIN = MarkdownSettings(highlight=False)
_CASE = re.compile(r"^(?P<title>[^\n]+)\n\.\n(?P<source>.*?)^\.\n(?P<html>.*?)^\.\n", re.MULTILINE | re.DOTALL)


def cases() -> list[tuple[str, str, str, str]]:
    return [
        (path.stem, match["title"], match["source"], match["html"])
        for path in sorted(FIXTURES.glob("*.md"))
        for match in _CASE.finditer(path.read_text(encoding="utf-8"))
    ]


def shown(rendered: Rendered) -> str:
    """The HTML with its refs readable, and the problems below it."""

    def ref_text(match: re.Match[str]) -> str:
        ref = rendered.refs[int(match[1])]
        label = f" | {ref.label}" if ref.kind == "wiki" else ""
        return f"<{ref.kind}: {ref.target}{' ' if ref.suffix else ''}{ref.suffix}{label}>"

    problems = "".join(f"!! {line}\n" for each in rendered.problems for line in format_problem(each).splitlines())
    return re.sub("\0([0-9]+)\0", ref_text, rendered.html) + problems


@pytest.mark.parametrize(("group", "title", "source", "html"), cases(), ids=lambda value: value[:40])
def test_an_extension_gives_the_html_of_its_example(group: str, title: str, source: str, html: str) -> None:
    settings = OPTIONS.get(group, PLAIN)

    rendered = render_markdown(source, settings, folder="2024", path="a.md")

    assert shown(rendered) == html
    assert rendered == render_by_the_book(source, settings, folder="2024", path="a.md")


def test_every_fixture_file_is_read_whole() -> None:
    for path in sorted(FIXTURES.glob("*.md")):
        assert not _CASE.sub("", path.read_text(encoding="utf-8")).strip(), path.name


def record() -> None:
    for path in sorted(FIXTURES.glob("*.md")):
        settings = OPTIONS.get(path.stem, PLAIN)

        def again(match: re.Match[str], settings: MarkdownSettings = settings) -> str:
            rendered = render_markdown(match["source"], settings, folder="2024", path="a.md")
            return f"{match['title']}\n.\n{match['source']}.\n{shown(rendered)}.\n"

        path.write_text(_CASE.sub(again, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    record()
