"""Two outputs that one place cannot hold: both sources are named, and nothing is written."""
# ruff: noqa: E501 -- tables: one case a line reads better than four lines a case

from pathlib import Path

import pytest

from tests.laws.sites import CONFIG, OUTPUT, Tree, article, build, difference, leftovers, sources, tree, write


def one(n: int = 1, **fields: object) -> bytes:
    return article(n, **fields).encode()


NFC, NFD = "caf\u00e9", "cafe\u0301"

# name: files to add to a built site of a1 to a4, and the two sources that have to be named
CLASHES: dict[str, tuple[Tree, tuple[str, str]]] = {
    "slug": ({"content/b.md": one(slug="a1")}, ("content/a1.md", "content/b.md")),
    "slug in another folder": ({"content/x/y.md": one(slug="a1")}, ("content/a1.md", "content/x/y.md")),
    "slug from the file's name": ({"content/x/a9.md": one(slug="a1")}, ("content/a1.md", "content/x/a9.md")),
    "slug in capitals": ({"content/b.md": one(slug="A1")}, ("content/a1.md", "content/b.md")),
    "slug from a title": (
        {"content/p.md": one(title="Same one"), "content/q.md": one(title="Same one", slug="p")},
        ("content/p.md", "content/q.md"),
    ),
    "url": ({"content/b.md": one(url="/2024/01/a1/")}, ("content/a1.md", "content/b.md")),
    "url in capitals": ({"content/b.md": one(url="/2024/01/A1/")}, ("content/a1.md", "content/b.md")),
    "two urls": ({"content/b.md": one(url="/x/"), "content/c.md": one(url="/x/")}, ("content/b.md", "content/c.md")),
    "url of a file and of its folder": (
        {"content/b.md": one(url="/x"), "content/c.md": one(url="/x/")},
        ("content/b.md", "content/c.md"),
    ),
    "NFC and NFD urls": (
        {"content/b.md": one(url=f"/{NFC}/"), "content/c.md": one(url=f"/{NFD}/")},
        ("content/b.md", "content/c.md"),
    ),
    "NFC and NFD slugs": (
        {"content/b.md": one(slug=NFC), "content/c.md": one(slug=NFD)},
        ("content/b.md", "content/c.md"),
    ),
    "NFC and NFD files": ({f"static/{NFC}.txt": b"1", f"static/{NFD}.txt": b"2"}, (f"static/{NFC}.txt", f"static/{NFD}.txt")),
    "letters that fold alike": (
        {"content/b.md": one(url="/straße/"), "content/c.md": one(url="/STRASSE/")},
        ("content/b.md", "content/c.md"),
    ),
    "alias and article": ({"content/b.md": one(slug="b", aliases="[/2024/01/a2/]")}, ("content/b.md", "content/a2.md")),
    "two aliases": (
        {"content/b.md": one(slug="b", aliases="[/old/]"), "content/c.md": one(slug="c", aliases="[/old/]")},
        ("content/b.md (alias /old/)", "content/c.md (alias /old/)"),
    ),
    "alias in capitals": ({"content/b.md": one(slug="b", aliases="[/2024/01/A2/]")}, ("content/b.md", "content/a2.md")),
    "alias and home": ({"content/b.md": one(slug="b", aliases="[/]")}, ("content/b.md", "the home page")),
    "alias and archive": ({"content/b.md": one(slug="b", aliases="[/archive/]")}, ("content/b.md", "the archive")),
    "alias and year": ({"content/b.md": one(slug="b", aliases="[/2024/]")}, ("content/b.md", "the archive of 2024")),
    "alias and day": ({"content/b.md": one(slug="b", aliases="[/2024/01/02/]")}, ("content/b.md", "the archive of 2024-01-02")),
    "alias and feed": ({"content/b.md": one(slug="b", aliases="[/feed.xml]")}, ("content/b.md", "the feeds")),
    "page and article": ({"content/pages/2024/01/a1.md": one()}, ("content/pages/2024/01/a1.md", "content/a1.md")),
    "page and tags": ({"content/pages/tags.md": one()}, ("content/pages/tags.md", "the index of tags")),
    "page and tag": ({"content/pages/tags/odd.md": one()}, ("content/pages/tags/odd.md", "tags: odd")),
    "page and archive": ({"content/pages/archive.md": one()}, ("content/pages/archive.md", "the archive")),
    "page and year": ({"content/pages/2024.md": one()}, ("content/pages/2024.md", "the archive of 2024")),
    "url at a tag": ({"content/b.md": one(url="/tags/odd/")}, ("content/b.md", "tags: odd")),
    "url at a tag's feed": ({"content/b.md": one(url="/tags/odd/feed.xml")}, ("content/b.md", "tags: odd")),
    "url at the tags": ({"content/b.md": one(url="/tags/")}, ("content/b.md", "the index of tags")),
    "url at the home page": ({"content/b.md": one(url="/")}, ("content/b.md", "the home page")),
    "url at the 404 page": ({"content/b.md": one(url="/404.html")}, ("content/b.md", "the 404 page")),
    "url at the sitemap": ({"content/b.md": one(url="/sitemap.xml")}, ("content/b.md", "the sitemap")),
    "url at robots.txt": ({"content/b.md": one(url="/robots.txt")}, ("content/b.md", "robots.txt")),
    "url at the second page of the home page": (
        {"sitegen.yaml": (CONFIG + "pagination: {size: 2}\n").encode(), "content/b.md": one(url="/page/2/")},
        ("content/b.md", "the list of articles"),
    ),
    "static file and article": ({"static/2024/01/a1/index.html": b"x"}, ("static/2024/01/a1/index.html", "content/a1.md")),
    "static file and home": ({"static/index.html": b"x"}, ("static/index.html", "the home page")),
    "static file and feed": ({"static/feed.xml": b"x"}, ("static/feed.xml", "the feeds")),
    "static file and sitemap in capitals": ({"static/SITEMAP.xml": b"x"}, ("static/SITEMAP.xml", "the sitemap")),
    "two static files but for case": ({"static/a.txt": b"1", "static/A.txt": b"2"}, ("static/a.txt", "static/A.txt")),
    "static file where a folder is needed": ({"static/2024": b"x"}, ("static/2024", "content/a1.md")),
    "static file where an article's folder is needed": ({"static/2024/01/a1": b"x"}, ("static/2024/01/a1", "content/a1.md")),
    "file of the content and static file": ({"content/p.png": b"1", "static/p.png": b"2"}, ("content/p.png", "static/p.png")),
    "file of a bundle and a page": (
        {"content/t/index.md": one(url="/t/"), "content/t/q/index.html": b"x", "content/b.md": one(url="/t/q/")},
        ("content/t/q/index.html", "content/b.md"),
    ),
    "file of a bundle and its own page": (
        {"content/t/index.md": one(url="/t/"), "content/t/index.html": b"x"},
        ("content/t/index.html", "content/t/index.md"),
    ),
    "file of a bundle and a static file": (
        {"content/t/index.md": one(url="/t/"), "content/t/p.svg": b"x", "static/t/p.svg": b"y"},
        ("content/t/p.svg", "static/t/p.svg"),
    ),
    "files of two bundles at one address": (
        {"content/t/index.md": one(url="/t/"), "content/t/u/p.svg": b"x", "content/v/index.md": one(url="/t/u/"),
         "content/v/p.svg": b"y"},
        ("content/t/u/p.svg", "content/v/p.svg"),
    ),
    "article and bundle of one name": ({"content/a1/index.md": one(slug="other")}, ("content/a1.md", "content/a1/index.md")),
}  # fmt: skip


