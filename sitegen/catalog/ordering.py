"""Order and grouping of articles, from their keys alone.

Invariant: no rule here reads a card or a body, so typing in an article moves no list. Every order is total: it ends in
the id. Rules return ids; pages then read the cards one by one, so that a title edit touches exactly those that show it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from sitegen.catalog.shelf import InOrder
from sitegen.model import Keys, Label

TAXONOMIES = ("tags", "categories", "authors", "series")


class Term(msgspec.Struct, frozen=True):
    """A tag, category, author or series that some article carries. `name` is the spelling used most."""

    name: str
    slug: str
    url: str
    count: int


class Group(msgspec.Struct, frozen=True):
    """A term and the ids of its articles, newest first; a series runs oldest first."""

    term: Term
    ids: tuple[str, ...]


class Day(msgspec.Struct, frozen=True):
    """A day on which something was published."""

    day: int
    url: str
    count: int


class Month(msgspec.Struct, frozen=True):
    """A month in which something was published; days newest first."""

    month: int
    url: str
    count: int
    days: tuple[Day, ...]


class Year(msgspec.Struct, frozen=True):
    """A year in which something was published; months newest first."""

    year: int
    url: str
    count: int
    months: tuple[Month, ...]


def by_id(keys: Sequence[Keys], /) -> Mapping[str, Keys]:
    """Keys of every published article and page."""
    return keys.shelf if isinstance(keys, InOrder) else {each.id: each for each in keys}


def order(dates: Mapping[str, int | None], /) -> tuple[str, ...]:
    """Ids of all articles, newest first; undated ones last. Pages are not in it. Cost: O(n log n)."""
    ranked = sorted([(at is not None, at or 0, id) for id, at in dates.items()], reverse=True)
    return tuple([id for _, _, id in ranked])


def page_order(keys: Sequence[Keys], /) -> tuple[str, ...]:
    """Ids of all undated pages, by weight and then by address."""
    pages = [each for each in keys if each.kind == "page"]
    return tuple(each.id for each in sorted(pages, key=lambda k: (k.weight, k.url, k.id)))


def dated(dates: Mapping[str, int | None], order: tuple[str, ...], /) -> tuple[str, ...]:
    """Ids of the articles that have a date, newest first: what feeds and date archives are made of."""
    return tuple(id for id in order if dates[id] is not None)


def position(order: tuple[str, ...], /) -> dict[str, int]:
    """Where each article stands in `order`."""
    return {id: n for n, id in enumerate(order)}


def neighbours(order: tuple[str, ...], position: Mapping[str, int], /, id: str) -> tuple[str | None, str | None]:
    """Ids of the next newer and the next older article; None at an end, both None for a page. Cost: O(1)."""
    n = position.get(id)
    if n is None:
        return None, None
    return (order[n - 1] if n else None), (order[n + 1] if n + 1 < len(order) else None)


def latest(order: tuple[str, ...], /, start: int, stop: int) -> tuple[str, ...]:
    """Ids of a stretch of all articles, newest first: one page of the list."""
    return order[start:stop]


def fresh(dated: tuple[str, ...], /, n: int) -> tuple[str, ...]:
    """Ids of the n newest dated articles: what a feed carries."""
    return dated[:n]


def count(order: tuple[str, ...], /) -> int:
    """How many articles there are."""
    return len(order)


def groups(by_id: Mapping[str, Keys], order: tuple[str, ...], /) -> dict[str, dict[str, Group]]:
    """For each taxonomy, its terms by slug. Cost: linear in all labels of all articles.

    Two spellings with one slug are one term; it goes by the spelling used most, then by the alphabet.
    """
    found: dict[str, dict[str, list[str]]] = {taxonomy: {} for taxonomy in TAXONOMIES}
    spellings: dict[tuple[str, str], Counter[str]] = {}
    for id in order:
        keys = by_id[id]
        for taxonomy in TAXONOMIES:
            labels: tuple[Label, ...] = getattr(keys, taxonomy)
            for label in labels:
                ids = found[taxonomy].setdefault(label.slug, [])
                if not ids or ids[-1] != id:
                    ids.append(id)
                spellings.setdefault((taxonomy, label.slug), Counter())[label.name] += 1
    return {
        taxonomy: {
            slug: Group(
                term=Term(
                    name=min(spellings[taxonomy, slug].items(), key=lambda item: (-item[1], item[0]))[0],
                    slug=slug,
                    url=f"/{taxonomy}/{slug}/",
                    count=len(ids),
                ),
                ids=tuple(reversed(ids) if taxonomy == "series" else ids),
            )
            for slug, ids in sorted(terms.items())
        }
        for taxonomy, terms in found.items()
    }


def terms(groups: Mapping[str, Mapping[str, Group]], /, taxonomy: str) -> tuple[Term, ...]:
    """All terms of a taxonomy, by name without regard to case, then by slug."""
    return tuple(sorted((g.term for g in groups[taxonomy].values()), key=lambda t: (t.name.casefold(), t.slug)))


def top_terms(groups: Mapping[str, Mapping[str, Group]], /, taxonomy: str, n: int) -> tuple[Term, ...]:
    """The n terms with most articles, most first, then by slug."""
    ranked = sorted((g.term for g in groups[taxonomy].values()), key=lambda t: (-t.count, t.slug))
    return tuple(ranked[:n])


def term(groups: Mapping[str, Mapping[str, Group]], /, taxonomy: str, slug: str) -> Term | None:
    """One term, or None."""
    group = groups[taxonomy].get(slug)
    return group.term if group else None


def tagged(
    groups: Mapping[str, Mapping[str, Group]], /, taxonomy: str, slug: str, start: int, stop: int
) -> tuple[str, ...]:
    """Ids of a stretch of a term's articles, in the group's order."""
    group = groups[taxonomy].get(slug)
    return group.ids[start:stop] if group else ()


def tagged_dated(
    groups: Mapping[str, Mapping[str, Group]], by_id: Mapping[str, Keys], /, taxonomy: str, slug: str, n: int
) -> tuple[str, ...]:
    """Ids of a term's n newest dated articles: what the term's feed carries."""
    group = groups[taxonomy].get(slug)
    ids = group.ids if group else ()
    newest = reversed(ids) if taxonomy == "series" else ids
    found = []
    for id in newest:
        if by_id[id].date is not None:
            found.append(id)
            if len(found) == n:
                break
    return tuple(found)


def calendar(by_id: Mapping[str, Keys], dated: tuple[str, ...], /) -> dict[str, tuple[str, ...]]:
    """Ids by year, month and day, newest first: the keys are `2024`, `2024-03` and `2024-03-17`."""
    found: dict[str, list[str]] = {}
    for id in dated:
        moment = by_id[id].date
        if moment is None:
            continue
        iso = moment.iso
        for name in (iso[:4], iso[:7], iso[:10]):
            found.setdefault(name, []).append(id)
    return {name: tuple(ids) for name, ids in found.items()}


def period(calendar: Mapping[str, tuple[str, ...]], /, year: int, month: int, day: int) -> tuple[str, ...]:
    """Ids of the articles of a year, a month (day 0) or a day, newest first."""
    return calendar.get(period_name(year, month, day), ())


def period_name(year: int, month: int = 0, day: int = 0) -> str:
    """`2024`, `2024-03` or `2024-03-17`."""
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")


def period_url(name: str) -> str:
    """Site path of a period's page: `/2024/03/17/`."""
    return "/" + name.replace("-", "/") + "/"


def periods(calendar: Mapping[str, tuple[str, ...]], /) -> tuple[Year, ...]:
    """Years with their months and days, newest first."""
    days: dict[str, list[Day]] = {}
    months: dict[str, list[Month]] = {}
    years: list[Year] = []
    for name in sorted(calendar, reverse=True):
        n, url = len(calendar[name]), period_url(name)
        if len(name) == len("2024-03-17"):
            days.setdefault(name[:7], []).append(Day(int(name[8:]), url, n))
        elif len(name) == len("2024-03"):
            months.setdefault(name[:4], []).append(Month(int(name[5:]), url, n, tuple(days.get(name, ()))))
        else:
            years.append(Year(int(name), url, n, tuple(months.get(name, ()))))
    return tuple(years)
