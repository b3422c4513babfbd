"""Tables that an edit has patched are those that their rules give, whatever was edited."""

from random import Random

import pytest

from sitegen.catalog import links, lookup, ordering
from sitegen.catalog.patching import Edit, patched
from sitegen.engine import Input, Snapshot, rules_of
from sitegen.model import Keys, Label, Moment

RULES = rules_of(
    ordering.by_id, ordering.order, ordering.dated, ordering.groups, ordering.calendar, links.targets, lookup.addresses,
    lookup.folds,
)  # fmt: skip
TABLES = ("by_id", "order", "groups", "calendar", "addresses", "folds", "targets")
SPELLINGS = tuple(Label(name, slug) for name, slug in (("Sea", "sea"), ("sea", "sea"), ("SEA", "sea"), ("Far", "far")))
DATES = ("2024-01-01", "2024-01-02", "2024-02-01", "2023-12-31")
TITLES = ("One", "one", "Two", "Thr\u00e9e", "Four")


def an_article(random: Random, id: str) -> tuple[Keys, str]:
    """Keys and a title, of few values, so that they meet."""

    def labels() -> tuple[Label, ...]:
        return tuple({label.slug: label for label in random.sample(SPELLINGS, random.randrange(3))}.values())

    date = random.choice((*DATES, None))
    moment = None if date is None else Moment(f"{date}T00:00:00+00:00", DATES.index(date) % 3)
    keys = Keys(
        id=id, source=f"{id}.md", kind=random.choice(("article", "article", "article", "page")),
        url=f"/{random.choice((id, id, 'shared'))}/", slug=random.choice((id, "same")), date=moment, tags=labels(),
        authors=labels(), series=labels()[:1], aliases=random.choice(((), (), ("/old/",))),
    )  # fmt: skip
    return keys, random.choice(TITLES)


def snapshot_of(articles: dict[str, tuple[Keys, str]], number: int) -> Snapshot:
    ordered = [articles[id] for id in sorted(articles)]
    given = {
        "keys": tuple(keys for keys, _ in ordered),
        "names": tuple(links.Names(k.id, k.source, k.url, k.slug, k.aliases) for k, _ in ordered),
        "dates": {k.id: k.date.epoch if k.date else None for k, _ in ordered if k.kind == "article"},
        "title": {k.id: title for k, title in ordered},
    }
    return Snapshot(RULES, {name: Input(value, b"%d" % number) for name, value in given.items()})


@pytest.mark.parametrize("seed", range(30))
def test_patched_tables_are_what_their_rules_give(seed):
    random = Random(seed)
    articles = {f"a{n}": an_article(random, f"a{n}") for n in range(random.randrange(1, 9))}
    before = snapshot_of(articles, 0)
    patches = 0
    for step in range(1, 40):
        edited = dict(articles)
        changed = {f"a{random.randrange(10)}" for _ in range(random.choice((1, 1, 2, 3)))}
        for id in changed:
            if id in edited and random.random() < 0.2:
                del edited[id]
            elif id in edited and random.random() < 0.6:  # one part of it, as people edit
                (keys, title), (other, _) = edited[id], an_article(random, id)
                part = random.choice(("tags", "authors", "series", "date", "aliases", "url"))
                keys = Keys(
                    **{**{name: getattr(keys, name) for name in keys.__struct_fields__}, part: getattr(other, part)}
                )
                edited[id] = keys, title
            else:
                edited[id] = an_article(random, id)
        after = snapshot_of(edited, step)
        changes = {id: (articles.get(id, (None,))[0], edited.get(id, (None,))[0]) for id in changed}
        edit = Edit(
            {id: pair for id, pair in changes.items() if pair != (None, None)},
            (before.table("dates"), after.table("dates")),
            (before.table("title"), after.table("title")),
        )
        found = patched(edit, {name: before.table(name) for name in TABLES})
        for name, value in found.items():
            assert value == after.table(name), (step, name)
        assert found.keys() >= {"by_id", "order", "groups", "calendar", "folds"}
        patches += len(found)
        articles, before = edited, after
    assert patches > 39 * 5