def test_there_are_at_least_forty_kinds_of_clash():
    assert len(CLASHES) >= 40


@pytest.mark.parametrize("name", CLASHES)
def test_a_clash_names_both_sources_and_nothing_is_written(tmp_path: Path, name: str):
    files, named = CLASHES[name]
    site = write(tmp_path / "site", sources())
    assert not build(site).failed
    before = tree(site / OUTPUT)

    outcome = build(write(site, files))

    assert outcome.failed
    assert any(all(source in problem for source in named) for problem in outcome.problems), outcome.problems
    assert not difference(tree(site / OUTPUT), before)
    assert not leftovers(site)


RESERVED: dict[str, tuple[Tree, str]] = {
    "the list": ({"content/b.md": one(url="/.sitegen-output")}, "content/b.md"),
    "the list as a folder": ({"content/b.md": one(url="/.sitegen-output/")}, "content/b.md"),
    "the list in capitals": ({"content/b.md": one(url="/.Sitegen-Output")}, "content/b.md"),
    "the stage": ({"content/b.md": one(url="/.sitegen-stage/")}, "content/b.md"),
    "a file in the stage": ({"content/b.md": one(aliases="[/.sitegen-stage/a.html]")}, "alias /.sitegen-stage/a.html"),
    "a static file": ({"static/.SITEGEN-STAGE/x.txt": b"x"}, "static/.SITEGEN-STAGE/x.txt"),
}


@pytest.mark.parametrize("is_first", [True, False], ids=["first build", "rebuild"])
@pytest.mark.parametrize("name", RESERVED)
def test_a_name_that_sitegen_uses_itself_is_an_error_that_names_the_source(tmp_path: Path, name: str, is_first: bool):
    files, named = RESERVED[name]
    site = write(tmp_path / "site", sources())
    if not is_first:
        assert not build(site).failed
    before = tree(site / OUTPUT)

    outcome = build(write(site, files))

    assert outcome.codes == ("outputs.reserved",)
    assert named in outcome.problems[0]
    assert not difference(tree(site / OUTPUT), before)
    assert not leftovers(site)
