"""Tables after a few edits, from the tables before: what their rules give, in a fraction of the time.

Invariant: equal to computing anew, value for value; a test compares the two over random edits. A table that is not
named here is computed by its rule.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from sitegen.catalog.links import Names, fold
from sitegen.catalog.lookup import Addresses
from sitegen.catalog.ordering import TAXONOMIES, Group, Term
from sitegen.model import Keys

Changes = Mapping[str, tuple[Keys | None, Keys | None]]  # by id: the keys before and after; None where it was not there


class Edit(msgspec.Struct, frozen=True):
    """What an edit did: keys by id before and after, and the inputs `dates` and `title` before and after."""

    changes: Changes
    dates: tuple[Mapping[str, int | None], Mapping[str, int | None]]
    title: tuple[Mapping[str, str], Mapping[str, str]]


def patched(edit: Edit, before: Mapping[str, Any]) -> dict[str, Any]:
    """The tables that can be brought up to date, of those in `before`. Cost: some copies of tables, no sorting."""
    found: dict[str, Any] = {}
    if "by_id" in before:
        found["by_id"] = _by_id(before["by_id"], edit.changes)
    if "order" in before:
        found["order"] = _order(before["order"], edit)
    if "groups" in before and "by_id" in found and "order" in found:
        found["groups"] = _groups(before["groups"], found["by_id"], edit)
    if "calendar" in before and "order" in found:
        found["calendar"] = _calendar(before["calendar"], edit)
    if "addresses" in before:
        addresses = _addresses(before["addresses"], edit.changes)
        if addresses is not None:
            found["addresses"] = addresses
    if "folds" in before:
        found["folds"] = _folds(before["folds"], edit)
        if "targets" in before:
            targets = _targets(before["targets"], (before["folds"], found["folds"]), edit)
            if targets is not None:
                found["targets"] = targets
    return found


def _by_id(by_id: Mapping[str, Keys], changes: Changes) -> dict[str, Keys]:
    found = dict(by_id)
    for id, (_, now) in changes.items():
        if now is None:
            found.pop(id, None)
        else:
            found[id] = now
    return found


def _rank(dates: Mapping[str, int | None], id: str) -> tuple[bool, int, str]:
    at = dates[id]
    return at is not None, at or 0, id


def _place(ids: list[str], dates: Mapping[str, int | None], rank: tuple[bool, int, str]) -> int:
    """Where an id of this rank stands in ids that run from the highest rank down."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        if _rank(dates, ids[middle]) > rank:
            low = middle + 1
        else:
            high = middle
    return low


def _order(order: tuple[str, ...], edit: Edit) -> tuple[str, ...]:
    before, after = edit.dates
    moved = [id for id in edit.changes if before.get(id, _NOWHERE) != after.get(id, _NOWHERE)]
    if not moved:
        return order
    ids = list(order)
    _move(ids, [id for id in moved if id in before], [id for id in moved if id in after], edit.dates)
    return tuple(ids)


_NOWHERE = object()


def _groups(
    groups: Mapping[str, Mapping[str, Group]], by_id: Mapping[str, Keys], edit: Edit
) -> dict[str, dict[str, Group]]:
    before, after = edit.dates
    found = {taxonomy: dict(groups[taxonomy]) for taxonomy in TAXONOMIES}
    for taxonomy in TAXONOMIES:
        touched: dict[str, list[str]] = {}
        for id, pair in edit.changes.items():
            labels = {label.slug for keys in pair if keys is not None for label in getattr(keys, taxonomy)}
            if _same_in(taxonomy, *pair) and before.get(id, _NOWHERE) == after.get(id, _NOWHERE):
                continue
            for slug in labels:
                touched.setdefault(slug, []).append(id)
        is_new = False
        for slug, edited in touched.items():
            group = _group(taxonomy, slug, found[taxonomy].get(slug), edited, by_id, edit)
            if group is None:
                found[taxonomy].pop(slug, None)
            else:
                is_new = is_new or slug not in found[taxonomy]
                found[taxonomy][slug] = group
        if is_new:
            found[taxonomy] = dict(sorted(found[taxonomy].items()))
    return found


def _same_in(taxonomy: str, before: Keys | None, after: Keys | None) -> bool:
    return before is not None and after is not None and getattr(before, taxonomy) == getattr(after, taxonomy)


