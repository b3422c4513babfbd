"""L1 for each single edit that the random ones choose from, on a site whose pages show little of each other.

Where every page shows its neighbours, nearly any edit makes nearly every page again, and a read that was not recorded
hides behind one that was. Here each article shows its own body and links, and no more.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.laws import edits
from tests.laws.machine import Article, text_of
from tests.laws.sites import OUTPUT, Tree, build, clean_tree, difference, quick_folder, tree, write

MOVED = "a3.md"  # the article that edits are made to: others link to it, and none of them stands beside it
BODIES = {
    "a1.md": "See [it](a3.md#more).",
    "a2.md": "Alone.",
    "a3.md": "The harbour ferry crosses at dawn. See [[Article 5]].",
    "a4.md": "Alone too.",
    "a5.md": "See [[Article 3]], [[a3]] and ![p](pic.svg).",
    "tale/index.md": "See [it](../a3.md) and ![p](p.svg).",
    "pages/about.md": "See [it](../a3.md) and [[Wanted]].",
}
SETTINGS: dict[str, str | None] = {
    "title": "T",
    "base_url": "https://example.org/",
    "theme": "[mine, plain]",
    "related": "false",
}


def articles() -> dict[str, Article]:
    def fields(n: int, name: str) -> dict[str, str | None]:
        return {"title": f"Article {n}", "date": f"2024-0{n}-0{n}", "tags": "[odd]" if n % 2 else "[even]"}

    return {name: (fields(n, name), body) for n, (name, body) in enumerate(BODIES.items(), 1)}


def first_files() -> dict[str, str]:
    chosen = {path: next(text for text in texts if text is not None) for path, texts in edits.FILES.items()}
    left_out = ("static/index.html", "static/x/y.txt", "data/facts.json", "templates/base.html")
    files = {path: text for path, text in chosen.items() if path not in left_out}
    return {**edits.ALWAYS, **files, "templates/article.html": edits.SPARSE_TEMPLATE}


def as_tree(articles: dict[str, Article], files: dict[str, str], settings: dict[str, str | None]) -> Tree:
    config = "".join(f"{name}: {value}\n" for name, value in settings.items() if value is not None)
    return {
        "sitegen.yaml": config.encode(),
        **{path: edits.encoded(text) for path, text in files.items()},
        **{f"content/{name}": text_of(article) for name, article in articles.items()},
    }


def every_state() -> Iterator[tuple[str, Tree]]:
    """The site after each single edit, with words for the edit."""
    base, files = articles(), first_files()
    fields, body = base[MOVED]
    for name, values in edits.FIELDS.items():
        for value in dict.fromkeys(values):
            edited = {**base, MOVED: ({**fields, name: value}, body)}
            yield f"{name}: {value}", as_tree(edited, files, SETTINGS)
    for text in edits.BODIES:
        yield f"body {text[:20]!r}", as_tree({**base, MOVED: (fields, text)}, files, SETTINGS)
    for place in edits.PLACES:
        if place not in base:
            moved = {(place if name == MOVED else name): article for name, article in base.items()}
            yield f"moved to {place}", as_tree(moved, files, SETTINGS)
            yield f"and {place}", as_tree({**base, place: (fields, body)}, files, SETTINGS)
    for name in base:
        yield (
            f"no {name}",
            as_tree({other: article for other, article in base.items() if other != name}, files, SETTINGS),
        )
    for field in ("tags", "date"):  # the last of them takes its lists along
        without: dict[str, Article] = {name: ({**old, field: None}, text) for name, (old, text) in base.items()}
        yield f"no {field} at all", as_tree(without, files, SETTINGS)
    for path, texts in edits.FILES.items():
        for text in dict.fromkeys(texts):
            changed = {name: old for name, old in files.items() if name != path and not path.startswith(f"{name}/")}
            yield f"{path}: {text!a}", as_tree(base, changed if text is None else {**changed, path: text}, SETTINGS)
    for name, values in edits.SETTINGS.items():
        for value in dict.fromkeys(values):
            yield f"config {name}: {value}", as_tree(base, files, {**SETTINGS, name: value})


def put(root: Path, now: Tree, then: Tree) -> None:
    for path in now.keys() - then.keys():
        (root / path).unlink()
    write(root, {path: content for path, content in then.items() if now.get(path) != content})


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_after_each_single_edit_and_its_undoing_the_tree_is_a_clean_builds():
    first = as_tree(articles(), first_files(), SETTINGS)
    failing = 0
    with quick_folder() as folder:
        site = write(folder / "site", first)
        assert not (outcome := build(site)).failed, outcome.problems
        wanted = tree(site / OUTPUT)
        states = list(every_state())
        for said, state in states:
            put(site, first, state)
            if build(site).failed:
                assert not difference(tree(site / OUTPUT), wanted), said
                failing += 1
            else:
                assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), f"{said}:\n{found}"
            put(site, state, first)
            assert not build(site).failed
            assert not (found := difference(tree(site / OUTPUT), wanted)), f"{said}, undone:\n{found}"
        shutil.rmtree(site)
    assert failing < len(states) // 10
