"""Giving every article its place, its links and its files, and writing it.

Invariant: articles are written in the order of their sources; what an article says of another does not depend on which
of them was written first.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

import msgspec

from sitegen.content.slugs import slug_of, slugify
from sitegen.convert.document import Article, Asset, Field, Link
from sitegen.convert.drawing import Drawn, lost
from sitegen.convert.faults import own_fault, unwritten
from sitegen.convert.gathering import Gathered
from sitegen.convert.resolve import Known, Names, folded, resolved
from sitegen.convert.sources.warc import Web
from sitegen.convert.writing.addresses import addresses_in, from_place, rewritten
from sitegen.convert.writing.assets import MAX_ASSETS, Copy, copies_of, copy_of
from sitegen.convert.writing.shelf import BUNDLE, Lying, Shelf
from sitegen.convert.writing.write import markdown_file, quoted

Fetch = Callable[[str], bytes]
_WEB: Final = ("http://", "https://")


class Ready(msgspec.Struct, frozen=True):
    """An article as it is written: its links lead somewhere, its files lie beside it."""

    article: Article
    text: str
    copies: tuple[Copy, ...]
    notes: tuple[str, ...]


class Putting:
    """The second half of an import, over what was gathered and drawn. `fetch` gives the bytes of a picture, or none."""

    def __init__(self, gathered: Gathered, drawn: Drawn, shelf: Shelf, fetch: Fetch | None = None) -> None:
        self.gathered = gathered
        self.drawn = drawn
        self.shelf = shelf
        self.fetch = fetch
        self.names = Names()

    def plan(self) -> None:
        """Gives every article its place, and takes all names in: first those of this run, then those that lie there."""
        entries = self.drawn.entries
        made = [number for number, entry in enumerate(entries) if entry.fault is None]
        self.shelf.reserve(self.drawn.article(number).source for number in made)
        for number in made:
            try:
                self._place(number)
            except OSError as error:
                entries[number] = lost(unwritten(self._path(number), error, self.shelf.into))
            except Exception as fault:  # noqa: BLE001 -- no article should: see `own_fault`
                entries[number] = lost(own_fault(self._path(number), fault, "write"))
        for entry in entries:
            if entry.fault is None:
                known = Known(entry.target, entry.title, entry.group, entry.place, entry.headings)
                self.names.add(known, (entry.url, *entry.addresses))
        for lying in self.shelf.lying:
            if not self.shelf.claimed(lying.place):
                self.names.add(Known(lying.place, lying.title, "", lying.place), (lying.url,))

    def _path(self, number: int) -> str:
        return self.gathered.documents[number].source.path

    def _place(self, number: int) -> None:
        entry, article = self.drawn.entries[number], self.drawn.article(number)
        wanted = entry.wanted_place
        if self._brings_files(number, article):
            wanted = wanted if wanted.endswith(BUNDLE) else wanted.removesuffix(".md") + BUNDLE
        elif wanted.endswith(BUNDLE):
            wanted = wanted.removesuffix(BUNDLE) + ".md"
        entry.place = self.shelf.plan(article.source, wanted, lambda: self.ready(number).text)

    def _brings_files(self, number: int, article: Article) -> bool:
        """Whether files of its own will lie beside it."""
        web = self._web(number)
        if any(self.fetch is not None or (web is not None and web.has(src)) for src in _remote(article)):
            return True
        used = _used(article) if article.assets else frozenset()
        return any(asset.src in used and self._located(number, asset) is not None for asset in article.assets)

    def _located(self, number: int, asset: Asset) -> Asset | None:
        """The asset with where its bytes are; None when there is no such file."""
        if not asset.inside:
            return asset
        at = self.gathered.kept[number].store
        found = self.gathered.stores[at].asset(asset.inside, asset.src) if at >= 0 else None
        return msgspec.structs.replace(found, name=asset.name, original=asset.original) if found is not None else None

    def _web(self, number: int) -> Web | None:
        """The web archive that a page came from, which holds its pictures too."""
        at = self.gathered.kept[number].store
        store = self.gathered.stores[at] if at >= 0 else None
        return store if isinstance(store, Web) else None

    def ready(self, number: int) -> Ready:
        """The article of one document as it is to be written. Files are read here, and fetched."""
        article, entry = self.drawn.article(number), self.drawn.entries[number]
        if article.links:
            links = resolved(article.links, self.names, entry.group, entry.target)
            article = msgspec.structs.replace(article, links=links)
        copies, changes, notes = self._copies(number, article)

        def change(address: str) -> str | None:
            if address in changes:
                return changes[address]
            return self._linked(address, entry.group, entry.place, article.source.name)

        if article.markdown:
            article = msgspec.structs.replace(article, markdown=rewritten(article.markdown, change))
        if changes:
            article = _with_copies(article, changes)
        article, said = _told_apart(article, entry.wanted_place, entry.place)
        notes += [said] if said else []
        return Ready(article, markdown_file(article), tuple(copies.values()), tuple(notes))

    def _copies(self, number: int, article: Article) -> tuple[dict[str, Copy], dict[str, str], list[str]]:
        """The files to copy by their new names; the new address of each old one; what could not be copied, in words."""
        copies: dict[str, Copy] = {}
        changes: dict[str, str] = {}
        notes: list[str] = []
        used = _used(article) if article.assets or self.fetch is not None else frozenset()
        located = [(asset, self._located(number, asset)) for asset in article.assets if asset.src in used]
        found = tuple(one for _, one in located if one is not None)
        for copy in copies_of(found, used):
            if isinstance(copy, Copy):
                copies.setdefault(copy.name, copy)
                changes[copy.src] = copy.name
        web = self._web(number)
        if web is not None:
            for src in _remote(article):
                there = web.asset(src, src)
                kept = copy_of(there, there.content) if there is not None else None
                if kept is not None:
                    copies.setdefault(kept.name, kept)
                    changes[src] = kept.name
        if self.fetch is not None:
            self._fetched(article, copies, changes, notes)
        for asset, there in located:
            if asset.src not in changes:
                changes[asset.src] = asset.original or asset.src
                if there is not None:
                    notes.append(f"{asset.name or asset.src} is no picture or file that can be copied")
        return copies, changes, notes

    def _fetched(self, article: Article, copies: dict[str, Copy], changes: dict[str, str], notes: list[str]) -> None:
        assert self.fetch is not None
        for src in _remote(article):
            if src in changes:
                continue
            try:
                copy = copy_of(Asset(src=src), self.fetch(src))
            except OSError as error:
                notes.append(f"the picture {src} was not fetched: {error}")
                continue
            if copy is None:
                notes.append(f"what {src} gave is no picture")
            else:
                copies.setdefault(copy.name, copy)
                changes[src] = copy.name

    def _linked(self, address: str, group: str, place: str, name: str) -> str | None:
        """The address of the article that a link means, as its Markdown is written; None for all other links."""
        if address.startswith("#") or not address:
            return None
        known = self.names.at(address, group, name)
        if known is None or known.place == place:
            return None
        fragment = slugify(address.partition("#")[2]) if "#" in address else ""
        return from_place(place, known.place) + (f"#{fragment}" if fragment and fragment in known.headings else "")

    def arrived(self) -> Iterator[Lying]:
        """Articles of earlier imports that wanted one of this run under a near title; now they name it."""
        new = Names()
        for entry in self.drawn.entries:
            if entry.fault is None:
                new.add(Known(entry.target, entry.title, entry.group, entry.place), ())
        for lying in self.shelf.lying:
            if not lying.wanted or self.shelf.claimed(lying.place):
                continue
            links = [Link("", title, 0) for title in lying.wanted if self.names.named(title, "", "") is not None]
            changes = {
                old.title: one.title
                for old, one in zip(links, (resolved([link], new, "", "")[0] for link in links), strict=True)
                if one.target and one.title != old.title and folded(one.title) != folded(old.title)
            }
            if changes and self.shelf.relate(lying, partial(_renamed, changes=changes)):
                yield lying


def _told_apart(article: Article, wanted: str, place: str) -> tuple[Article, str]:
    """An article whose place was told apart from another's, with a slug that is, too: else no site could build. The old
    address is the other's now, so no alias may claim it, which is said.
    """
    slug = article.more.get("slug")
    first, stem = _stem(wanted), _stem(place)
    if slug is None or slug_of(str(slug.value)) != first or not re.fullmatch(re.escape(first) + r"-\d+", stem):
        return article, ""
    more = {**article.more, "slug": Field(stem, slug.confidence, slug.origin)}
    said = ""
    aliases = more.get("aliases")
    if aliases is not None:
        kept = [one for one in aliases.value if slug_of(one.rstrip("/").rpartition("/")[2]) != first]
        if gone := [one for one in aliases.value if one not in kept]:
            name = str(article.title.value)[:80]
            said = f'"{name}" has another slug, {stem}, and no alias: {gone[0]} is the address of another article'
            more["aliases"] = Field(kept, aliases.confidence, aliases.origin)
    return msgspec.structs.replace(article, more=more), said


def _stem(place: str) -> str:
    return place.removesuffix(".md").removesuffix("/index").rpartition("/")[2]


def _remote(article: Article) -> list[str]:
    """Addresses of its pictures on the web."""
    return list(dict.fromkeys(one.src for one in article.pictures if one.src.startswith(_WEB)))[:MAX_ASSETS]


def _used(article: Article) -> frozenset[str]:
    lead = article.more.get("image")
    covers = (lead.value.get("src", ""),) if lead is not None and isinstance(lead.value, dict) else ()
    return frozenset((*addresses_in(article.markdown), *(picture.src for picture in article.pictures), *covers))


def _with_copies(article: Article, changes: Mapping[str, str]) -> Article:
    pictures = tuple(
        msgspec.structs.replace(one, src=changes[one.src]) if one.src in changes else one for one in article.pictures
    )
    more = article.more
    lead = more.get("image")
    if lead is not None and isinstance(lead.value, dict) and lead.value.get("src") in changes:
        value = {**lead.value, "src": changes[lead.value["src"]]}
        more = {**more, "image": Field(value, lead.confidence, lead.origin)}
    return msgspec.structs.replace(article, pictures=pictures, more=more)


def _renamed(text: str, changes: Mapping[str, str]) -> str:
    """A file whose `related:` titles are changed; nothing else is."""
    head, mark, rest = text.partition("\n---\n")
    lines = {f"  - title: {quoted(old)}": f"  - title: {quoted(new)}" for old, new in changes.items()}
    return "\n".join(lines.get(line, line) for line in head.split("\n")) + mark + rest
