"""Every question that an output asks is recorded, and for each of eight there is an edit that nothing else would tell.

Most reads hide behind another: whoever shows a list also reads the cards in it. Here each page shows so little that one
question alone stands between an edit and a page that would be out of date.
"""

from pathlib import Path
from typing import Any

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.build.typesetting import typesetter
from sitegen.catalog.outputs import OutputPlan
from sitegen.engine import Key, Recorder, Snapshot
from sitegen.theme.filters import filters_for
from sitegen.theme.render import RENDERED_KINDS, Made, Renderer
from sitegen.theme.templates import environment_of
from tests.laws.sites import LATER, OUTPUT, Tree, article, build, clean_tree, difference, sources, tree, write

ITEMS = "{% for card in items %}{{ card.title }} {% endfor %}"
CONFIG = """\
title: Test site
base_url: https://example.org/
theme: plain
related: false
pagination: {size: 1}
archives: {year: false, month: false, day: false}
feeds: {enabled: false}
"""
SITE: Tree = {
    "sitegen.yaml": CONFIG.encode(),
    "templates/home.html": f"{{{{ page.pager.total }}}} {ITEMS}".encode(),
    "templates/list.html": ITEMS.encode(),
    "templates/term.html": f"{{{{ term.name }}}}: {ITEMS}".encode(),
    "templates/article.html": b"{% for card in site.translations(article.id) %}{{ card.title }}{% endfor %}",
    "templates/other.html": b"another template",
    "templates/404.html": b"{% for card in site.pages() %}{{ card.title }} {% endfor %}",
    "templates/archive.html": b"{{ site.has('/about/') }}",
    **{
        f"content/a{n}.md": article(
            n, slug=f"a{n}", tags="[Even]" if n == 2 else "[even]" if n % 2 == 0 else "[odd]"
        ).encode()
        for n in range(1, 8)
    },
}


def changed(n: int, **fields: object) -> Tree:
    given = {"slug": f"a{n}", "tags": "[even]" if n % 2 == 0 else "[odd]", **fields}
    return {f"content/a{n}.md": article(n, **given).encode()}


ABOUT: Tree = {"content/pages/about.md": b"---\ntitle: About\n---\nx\n"}

# question: an edit, and the output that shows it and reads nothing else that changed
EDITS: dict[str, tuple[Tree, str]] = {
    "tagged": (changed(4, date="2024-02-02"), "tags/even/index.html"),
    "latest": (changed(4, date="2024-02-02"), "index.html"),
    "term": (changed(4, tags="[Even]"), "tags/even/index.html"),
    "keys_of": (changed(4, template="other"), "2024/01/a4/index.html"),
    "translations": (changed(8, slug="b", translation_of="a1", lang="fr"), "2024/01/a1/index.html"),
    "count": (changed(8, date="2023-01-01"), "index.html"),
    "page_order": (ABOUT, "404.html"),
    "has": (ABOUT, "archive/index.html"),
}


@pytest.mark.parametrize("question", EDITS)
def test_an_edit_that_only_one_question_tells_of_reaches_the_page(tmp_path: Path, question: str):
    edit, path = EDITS[question]
    site = write(tmp_path / "site", SITE)
    assert not build(site).failed
    before = tree(site / OUTPUT)

    assert not build(write(site, edit)).failed

    made = tree(site / OUTPUT)
    assert made[path] != before[path]
    assert not (found := difference(made, clean_tree(site))), found


@pytest.mark.parametrize("question", EDITS)
def test_it_would_not_if_that_question_were_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str
):
    def forgetful(self: Recorder, *key: Any) -> Any:
        if key[0] != question:
            self.reads[key] = None
        return self.snapshot.ask(key)

    monkeypatch.setattr(Recorder, "ask", forgetful)
    edit, path = EDITS[question]
    site = write(tmp_path / "site", SITE)
    assert not build(site).failed
    before = tree(site / OUTPUT)

    assert not build(write(site, edit)).failed

    assert tree(site / OUTPUT)[path] == before[path], "another read tells of this edit: choose one that none tells of"


class Watched(Snapshot):
    """Remembers what is asked from outside."""

    asked: set[Key]
    depth = 0

    def ask(self, key: Key) -> Any:
        return self._noted(key, lambda: super(Watched, self).ask(key))

    def table(self, name: str) -> Any:
        return self._noted((name,), lambda: super(Watched, self).table(name))

    def _noted(self, key: Key, answer: Any) -> Any:
        if not self.depth:
            self.asked.add(key)
        self.depth += 1
        try:
            return answer()
        finally:
            self.depth -= 1


@pytest.mark.parametrize("theme", ["plain", "gazette"])
def test_all_that_an_output_asks_is_recorded(tmp_path: Path, theme: str):
    files = sources(24, f"title: T\nbase_url: https://example.org/\ntheme: {theme}\noutputs: {{social_cards: true}}\n")
    extra = {
        "content/tale/index.md": b"---\ntitle: Tale\ndate: 2023-01-01\nseries: S\nauthors: [Ann]\n"
        b"aliases: [/old/]\n---\nSee [[Article 3]], [it](../a3.md) and ![p](p.svg).\n",
        "content/tale/p.svg": b"<svg/>",
        "content/fr.md": article(2, slug="fr", lang="fr", translation_of="a2", related="[Article 5, Wanted]").encode(),
        **ABOUT,
    }
    root = write(tmp_path / "site", {**files, **extra})
    kinds = set()
    with Session(root, root / "sitegen.yaml", BuildOptions(as_of=LATER)) as session:
        site = session.load()
        bodies: Any = site.snapshot.inputs["body"]
        bodies.values.encoded = {head.id: site.sources.body(head.source) for head in site.published}
        snapshot = Watched(site.snapshot.rules, site.snapshot.inputs)
        snapshot.asked = set()
        from sitegen.content.slugs import slugify

        env = environment_of(site.theme.templates, filters_for(site.settings.base, slugify))
        renderer = Renderer(snapshot, env, site.theme.templates, "content", typesetter)
        for output in site.outputs:
            if output.kind in RENDERED_KINDS:
                snapshot.asked = set()
                made = renderer.render(output)
                assert isinstance(made, Made), made
                assert snapshot.asked <= set(made.reads), f"{output.path}: {snapshot.asked - set(made.reads)}"
                kinds.add(output.kind)
    assert isinstance(site.snapshot.table("plan"), OutputPlan)
    assert {"home", "article", "page", "term", "taxonomy", "archive", "period", "feed", "redirect"} <= kinds
    assert ("social_card" in kinds) == (theme == "gazette")
