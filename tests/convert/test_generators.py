"""Sites of other generators are imported whole, and compared with Markdown that a person has read.

Record anew with  RECORD=1 pytest tests/convert/test_generators.py  and read the difference before you commit it.
"""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.convert.generators.bodies import translated
from sitegen.convert.generators.matter import read_matter
from sitegen.convert.generators.passing_html import raw_pieces, safe_html, settled
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report, as_json

SITES = Path(__file__).parent / "generators"
NAMES = sorted(folder.name for folder in SITES.iterdir() if folder.is_dir())


def imported(name: str, into: Path) -> Report:
    return import_sources([str(SITES / name / "in")], ImportOptions(into=into, bases=into / ".sitegen" / "imports"))


def account(report: Report) -> str:
    """What became of every file, and all that was said about it."""
    out = []
    for document in as_json(report)["documents"]:
        out.append(f"{Path(document['source']['path']).name} -> {document['output']}")
        out.append("  " + json.dumps(document["ledger"], ensure_ascii=False))
    for problem in report.problems:
        where = problem.where
        out.append(f"{Path(where.path).name}:{where.line}:{where.column}: {problem.severity}: {problem.message}")
        out.append(f"  {problem.help}")
    return "\n".join(out) + "\n"


def files_below(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.md"))
        if ".sitegen" not in path.parts
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_generators_site_becomes_the_markdown_that_a_person_expects(name, tmp_path):
    report = imported(name, tmp_path)
    expected = SITES / name / "expected"
    if os.environ.get("RECORD"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, text in files_below(tmp_path).items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(text, "utf-8")
        (expected / "account.txt").write_text(account(report), "utf-8")
    assert files_below(tmp_path) == files_below(expected)
    assert account(report) == (expected / "account.txt").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_accounted_for_once_and_a_second_import_writes_nothing(name, tmp_path):
    for document in as_json(imported(name, tmp_path))["documents"]:
        counts = document["ledger"]
        assert counts["blocks"] == counts["fields"] + counts["body"] + counts["links"] + sum(counts["dropped"].values())
    again = imported(name, tmp_path)
    assert {done.outcome.action for done in again.done} == {"unchanged"}


def test_a_post_alone_is_read_in_the_dialect_that_it_speaks(tmp_path):
    source = tmp_path / "in" / "2021-05-06-a-post.md"
    source.parent.mkdir()
    source.write_text("---\ntitle: A post\n---\nSee {{ '/x/' | relative_url }} and {% odd %}.\n", "utf-8")
    report = import_sources([str(source)], ImportOptions(into=tmp_path / "out", bases=tmp_path / "bases"))

    text = (tmp_path / "out" / "2021" / "a-post.md").read_text("utf-8")
    assert "See /x/ and `{% odd %}`." in text
    assert "date: 2021-05-06" in text
    assert [problem.message for problem in report.problems] == [
        "shortcodes that are not known stay in the text as code: odd (1)"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("+++\ntitle = 'a'\nweight = \n+++\n", (3, 10)),
        ('{"title": "a",\n "tags": [}\n', (2, 11)),
        ("---\ntitle: a: b\n---\n", (2, 9)),
        ("---\n- a\n---\n", (2, 1)),
    ],
)
def test_broken_front_matter_is_named_with_its_place(text, place):
    matter = read_matter(text, "a.md")

    assert [(each.where.line, each.where.column) for each in matter.problems] == [place]
    assert all(each.help for each in matter.problems)


@pytest.mark.parametrize(
    "text",
    [
        'a <b onclick="x">bold</b> word',
        "<div onclick=alert(1)",
        "<img src=x onerror=alert(1)>",
        "<div>\n```\n<img src=x onerror=alert(1)>\n```\n</div>",
        "> <img\n> src=x onerror=alert(1)> hi",
        "[^1]: a\n\n    <img src=x onerror=y>\n\nx[^1]",
        "$`$<img src=x onerror=y>`",
        "term\n: <svg onload=alert(1)>\n",
        "- a\n\n      <script>alert(1)</script>\n",
        '<a title="a>b" onclick=alert(1)>x</a>',
        "<!-- <script> --><script>alert(1)</script>",
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    ],
)
def test_nothing_that_runs_passes_through_markdown(text):
    safe, _ = safe_html(text)

    for piece, _ in raw_pieces(safe):
        assert settled(piece) == piece
        assert not any(sign in piece.lower() for sign in ("onclick", "onerror", "onload", "<script", "srcdoc", "<svg"))


def test_code_and_harmless_html_are_left_as_they_are():
    text = "`<script>` and <kbd>Enter</kbd>\n\n```html\n<script>x</script>\n```\n\n<details><summary>More</summary>\n"

    assert safe_html(text) == (text, {})


PIECES = st.sampled_from(
    [
        *("<", ">", "</", "<!--", "-->", "<img ", "onerror=x", "<script>", "</script>", "`", "``", "$", "\n", "\n\n"),
        *("> ", "    ", "- ", "[^1]: ", "[^1]", ": ", "|", "|-|-|\n", "<div>", "</div>", "a", " ", "\\", '"', "'"),
        *("<a href=", "javascript:x", "```\n"),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_whatever_markdown_holds_the_parser_passes_on_only_what_was_cleaned(text):
    safe, _ = safe_html(text)

    assert all(settled(piece) == piece for piece, _ in raw_pieces(safe))


SHORTCODES = st.sampled_from(
    [
        *("{{<", ">}}", "{{%", "%}}", "{%", "%}", "{{", "}}", " figure ", 'src="a.png"', " ref ", '"b"', "/*", "*/"),
        *("raw", "endraw", "highlight", " python", "{filename}", "a.md", "@/", "(", ")", "=", "`", "\n", " ", "|"),
        *("link://slug/a", "\x00", "/"),
    ]
)


@given(st.lists(SHORTCODES, max_size=25).map("".join), st.sampled_from(["hugo", "jekyll", "zola", "pelican", "nikola"]))
@settings(max_examples=300, deadline=2000)
def test_no_text_stops_the_translation_of_a_body(text, dialect):
    assert isinstance(translated(text.replace("\x00", ""), dialect, lambda _: "").markdown, str)


@given(
    st.text(max_size=200).map(lambda text: text.replace("\r", "")),
    st.sampled_from(["---\n", "+++\n", "{", ".. a: b\n", "A: b\n"]),
)
@settings(max_examples=300, deadline=None)
def test_no_text_stops_the_reading_of_front_matter(text, start):
    matter = read_matter(start + text, "a.md", colons=True)

    assert matter.broken or isinstance(matter.values, dict)
