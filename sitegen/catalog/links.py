"""Who points at whom: resolving `related:`, wiki links, links to sources, translations, and the way back.

Invariant: a target that matches nothing is None, a value like any other: when the wanted article arrives, the answer
changes and the pages that asked are made again.
"""

import unicodedata
from collections.abc import Mapping

import msgspec

from sitegen.model import Keys


class Names(msgspec.Struct, frozen=True, array_like=True):
    """What an article can be named with, but its title. Moves only when a file is renamed or an address changes."""

    id: str
    source: str
    url: str
    slug: str
    aliases: tuple[str, ...] = ()


class Near(msgspec.Struct, frozen=True, array_like=True):
    """An article that is related by its text: how much, and the words that say why."""

    id: str
    score: int
    reasons: tuple[str, ...] = ()


class Explicit(msgspec.Struct, frozen=True):
    """One `related:` entry: `id` where it names an article, else `url` where it is one, else it is wanted."""

    title: str
    label: str
    id: str | None = None
    url: str = ""


def fold(text: str) -> str:
    """A title as people compare titles: NFKC, no case, straight quotes and dashes, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_STRAIGHT).casefold().split())


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def targets(names: tuple[Names, ...], title: Mapping[str, str], /) -> dict[str, str]:
    """Ids by everything an article can be named with: id, source, address, aliases, slug and title.

    The stronger name wins, in that order; among equals the smaller id.
    """
    found: dict[str, str] = {}
    ranked = sorted(names, key=lambda each: each.id)
    for each in ranked:
        found.setdefault(each.id, each.id)
    for each in ranked:
        found.setdefault(each.source, each.id)
        found.setdefault(each.url, each.id)
        for alias in each.aliases:
            found.setdefault(alias, each.id)
    for each in ranked:
        found.setdefault(each.slug, each.id)
    for each in ranked:
        found.setdefault("=" + fold(title.get(each.id, "")), each.id)
    return found


def find(targets: Mapping[str, str], base_url: str, wanted: str) -> str | None:
    """Id of the article that a name, title, site path or full address means."""
    for name in (wanted, "/" + wanted.strip("/") + "/"):
        if name in targets:
            return targets[name]
    if base_url and wanted.startswith(base_url):
        path = "/" + wanted[len(base_url) :].lstrip("/")
        if path in targets:
            return targets[path]
    return targets.get("=" + fold(wanted))


def target(targets: Mapping[str, str], base_url: str, /, wanted: str) -> str | None:
    """Id of the article that a wiki link or a `related:` entry means; None while it is wanted."""
    return find(targets, base_url, wanted)


def sources(names: tuple[Names, ...], /) -> dict[str, str]:
    """Ids by path below the content folder."""
    return {each.source: each.id for each in names}


def source(sources: Mapping[str, str], /, path: str) -> str | None:
    """Id of the article that a content file holds; None where there is no such file, or it is not published."""
    return sources.get(path)


def explicit(targets: Mapping[str, str], base_url: str, by_id: Mapping[str, Keys], /, id: str) -> tuple[Explicit, ...]:
    """The `related:` entries of an article, as written; never the article itself."""
    out = []
    keys = by_id.get(id)
    for link in keys.related if keys else ():
        found = find(targets, base_url, link.target) or (find(targets, base_url, link.title) if link.title else None)
        if found == id:
            continue
        outside = link.target.startswith(("http://", "https://", "//"))
        out.append(
            Explicit(
                title=link.title or link.target,
                label=link.label,
                id=found,
                url=link.target if outside and found is None else "",
            )
        )
    return tuple(out)


def links_to(
    links: Mapping[str, tuple[tuple[str, str], ...]],
    sources: Mapping[str, str],
    targets: Mapping[str, str],
    position: Mapping[str, int],
    /,
) -> dict[str, tuple[str, ...]]:
    """For each article that is linked to, the ids of the articles that link, newest first, pages last."""
    found: dict[str, set[str]] = {}
    for id, refs in links.items():
        for kind, wanted in refs:
            to = sources.get(wanted) if kind == "source" else find(targets, "", wanted)
            if to is not None and to != id:
                found.setdefault(to, set()).add(id)
    last = len(position)
    return {to: tuple(sorted(ids, key=lambda id: (position.get(id, last), id))) for to, ids in found.items()}


def backlinks(links_to: Mapping[str, tuple[str, ...]], /, id: str) -> tuple[str, ...]:
    """Ids of the articles whose text links to this one."""
    return links_to.get(id, ())


def tongues(translated: Mapping[str, tuple[str, str]], targets: Mapping[str, str], /) -> dict[str, tuple[str, ...]]:
    """For each article that has translations, the ids of all of them with itself, by language and id.

    `translated` holds language and original of every article that names one, and the language of every other.
    """
    root: dict[str, str] = {}

    def top(id: str) -> str:
        while (above := root.setdefault(id, id)) != id:
            id = above
        return id

    for id, (_, named) in translated.items():
        original = find(targets, "", named) if named else None
        if original is not None:
            first, second = sorted((top(id), top(original)))
            root[second] = first
    found: dict[str, list[str]] = {}
    for id in root:
        found.setdefault(top(id), []).append(id)
    out = {}
    for group in found.values():
        ids = tuple(sorted(group, key=lambda id: (translated[id][0], id)))
        out.update(dict.fromkeys(ids, ids))
    return out


def translations(tongues: Mapping[str, tuple[str, ...]], /, id: str) -> tuple[str, ...]:
    """Ids of an article's translations, without itself."""
    return tuple(other for other in tongues.get(id, ()) if other != id)
