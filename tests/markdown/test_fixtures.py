"""Every extension by example: `fixtures/*.md` hold a title, the Markdown and the HTML, each ended by a lone dot.

A ref shows as `<kind: target suffix>` in place of its slot. `python -m tests.markdown.test_fixtures` writes the HTML
of all examples anew; read the difference before keeping it.
"""

import json
import re
import subprocess
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
PAGE = '<!DOCTYPE html>\n<html lang="en">\n<title>x</title>\n<body>\n<main>\n<h1>x</h1>\n{}</main>\n</body>\n</html>\n'
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


def page(group: str, source: str) -> str:
    settings = OPTIONS.get(group, PLAIN)
    rendered = render_markdown(source, settings, folder="")

    def fill(match: re.Match[str]) -> str:
        ref = rendered.refs[int(match[1])]
        return f'<a href="/x/">{ref.label}</a>' if ref.kind == "wiki" else "/x/"

    return PAGE.format(re.sub("\0([0-9]+)\0", fill, rendered.html))


def test_every_example_is_valid_html_without_warnings(tmp_path: Path, java: str, node_modules: Path) -> None:
    for number, (group, _, source, _) in enumerate(cases()):
        (tmp_path / f"{number:03}-{group}.html").write_text(page(group, source), encoding="utf-8")
    jar = node_modules / "vnu-jar" / "build" / "dist" / "vnu.jar"

    done = subprocess.run(
        [java, "-jar", jar, "--format", "json", "--exit-zero-always", tmp_path],
        check=True,
        capture_output=True,
        text=True,
    )

    found = [each for each in json.loads(done.stderr)["messages"] if each["type"] != "info" or "subType" in each]
    assert [(each["url"].rpartition("/")[2], each.get("lastLine"), each["message"]) for each in found] == []


def record() -> None:
    for path in sorted(FIXTURES.glob("*.md")):
        settings = OPTIONS.get(path.stem, PLAIN)

        def again(match: re.Match[str], settings: MarkdownSettings = settings) -> str:
            rendered = render_markdown(match["source"], settings, folder="2024", path="a.md")
            return f"{match['title']}\n.\n{match['source']}.\n{shown(rendered)}.\n"

        path.write_text(_CASE.sub(again, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    record()