def _group(
    taxonomy: str, slug: str, group: Group | None, edited: Iterable[str], by_id: Mapping[str, Keys], edit: Edit
) -> Group | None:
    """One term's articles after an edit; None when there are none left. Cost: a copy of their ids; all their labels
    are counted only where the term may go by another spelling now.
    """
    before, after = edit.dates
    old: dict[str, list[str]] = {}
    new: dict[str, list[str]] = {}
    for id in edited:
        was, now = edit.changes[id]
        if id in before and (names := _spellings(taxonomy, slug, was)):
            old[id] = names
        if id in after and (names := _spellings(taxonomy, slug, now)):
            new[id] = names
    ids = list(group.ids) if group else []
    if taxonomy == "series":
        ids.reverse()
    _move(ids, old, new, edit.dates)
    if not ids:
        return None
    lost, won = (Counter(name for names in each.values() for name in names) for each in (old, new))
    if group is not None and group.term.name not in lost - won and not (won - lost).keys() - {group.term.name}:
        name = group.term.name
    else:
        spellings = Counter(name for id in ids for name in _spellings(taxonomy, slug, by_id[id]))
        name = min(spellings.items(), key=lambda item: (-item[1], item[0]))[0]
    term = Term(name=name, slug=slug, url=f"/{taxonomy}/{slug}/", count=len(ids))
    return Group(term=term, ids=tuple(reversed(ids) if taxonomy == "series" else ids))


def _spellings(taxonomy: str, slug: str, keys: Keys | None) -> list[str]:
    """The spellings of a term that an article carries."""
    return [label.name for label in getattr(keys, taxonomy) if label.slug == slug] if keys is not None else []


def _move(
    ids: list[str],
    gone: Iterable[str],
    come: Iterable[str],
    dates: tuple[Mapping[str, int | None], Mapping[str, int | None]],
) -> None:
    """Take ids out of a list in the order of dates, and put others in. Cost: some dates read, and moving the rest."""
    before, after = dates
    for id in gone:
        del ids[_place(ids, before, _rank(before, id))]
    for id in come:
        ids.insert(_place(ids, after, _rank(after, id)), id)


def _calendar(calendar: Mapping[str, tuple[str, ...]], edit: Edit) -> Mapping[str, tuple[str, ...]]:
    before, after = edit.dates
    gone: dict[str, list[str]] = {}
    come: dict[str, list[str]] = {}
    if all(
        before.get(id) == after.get(id) and _periods(was) == _periods(now) for id, (was, now) in edit.changes.items()
    ):
        return calendar
    for id, (was, now) in edit.changes.items():
        if before.get(id) is not None:
            for name in _periods(was):
                gone.setdefault(name, []).append(id)
        if after.get(id) is not None:
            for name in _periods(now):
                come.setdefault(name, []).append(id)
    found = dict(calendar)
    for name in {**gone, **come}:
        ids = list(found.get(name, ()))
        _move(ids, gone.get(name, ()), come.get(name, ()), edit.dates)
        if ids:
            found[name] = tuple(ids)
        else:
            del found[name]
    return found


def _periods(keys: Keys | None) -> tuple[str, ...]:
    if keys is None or keys.kind != "article" or keys.date is None:
        return ()
    iso = keys.date.iso
    return iso[:4], iso[:7], iso[:10]


def _addresses(addresses: Addresses, changes: Changes) -> Addresses | None:
    """None when two articles want one address: then only looking at all of them tells who has it."""
    if all(_where(before) == _where(after) for before, after in changes.values()):
        return addresses
    if addresses.shared:
        return None
    found = dict(addresses.at)
    for before, _ in changes.values():
        for url in _where(before):
            found.pop(url, None)
    for id, (_, after) in changes.items():
        for url in _where(after):
            if url in found or after is None:
                return None
            found[url] = (id, "" if url == after.url else url)
    return Addresses(found)


def _where(keys: Keys | None) -> tuple[str, ...]:
    """Every address of an article, each once."""
    return tuple(dict.fromkeys((keys.url, *keys.aliases))) if keys else ()


def _folds(folds: Mapping[str, int], edit: Edit) -> Mapping[str, int]:
    if all(edit.title[0].get(id) == edit.title[1].get(id) for id in edit.changes):
        return folds
    found = dict(folds)
    for step, titles in zip((-1, 1), edit.title, strict=True):
        for id in edit.changes:
            if id in titles:
                name = fold(titles[id])
                found[name] = found.get(name, 0) + step
                if not found[name]:
                    del found[name]
    return found


def _targets(
    targets: Mapping[str, str], folds: tuple[Mapping[str, int], Mapping[str, int]], edit: Edit
) -> Mapping[str, str] | None:
    """None when a title is shared, so that another article may take it over, or when more than titles changed."""
    if any(_names(old) != _names(new) for old, new in edit.changes.values()):
        return None
    before, after = edit.title
    named = {id: (fold(before[id]), fold(after[id])) for id in edit.changes if before[id] != after[id]}
    if not named:
        return targets
    found = dict(targets)
    for id, (old, new) in named.items():
        if old == new:
            continue
        if folds[0][old] > 1 or folds[1][new] > 1 or found.get("=" + old) != id or "=" + new in found:
            return None
        del found["=" + old]
        found["=" + new] = id
    return found


def _names(keys: Keys | None) -> Names | None:
    return Names(keys.id, keys.source, keys.url, keys.slug, keys.aliases) if keys else None
