"""`sitegen new`: a valid article for any title."""

import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.archetype import DEFAULT, NewArticle, fill
from sitegen.content.article import parse_article
from sitegen.content.parsing import ParseSettings
from sitegen.errors import Problem
from sitegen.model import Article

TITLES = [
    "A title: with a colon",
    "\"Quotes\" and 'more'",
    "We are #1 & {rising} [fast] * %",
    "🦊",
    "- a dash first",
    "yes",
    "2024-05-01",
    "1:30",
    "C:\\new\\table",
    "{{ title }}",
    "العنوان: الأول",
    "index",
    "aux",
]


def filled(archetype: str, title: str = "A title", *, draft: bool = False) -> str:
    new = NewArticle(title=title, date="2024-05-14T10:00:00+02:00", slug="a-title", draft=draft)
    text = fill(archetype.encode(), "archetypes/default.md", new)
    assert isinstance(text, str), text
    return text


def read(text: str) -> Article:
    found = parse_article("2024/a-title.md", text.encode(), ParseSettings())
    assert isinstance(found, Article), found
    assert not found.warnings
    return found


def test_every_title_gives_an_article_of_that_title(site):
    for title in TITLES:
        done = site.run("new", "--json", "--", title)
        assert done.code == 0, done.err
        assert done.json["title"] == title
    listed = site.run("list", "--json").json["articles"]
    built = site.run("build", "--strict")

    assert {row["title"] for row in listed} == set(TITLES)
    assert built.code == 0, built.err


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip))
def test_no_title_can_break_its_file(title):
    assert read(filled(DEFAULT, title.strip())).card.title == title.strip()


def test_only_the_path_is_printed(site):
    done = site.run("new", "The night boat")

    assert (done.code, done.err) == (0, "")
    path = site.root / done.out.removesuffix("\n")
    assert path.is_file()
    assert path.relative_to(site.root).parts[0] == "content"
    assert path.name == "the-night-boat.md"
    assert path.parent.name.isdigit()


def test_the_path_can_be_used_from_where_one_stands(site, sitegen, tmp_path):
    elsewhere = sitegen("new", "One", "-C", site.root, cwd=tmp_path)
    below = sitegen("new", "Two", cwd=site.write("content/2024/x.md", "x").parent)

    assert (tmp_path / elsewhere.out.strip()).is_file()
    assert (site.root / "content/2024" / below.out.strip()).is_file()


def test_the_date_is_now_with_the_offset_of_the_sites_zone(site):
    site.write("sitegen.yaml", "title: Notes\ntimezone: Asia/Kolkata\n")
    path = site.root / site.run("new", "Now").out.strip()

    assert "+05:30\n" in path.read_text(encoding="utf-8")
    assert site.run("list", "future", "--json").json == {"future": []}


def test_an_article_is_never_overwritten(site):
    first = site.run("new", "The same").out.strip()
    before = (site.root / first).read_bytes()
    again = site.run("new", "The same!")

    assert (again.code, again.out) == (2, "")
    assert first in again.err
    assert (site.root / first).read_bytes() == before


def test_a_bundle_of_that_name_counts_too(site):
    path = site.root / site.run("new", "The same").out.strip()
    bundle = path.with_suffix("") / "index.md"
    bundle.parent.mkdir()
    path.rename(bundle)

    assert site.run("new", "The same").code == 2


@pytest.mark.parametrize("title", ["", "   ", "two\nlines", "a\ttab", "\x1b[31mred"])
def test_a_title_is_one_line_of_text(site, title):
    done = site.run("new", title)

    assert (done.code, done.out) == (2, "")
    assert "title" in done.err
    assert not (site.root / "content").exists()


def test_a_title_that_is_no_text_is_said(site):
    assert "not UTF-8" in site.run("new", "caf\udce9").err


def test_a_title_in_a_locale_that_cannot_read_it_arrives_whole(site):
    raw = "العنوان".encode().decode("ascii", "surrogateescape")

    assert site.run("new", raw, "--json").json["title"] == "العنوان"


def test_a_title_without_quotes_is_explained(site):
    done = site.run("new", "My", "first", "article")

    assert done.code == 2
    assert 'sitegen new "My first article"' in done.err


