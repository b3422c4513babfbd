"""A cache that is damaged, emptied or deleted under a running preview: its pages stay what a build writes."""

import sqlite3
from random import Random

import pytest

from sitegen.build.cache import Damaged
from sitegen.build.live import Live, LiveOptions
from sitegen.catalog.published import Audience
from tests.laws.machine import url_of
from tests.laws.sites import LATER, LIST, MEMORY, article, build, clean_build, sources, write

DRAFTS = {"audience": Audience(drafts=True, future=True)}
ARTICLES = 40


def overwrite(path) -> None:
    """Noise from the second page on, in place: the connection that is open reads it."""
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(Random(1).randbytes(len(content) - 4096))


def truncate(path) -> None:
    with path.open("r+b") as file:
        file.truncate(4096)


def replace_texts(path) -> None:
    """A sound file with other texts, as another version of the site would leave it."""
    with sqlite3.connect(path) as db:
        db.execute("update body set value = x'00'")
        db.execute("update terms set value = x'00'")
        db.execute("update known set value = x'00'")
    db.close()


def forget_tables(path) -> None:
    with sqlite3.connect(path) as db:
        for name in ("body", "terms", "terms_before", "known", "piece"):
            db.execute(f"drop table {name}")
    db.close()


@pytest.mark.parametrize("how", [overwrite, truncate, replace_texts, forget_tables], ids=lambda how: how.__name__)
def test_a_cache_that_is_damaged_under_the_preview_leaves_its_pages_right(tmp_path, how):
    root = write(tmp_path / "site", sources(ARTICLES))
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>'
    write(root, {"static/p.svg": picture, "content/a3.md": article(3, "![A pier](/p.svg)", slug="a3").encode()})
    assert not build(root, **DRAFTS).failed
    live = Live(root, root / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    try:
        how(root / MEMORY / "cache.sqlite")
        with pytest.raises((Damaged, sqlite3.Error)):
            list(map(live.held.site.sources.body, live.held.articles.heads))
        assert right(live, root, tmp_path, 20)

        write(
            root,
            {
                "content/a9.md": article(9, "Another harbour, another ferry, and a bakery.", slug="a9").encode(),
                "static/p.svg": picture.replace(b"40", b"44"),
                "templates/article.html": b'{% extends "plain/article.html" %}{% block after %}mine{% endblock %}',
            },
        )
        live.refresh()
        live.prepare()
        assert not live.problems()
        assert b"mine" in live.page("/2024/01/a9/").content
        assert right(live, root, tmp_path, 20)
    finally:
        live.close()


@pytest.mark.parametrize("name", ["words", "heads", "outputs", "files", "table targets", "digests"])
def test_a_piece_that_no_build_has_read_since_it_was_damaged_does_not_keep_a_preview_from_starting(tmp_path, name):
    root = write(tmp_path / "site", sources(12))
    assert not build(root, **DRAFTS).failed
    with sqlite3.connect(root / MEMORY / "cache.sqlite") as db:
        damaged = [db.execute(f"update {t} set value = x'00' where name = ?", (name,)) for t in ("piece", "known")]
        assert sum(each.rowcount for each in damaged)
    db.close()
    live = Live(root, root / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    try:
        assert not live.problems()
        assert right(live, root, tmp_path, 20)
    finally:
        live.close()


def test_what_a_build_beside_the_preview_has_forgotten_is_not_missed(tmp_path):
    root = write(tmp_path / "site", sources(12))
    assert not build(root, **DRAFTS).failed
    live = Live(root, root / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    try:
        (root / "content" / "a5.md").unlink()
        write(root, {"content/a6.md": article(6, "The ferry again, and its harbour.", slug="a6").encode()})
        assert not build(root, **DRAFTS).failed  # the cache knows neither as they were any more
        live.refresh()
        assert right(live, root, tmp_path, 20)
    finally:
        live.close()


def right(live, root, tmp_path, count: int) -> bool:
    """Whether a sample of outputs, every kind of page in it, is served as a clean build writes it."""
    outcome, built = clean_build(root, tmp_path / "clean", as_of=LATER, **DRAFTS)
    assert not outcome.failed
    paths = [path for path in built if path != LIST]
    sample = {path for path in paths if path.count("/") < 3} | set(Random(2).sample(paths, count))
    for path in sorted(sample | {"2024/01/a3/index.html", "2024/01/a9/index.html"}):
        page = live.page(url_of(path))
        assert page.content == built[path], (path, page.status, page.problems)
    return True
