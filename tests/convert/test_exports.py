"""Exports of Ghost, Medium and Substack: the invented ones in `exports/`, and beside them what they must become.

`exports/expected/SOURCE.md` holds all articles of one export as their reader gives them, one below the other.
"""
# ruff: noqa: E501 -- sentences stand in one piece

import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from sitegen.convert.document import Document, ledger
from sitegen.convert.exports.ghost_cards import html_of
from sitegen.convert.formats import Reading
from sitegen.convert.gathering import read_found
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.sources.walking import find_sources
from sitegen.errors import Problem

EXPORTS = Path(__file__).parent / "exports"
SOURCES = ("ghost", "medium", "substack")


def found_in(source: Path) -> list[Document | Problem]:
    return [one for found in find_sources(str(source), frozenset()) for one in read_found(found, Reading(format=""))]


def zipped(source: str, tmp_path: Path) -> Path:
    """The export as its service gives it: one zip."""
    path = tmp_path / f"{source}.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted((EXPORTS / source).rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(EXPORTS / source).as_posix())
    return path


def shown(documents: list[Document | Problem]) -> Iterator[str]:
    for one in documents:
        if isinstance(one, Document):
            assert one.markup is not None
            place = one.place or one.kind
            values = {name: field.value for name, field in one.fields.items()}
            yield f"==== {place} {json.dumps(values, ensure_ascii=False)}\n\n{one.markup.markdown}"


