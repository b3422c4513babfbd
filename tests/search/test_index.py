"""The search index: the same bytes for the same texts, made again only when a text changed, and never in the way."""

import random

import pytest

from sitegen.build import search
from sitegen.build.options import BuildOptions
from sitegen.build.search_bytes import _decoded, _encoded, in_order
from sitegen.build.session import Session
from sitegen.catalog.published import Audience

pytestmark = pytest.mark.slow


def test_after_edits_the_index_is_that_of_a_clean_build(searchable):
    edits = [
        lambda: searchable.article("mill", body="Other water, other wheel, one harbour."),
        lambda: searchable.article("ferry", tags="[boats, ropes, harbour]", authors="[Ann Lee, Ben Roe]"),
        lambda: searchable.article("khubz", date="2019-01-01", lang="fa"),
        (searchable.root / "content/beijing.md").unlink,
    ]
    for edit in edits:
        before = searchable.index()
        edit()
        assert not searchable.build().failed
        assert searchable.index() != before
        assert searchable.index() == searchable.clean_index()


def test_the_index_is_left_alone_while_no_text_changes(searchable):
    searchable.write("static/extra.txt", "nothing that is searched")
    searchable.write("sitegen.yaml", "title: Another title\nbase_url: https://example.org/\ntheme: gazette\n")

    report = searchable.build()

    assert report.written
    assert not [path for path in report.rendered if path.startswith("pagefind/")]


def test_an_edit_of_a_body_makes_the_index_again_and_why_says_of_which(searchable, capsys):
    from sitegen.cli import main

    searchable.article("mill", body="The wheel of the mill turned.")
    report = searchable.build()

    assert "pagefind/pagefind-entry.json" in report.rendered
    with pytest.raises(SystemExit):
        main(["why", "-C", str(searchable.root), "pagefind/pagefind-entry.json"])
    said = capsys.readouterr().out
    assert "part of the search index" in said
    assert "the text of mill changed" in said


def test_a_lost_cache_and_a_lost_file_give_the_same_index(searchable):
    import shutil

    before = searchable.index()
    (searchable.root / "public/pagefind/pagefind-entry.json").unlink()
    assert not searchable.build().failed
    assert searchable.index() == before
    shutil.rmtree(searchable.root / ".sitegen")

    report = searchable.build()

    assert searchable.index() == before
    assert not [path for path in report.written if path.startswith("pagefind/")]


def test_drafts_are_found_only_where_they_are_shown(searchable):
    entry = "pagefind-entry.json"
    before = searchable.index()[entry]
    searchable.article("mill", draft="true")
    assert not searchable.build().failed
    assert searchable.index()[entry] != before

    assert not searchable.build(audience=Audience(drafts=True)).failed

    assert len([path for path in searchable.index() if path.startswith("fragment/")]) == 7


def test_without_the_indexer_a_build_says_so_in_one_line_and_stands(searchable, monkeypatch):
    searchable.article("mill", body="Something new.")
    monkeypatch.setattr(search, "indexer", lambda: None)

    report = searchable.build()

    assert not report.failed
    assert [problem.code for problem in report.problems] == ["search.missing"]
    assert searchable.index() == {}
    assert searchable.build(strict=True).failed


@pytest.mark.parametrize("say", ["search: false", "search: {enabled: false}"])
def test_a_site_that_wants_no_search_has_none(searchable, say):
    searchable.write("sitegen.yaml", f"title: Quay\n{say}\n")

    assert not searchable.build().failed
    assert searchable.index() == {}
    assert not (searchable.root / "public/search").exists()
    assert "data-search" not in (searchable.root / "public/index.html").read_text("utf-8")


def test_a_file_where_the_index_has_to_go_is_a_clash_that_names_both(searchable):
    searchable.write("static/pagefind/mine.txt", "mine")
    before = searchable.index()

    report = searchable.build()

    assert report.failed
    assert "search index" in report.problems[0].message + report.problems[0].where.path
    assert searchable.index() == before


def test_the_temporary_folder_is_gone_after_each_build(searchable):
    assert not (searchable.root / ".sitegen/search").exists()


def test_a_dry_run_writes_no_index(searchable):
    before = searchable.index()
    searchable.article("mill", body="Something new.")

    options = BuildOptions(as_of=1_800_000_000, dry_run=True)
    with Session(searchable.root, searchable.root / "sitegen.yaml", options) as session:
        report = session.build()

    assert any(path.startswith("pagefind/") for path in report.written)
    assert searchable.index() == before


def test_what_is_decoded_from_an_index_is_encoded_as_it_was():
    numbers = random.Random(1)

    def value(depth: int) -> object:
        kind = numbers.randrange(4 if depth else 3)
        if kind == 0:
            return numbers.choice([0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, -1, -24, -25, -(10**12)])
        if kind == 1:
            return "é" * numbers.choice([0, 1, 11, 12, 127, 128, 40_000])
        return [value(depth - 1) for _ in range(numbers.choice([0, 1, 23, 24]))] if depth else 7

    for _ in range(200):
        given = value(2)
        raw = b"".join(_encoded(given))
        assert _decoded(raw, 0) == (given, len(raw))


def test_an_index_of_another_form_is_refused_not_published():
    with pytest.raises((ValueError, KeyError)):
        in_order({"pagefind-entry.json": b'{"version":"9","languages":{"en":{"hash":"en_1"}}}'})


def test_a_site_without_articles_has_an_index_of_nothing(tmp_path, indexer):
    from tests.search.conftest import Searchable

    site = Searchable.__new__(Searchable)
    site.root = tmp_path
    site.write("sitegen.yaml", "title: Nothing yet\n")

    report = site.build()

    assert not report.problems
    assert list(site.index()) == ["pagefind-entry.json"]


def test_a_build_that_fails_makes_no_index(searchable, monkeypatch):
    def never(*_: object) -> None:
        raise AssertionError("the indexer ran")

    searchable.write("content/broken.md", "---\ntitle: [\n---\n")
    searchable.article("mill", body="Something new.")
    monkeypatch.setattr(search, "_run", never)

    assert searchable.build().failed
