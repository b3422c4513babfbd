"""L1 for the preview: after any edits, what is served at a path is what `build -D -F` writes there."""

import os
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from sitegen.build.live import Live, LiveOptions
from sitegen.catalog.published import Audience
from tests.laws import edits
from tests.laws.machine import text_of, url_of
from tests.laws.sites import LATER, LIST, build, clean_build, sources, write
from tests.serve.conftest import plain

DRAFTS = {"audience": Audience(drafts=True, future=True)}


def differences(live: Live, built: dict[str, bytes]) -> list[str]:
    found = []
    for path, content in built.items():
        if path == LIST:
            continue
        page = live.page(url_of(path))
        if page.status not in (200, 404) or page.content != content:
            found.append(f"{path}: {page.status} {[problem.message for problem in page.problems]}")
    return found


class Edits:
    """Random edits of a small site, seeded."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = Random(seed)
        self.articles = {
            f"a{n}.md": ({"title": f"Article {n}", "date": f"2024-01-0{n}", "tags": "[odd]"}, edits.BODIES[n])
            for n in range(1, 6)
        }
        self.settings: dict[str, str | None] = {"title": "Test", "base_url": "https://example.org/", "theme": "plain"}
        self.files = dict(edits.ALWAYS)
        self.written: dict[str, bytes] = {}
        self.sync()

    def sync(self) -> set[str]:
        config = "".join(f"{name}: {value}\n" for name, value in self.settings.items() if value is not None)
        wanted = {"sitegen.yaml": config.encode(), **{path: text.encode() for path, text in self.files.items()}}
        wanted |= {f"content/{name}": text_of(article) for name, article in self.articles.items()}
        touched = set()
        for path in self.written.keys() - wanted.keys():
            (self.root / path).unlink()
            touched.add(path)
        for path, content in wanted.items():
            if self.written.get(path) != content:
                write(self.root, {path: content})
                touched.add(path)
        self.written = wanted
        return touched

    def step(self) -> set[str]:
        """One edit; the paths that it touched."""
        random = self.random
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            kind = random.choice(
                ("field",) * 6 + ("body",) * 3 + ("add", "add", "delete", "rename", "file", "file", "config")
            )
            names = sorted(self.articles)
            name = random.choice(names) if names else ""
            if kind == "field" and name:
                field = random.choice(sorted(edits.FIELDS))
                fields, body = self.articles[name]
                self.articles[name] = ({**fields, field: random.choice(edits.FIELDS[field])}, body)
            elif kind == "body" and name:
                self.articles[name] = (self.articles[name][0], random.choice(edits.BODIES) + f"\n\n{random.random()}")
            elif kind == "add":
                place = random.choice(edits.PLACES)
                self.articles[place] = ({"title": place, "date": "2024-02-02"}, random.choice(edits.BODIES))
            elif kind == "delete" and len(names) > 2:
                del self.articles[name]
            elif kind == "rename" and name:
                place = random.choice(edits.PLACES)
                self.articles[place] = self.articles.pop(name)
            elif kind == "file":
                path = random.choice(sorted(edits.FILES))
                text = random.choice(edits.FILES[path])
                for other in [
                    each for each in self.files if each.startswith(path + "/") or path.startswith(each + "/")
                ]:
                    del self.files[other]
                if text is None:
                    self.files.pop(path, None)
                else:
                    self.files[path] = text
            elif kind == "config":
                setting = random.choice(sorted(edits.SETTINGS))
                self.settings[setting] = random.choice(edits.SETTINGS[setting])
        return self.sync()


@pytest.mark.parametrize("seed", range(4))
def test_after_random_edits_every_output_is_served_as_a_clean_build_writes_it(tmp_path, seed):
    made = Edits(tmp_path / "site", seed)
    live = Live(made.root, made.root / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    compared, good = 0, (dict(made.articles), dict(made.settings), dict(made.files))
    try:
        for step in range(30):
            touched = made.step()
            if made.random.random() < 0.6:  # events came; else only a look at everything tells
                live.refresh([str(made.root / path) for path in sorted(touched)])
            if made.random.random() < 0.4:
                live.prepare()
            live.refresh()
            outcome, built = clean_build(made.root, tmp_path / "clean", as_of=LATER, **DRAFTS)
            if outcome.failed:  # mended half of the time: what was wrong must leave nothing behind
                if made.random.random() < 0.5:
                    made.articles, made.settings, made.files = (dict(each) for each in good)
                    made.sync()
                continue
            good = (dict(made.articles), dict(made.settings), dict(made.files))
            compared += 1
            assert not live.problems(), (step, live.problems())
            assert not (found := differences(live, built)), (step, touched, found[:3])
            outputs = live.held.site.snapshot.table("outputs")
            assert not [
                url for path in built if path not in (LIST, "404.html") and live.page(url := url_of(path)).status != 200
            ]
            assert not [o for o in outputs if live.held.site.snapshot.ask(("output_at", o.url)) is None]
    finally:
        live.close()
    assert compared > 4


@pytest.mark.parametrize("base", ["/", "/some/where/"])
def test_a_whole_site_is_served_under_its_base_path_as_it_is_built(site, start, tmp_path, base):
    write(
        site, {"static/x.txt": b"plain", "content/d.md": b"---\ntitle: D\ndraft: true\ndate: 2030-01-01\n---\nDraft.\n"}
    )
    url = f"https://example.org{base}"
    outcome, built = clean_build(site, tmp_path / "clean", as_of=LATER, base_url=url, **DRAFTS)
    preview = start(site, base_url=url)

    assert not outcome.failed
    assert preview.address.endswith(base)
    for path, content in built.items():
        if path != LIST:
            answer = plain(preview, base.rstrip("/") + quote(url_of(path)))
            assert (answer.status, answer.body) == (200, content), path


def test_social_cards_are_served_as_they_are_built_before_and_after_edits(site, tmp_path):
    config = (
        "title: T\nbase_url: https://example.org/\ntheme: gazette\nsearch: false\noutputs: {social_cards: true%s}\n"
    )
    write(site, {"sitegen.yaml": (config % "").encode()})
    write(
        site, {f"content/{n}.md": f"---\ntitle: {n}\nurl: /x/{n}\n---\nText.\n".encode() for n in ("b.html", "c", "d/")}
    )
    live = Live(site, site / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    fonts = sorted(Path("/usr/share/fonts").rglob("*Bold.ttf"))[:2]
    edits: list[dict[str, bytes]] = [
        {},
        {"content/a1.md": b"---\ntitle: Now\ndate: 2024-01-01\nslug: a1\n---\nText.\n"},
    ]
    if len(fonts) == 2:
        named = (config % ", social_card_fonts: [own.ttf]").encode()
        edits += [
            {"static/own.ttf": fonts[0].read_bytes(), "sitegen.yaml": named},
            {"static/own.ttf": fonts[1].read_bytes()},
        ]
    seen = set()

    try:
        for files in edits:
            write(site, files)
            live.refresh()
            outcome, built = clean_build(site, tmp_path / "clean", as_of=LATER, **DRAFTS)
            assert not outcome.failed, outcome.problems
            assert not (found := differences(live, built)), found
            (card,) = (content for path, content in built.items() if path.endswith("/a1/social-card.png"))
            seen.add(card)
    finally:
        live.close()
    assert len(seen) == len(edits)


def test_nothing_is_served_that_a_build_would_not_write(site, tmp_path):
    _, built = clean_build(site, tmp_path / "clean", as_of=LATER, **DRAFTS)
    live = Live(site, site / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    urls = {url_of(path) for path in built}
    tried = {
        f"{url}{extra}"
        for url in urls
        for extra in ("page/1/", "page/2/", "page/02/", "page/9/", "x/", "feed.xml", "/")
    }
    tried |= {
        "/2024/1/", "/0/", "/20245/", "/2024/13/", "/２０２４/", "/tags/odd/page/1/",
        "/sitemap-1.xml", "/assets/", "//",
        "", "/.", "/../sitegen.yaml", "/content/a1.md", "/sitegen.yaml", "/index.html/",
        "/tags//", "/tags/odd//",
    }  # fmt: skip

    try:
        assert {url for url in tried - urls if live.page(url).status == 200} == set()
    finally:
        live.close()


def test_published_shows_what_a_plain_build_writes(site, tmp_path):
    write(site, {"content/d.md": b"---\ntitle: D\ndraft: true\n---\nDraft.\n"})
    _, built = clean_build(site, tmp_path / "clean", as_of=LATER)
    live = Live(site, site / "sitegen.yaml", LiveOptions(as_of=LATER, audience=Audience()))
    live.load()

    try:
        assert not differences(live, built)
    finally:
        live.close()


def test_an_edit_behind_the_same_size_and_time_is_seen(site):
    live = Live(site, site / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    path = site / "content" / "a1.md"
    before, text = path.stat(), path.read_text("utf-8")
    path.write_text(text.replace("ferry", "wagon"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    try:
        assert b"wagon" in live.page("/2024/01/a1/").content
    finally:
        live.close()


def test_a_source_that_moved_before_related_articles_were_first_computed_leaves_no_page_out(site, tmp_path):
    """The words of all articles are read when an edit first needs them: by then a build may have moved on."""
    assert not build(site, as_of=LATER, **DRAFTS).failed
    live = Live(site, site / "sitegen.yaml", LiveOptions(as_of=LATER))
    live.load()
    (site / "content/sub").mkdir()
    (site / "content/a1.md").rename(site / "content/sub/a1.md")
    assert not build(site, as_of=LATER, **DRAFTS).failed
    live.refresh()

    try:
        assert not differences(live, clean_build(site, tmp_path / "clean", as_of=LATER, **DRAFTS)[1])
    finally:
        live.close()


def test_an_article_appears_when_its_time_has_come_and_goes_when_it_expires(tmp_path):
    root = write(tmp_path / "site", sources(2))
    write(root, {"content/e.md": b"---\ntitle: E\ndate: 2024-05-05\nexpires: 2030-01-01\n---\nShort-lived.\n"})
    live = Live(root, root / "sitegen.yaml", LiveOptions())
    live.load()
    try:
        assert live.page("/2024/05/e/").status == 200
        live.held.articles.due = 1  # the moment is reached
        live.held.articles.as_of = 0
        assert live.refresh() is not None
        assert live.page("/2024/05/e/").status == 200
    finally:
        live.close()