def test_a_draft_says_so_and_stays_out_of_the_site(site):
    site.run("new", "Not yet", "--draft")

    assert [row["title"] for row in site.run("list", "drafts", "--json").json["drafts"]] == ["Not yet"]
    assert "1 other not published" in site.run("build").out


def test_the_sites_archetype_is_filled_in(site):
    site.write(
        "archetypes/default.md", "---\ntitle: {{ title }}\ndate: {{date}}\nauthors: [Ada]\n---\n# On {{ title }}\n"
    )
    path = site.root / site.run("new", 'A "b": c').out.strip()
    text = path.read_text(encoding="utf-8")

    assert 'title: "A \\"b\\": c"\n' in text
    assert "authors: [Ada]\n" in text
    assert '# On A "b": c\n' in text


@pytest.mark.parametrize(
    "archetype",
    [
        "",
        "Only text.\n",
        "---\n---\n",
        "---\ntitle:\ndate:\ndraft: false\n---\n",
        '---\ntitle: "{{ title }}"\ndate: {{ date }}\n---\n',
        "---\ntags: [x]\n---\nText\n",
    ],
)
def test_title_date_and_draft_are_there_whatever_the_archetype_lacks(archetype):
    article = read(filled(archetype, 'A "b": c', draft=True))

    assert article.card.title == 'A "b": c'
    assert article.keys.date is not None
    assert article.keys.date.iso == "2024-05-14T10:00:00+02:00"
    assert article.keys.draft


def test_text_about_templates_stays_as_it_is():
    assert "{{ site.title }} {{ page.url }}" in filled("---\ntitle:\n---\n{{ site.title }} {{ page.url }}\n")


def test_an_unknown_place_in_the_front_matter_is_an_error_with_its_line():
    new = NewArticle(title="A", date="2024-05-14T10:00:00Z", slug="a")
    found = fill(b"---\ntitle: {{ title }}\ndate: x\nlede: {{ tittle }}\n---\n", "archetypes/default.md", new)

    assert isinstance(found, Problem)
    assert (found.where.line, found.where.column) == (4, 7)
    assert found.help == "did you mean title?"


@pytest.mark.parametrize(
    "archetype", [b"---\ntitle: [\n---\n", b"\xff\xfe", b"---\nno end\n", b"---\ntags: {a: b}\n---\n"]
)
def test_a_broken_archetype_is_said_and_nothing_written(site, archetype):
    site.write("archetypes/default.md", "").write_bytes(archetype)
    done = site.run("new", "A title")

    assert (done.code, done.out) == (1, "")
    assert "archetypes/default.md" in done.err
    assert not (site.root / "content").exists()


def test_an_archetype_that_is_a_folder_is_said(site):
    (site.root / "archetypes" / "default.md").mkdir(parents=True)

    assert site.run("new", "A title").code == 2


def test_a_file_in_place_of_the_content_folder_is_said(site):
    site.write("content", "x")
    done = site.run("new", "A title")

    assert (done.code, done.out) == (2, "")
    assert "cannot be written" in done.err


def test_edit_opens_the_named_editor_on_the_file(site, process, tmp_path):
    editor = tmp_path / "my editor"
    editor.write_text(
        f'#!{sys.executable}\nimport sys\nopen(sys.argv[-1], "a").write("edited")\nprint("drawn")\n', "utf-8"
    )
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)

    done = process("new", "To edit", "--edit", cwd=site.root, EDITOR="false", VISUAL=f"'{editor}' --wait")

    assert done.code == 0, done.err
    path = site.root / done.out.removesuffix("\n")
    assert path.read_text(encoding="utf-8").endswith("edited")


def test_edit_without_an_editor_writes_nothing(site):
    done = site.run("new", "To edit", "--edit")

    assert done.code == 2
    assert "EDITOR" in done.err
    assert not (site.root / "content").exists()


@pytest.mark.parametrize("editor", ["/no/such/editor", "false"])
def test_an_editor_that_fails_is_said(site, process, editor):
    done = process("new", "To edit", "--edit", cwd=site.root, EDITOR=editor)

    assert done.code == 2
    assert "editor" in done.err


def test_a_folder_without_a_site_is_said(sitegen):
    done = sitegen("new", "A title")

    assert done.code == 2
    assert "sitegen init" in done.err