@pytest.mark.parametrize("source", SOURCES)
def test_an_export_becomes_the_articles_beside_it(source: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = "\n".join(shown(found_in(EXPORTS / source)))
    expected = EXPORTS / "expected" / f"{source}.md"
    if request.config.getoption("--record"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES)
def test_a_zip_and_a_folder_give_the_same(source: str, tmp_path: Path) -> None:
    folder, archive = (found_in(one) for one in (EXPORTS / source, zipped(source, tmp_path)))
    assert list(shown(folder)) == list(shown(archive))
    assert [one.message for one in folder if isinstance(one, Problem)] == [
        one.message for one in archive if isinstance(one, Problem)
    ]


@pytest.mark.parametrize("source", SOURCES)
def test_nothing_of_an_export_is_unaccounted_for(source: str, tmp_path: Path) -> None:
    report = import_sources([str(EXPORTS / source)], ImportOptions(into=tmp_path / "out", bases=tmp_path / "bases"))
    assert not report.failed
    for one in report.done:
        account = ledger(one.article.fates)
        assert account["blocks"] == len(one.document.blocks)
        assert account["blocks"] == account["fields"] + account["body"] + account["links"] + sum(
            account["dropped"].values()
        )


def test_a_picture_in_an_export_belongs_to_its_article(tmp_path: Path) -> None:
    for source in (EXPORTS / "ghost", zipped("ghost", tmp_path)):
        ferry = next(one for one in found_in(source) if isinstance(one, Document))
        (asset,) = ferry.assets
        assert (asset.src, asset.name) == ("/content/images/2021/05/boat.png", "boat.png")


def test_pictures_beside_a_wordpress_export_belong_to_its_articles(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "uploads" / "files").mkdir(parents=True)
    (site / "uploads" / "files" / "boat.jpg").write_bytes(b"\xff\xd8\xff no picture")
    (site / "uploads" / "other.jpg").write_bytes(b"\xff\xd8\xff no picture")
    text = (Path(__file__).parent / "wordpress" / "quay.xml").read_text("utf-8")
    (site / "quay.xml").write_text(text.replace("quay.example/files", "quay.example/wp-content/uploads/files"), "utf-8")
    found = found_in(site)
    ferry = next(one for one in found if isinstance(one, Document))
    assert [asset.src for asset in ferry.assets] == ["https://quay.example/wp-content/uploads/files/boat.jpg"]
    messages = [one.message for one in found if isinstance(one, Problem)]
    assert "files beside the export that no article shows, and that were left out: 1" in messages


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", '{"db": [{"meta": {"exported_on": 1}, "data": {"posts": [}]}', "not valid JSON"),
        ("a.json", '{"db": [{"meta": {"exported_on": 1}, "data": {"posts": []}}]}', "holds no posts"),
        ("a.json", '{"db": [{"meta": {"exported_on": 1}, "data": {"posts": 7, "tags": "x"}}]}', "holds no posts"),
    ],
)
def test_a_broken_export_is_a_problem(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    (problem,) = found_in(tmp_path / name)
    assert isinstance(problem, Problem)
    assert said in problem.message
    assert problem.help


@pytest.mark.parametrize(
    "value",
    ["", "{", "[]", "7", '{"root": 7}', '{"root": {"children": [7, {"type": 3}, {"type": "text", "text": 7, "format": "bold"}]}}',
     '{"root": ' + '{"children": [' * 300 + "]}" * 300 + "}"],
)  # fmt: skip
def test_a_body_of_another_shape_breaks_nothing(value: str) -> None:
    assert isinstance(html_of({"lexical": value, "mobiledoc": value}), str)


def test_a_node_that_nobody_knows_keeps_its_text() -> None:
    said = {
        "root": {
            "children": [{"type": "x", "children": [{"type": "y", "children": [{"type": "text", "text": "a <b>"}]}]}]
        }
    }
    assert html_of({"lexical": json.dumps(said)}) == "a &lt;b&gt;"


@pytest.mark.parametrize(
    ("source", "place", "link"),
    [
        ("exports/ghost", "2021/new-ferry/index.md", "[the winter table](../../pages/winter.md)"),
        ("exports/medium", "2021/the-new-ferry.md", "[Monday](../undated/winter.md)"),
        ("exports/substack", "2021/the-new-ferry.md", "[the bell](bell.md)"),
        ("wordpress/quay.xml", "2020/the-new-ferry.md", "[the winter table](../pages/timetable/winter.md)"),
        ("wordpress/quay.xml", "pages/timetable/winter.md", "[new](../../2020/the-new-ferry.md)"),
    ],
)
def test_a_link_to_another_imported_article_leads_to_its_file(
    source: str, place: str, link: str, tmp_path: Path
) -> None:
    into = tmp_path / "out"
    import_sources([str(EXPORTS.parent / source)], ImportOptions(into=into, bases=tmp_path / "bases"))
    assert link in (into / place).read_text("utf-8")


def test_a_picture_of_an_export_is_copied_beside_its_article(tmp_path: Path) -> None:
    into = tmp_path / "out"
    import_sources([str(zipped("ghost", tmp_path))], ImportOptions(into=into, bases=tmp_path / "bases"))
    (picture,) = (into / "2021" / "new-ferry").glob("*.png")
    assert picture.read_bytes() == (EXPORTS / "ghost/content/images/2021/05/boat.png").read_bytes()
    assert (into / "2021/new-ferry/index.md").read_text("utf-8").count(picture.name) == 2  # in front and in the text


def test_stories_of_one_name_and_year_have_slugs_of_their_own(tmp_path: Path) -> None:
    """A site would else refuse to build: both pages would have one address."""
    posts = tmp_path / "export" / "posts"
    posts.mkdir(parents=True)
    (story,) = [
        path for path in sorted((EXPORTS / "medium" / "posts").iterdir()) if "canonical" in path.read_text("utf-8")
    ][:1]
    text = story.read_text("utf-8")
    for n in range(3):
        (posts / f"2020-05-0{n + 1}_Letters-{n}.html").write_text(text.replace("</h1>", f" {n}</h1>"), "utf-8")
    into = tmp_path / "out"
    for action in ("new", "unchanged"):
        report = import_sources(
            [str(tmp_path / "export")], ImportOptions(into=into, bases=into / ".sitegen" / "imports")
        )
        assert {done.outcome.action for done in report.done} == {action}
        texts = {path.stem: path.read_text("utf-8") for path in into.glob("*/*.md")}
        assert len(texts) == 3
        assert all(f'\nslug: "{stem}"\n' in text for stem, text in texts.items())


def test_a_page_whose_address_is_taken_gets_another_and_claims_the_old_no_more(tmp_path: Path) -> None:
    """As in a new site, which has a page `about` already: it would else refuse to build."""
    wxr = (
        "<rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        "<channel><title>Quay</title><link>https://quay.example</link><wp:wxr_version>1.2</wp:wxr_version><item><title>About the quay</title>"
        "<link>https://quay.example/about/</link><content:encoded><![CDATA[<p>It is long.</p>]]></content:encoded><wp:post_id>7</wp:post_id>"
        "<wp:post_name>about</wp:post_name><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item></channel></rss>"
    )
    (tmp_path / "quay.xml").write_text(wxr, "utf-8")
    (tmp_path / "content" / "pages").mkdir(parents=True)
    (tmp_path / "content" / "pages" / "about.md").write_text("---\ntitle: About\n---\nWho we are.\n", "utf-8")
    options = ImportOptions(into=tmp_path / "content", bases=tmp_path / "bases")
    report = import_sources([str(tmp_path / "quay.xml")], options)
    text = (tmp_path / "content" / "pages" / "about-2.md").read_text("utf-8")
    assert '\nslug: "about-2"\n' in text
    assert '/about/"' not in text.partition("source:")[0]
    (told,) = [one.message for one in report.problems]
    assert told == '"About the quay" has another slug, about-2, and no alias: /about/ is the address of another article'
    assert not report.problems[0].is_error
    (again,) = import_sources([str(tmp_path / "quay.xml")], options).done
    assert again.outcome.action == "unchanged"
