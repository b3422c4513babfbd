"""Encoded bodies and terms of a live site's articles: edited ones from memory, the others from the cache.

Invariant: what is handed out has the digest that the article's head names. Another build of the same site may write
the cache at the same time; then the source is parsed again.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from sitegen.build.cache import Cache, Damaged
from sitegen.build.reading import Sources
from sitegen.build.scan import Changed
from sitegen.build.work import Head, Parsed
from sitegen.digest import digest_bytes
from sitegen.model import Body

T = TypeVar("T")
_decode = msgspec.msgpack.Decoder(Body).decode


class Hearsay(Cache):
    """The same cache for who need not be able to read it or write it: what is damaged was never known."""

    def __init__(self, cache: Cache) -> None:
        self.path, self.notice, self._db = cache.path, cache.notice, cache._db  # noqa: SLF001 -- its own kind

    def known(self, name: str, type: type[T]) -> T | None:
        try:
            return super().known(name, type)
        except (Damaged, sqlite3.Error):
            return None

    def remember(self, name: str, value: Any, before: bytes = b"") -> None:
        with suppress(sqlite3.Error):
            super().remember(name, value, before)


class Texts:
    """Encoded texts by source. `reparse` parses a source as it stands on disk; None when it is not there."""

    def __init__(self, sources: Sources, reparse: Callable[[str], Parsed | None]) -> None:
        self._sources = sources
        self._reparse = reparse
        self._bodies: dict[str, bytes] = {}
        self._terms: dict[str, bytes] = {}

    def keep(self, parsed: Parsed) -> None:
        """Remember the texts of a source that was parsed just now."""
        self._bodies[parsed.source] = parsed.body
        self._terms[parsed.source] = parsed.terms

    def body(self, head: Head) -> bytes:
        """The encoded body. Raises: Changed when the source is not any more what the head was made of."""
        source = head.source
        kept = self._bodies.get(source)
        if kept is not None:
            return kept
        try:
            found = self._sources.body(source)
        except (Damaged, sqlite3.Error, KeyError):
            found = b""
        if digest_bytes(found) != head.body_digest:
            found = self._parsed(source).body
        if digest_bytes(found) != head.body_digest:
            raise Changed(source)
        return found

    def terms(self, heads: list[Head]) -> Iterator[tuple[Head, bytes]]:
        """The encoded terms of many articles. Raises: Changed, as for `body`."""
        known: dict[str, bytes] = {}
        with suppress(Damaged, sqlite3.Error):
            known.update(self._sources.terms())
        for head in heads:
            source = head.source
            found = self._terms.get(source) or known.get(source) or self._stored(head)
            if digest_bytes(found) != head.terms_digest:
                found = self._parsed(source).terms
                if digest_bytes(found) != head.terms_digest:
                    raise Changed(source)
            yield head, found

    def _stored(self, head: Head) -> bytes:
        try:
            return self._sources.cache.text(head.source, "terms", head.terms_digest)
        except (Damaged, sqlite3.Error):
            return b""

    def term(self, head: Head) -> bytes:
        """The encoded terms of one article."""
        found = self._terms.get(head.source)
        return found if found is not None else self._parsed(head.source).terms

    def _parsed(self, source: str) -> Parsed:
        parsed = self._reparse(source)
        if parsed is None or parsed.is_broken:
            raise Changed(source)
        return parsed


class LiveBodies(Mapping[str, Body]):
    """Bodies by id, decoded when asked for."""

    def __init__(self, texts: Texts, heads: Callable[[str], Head | None], ids: Callable[[], Iterator[str]]) -> None:
        self._texts = texts
        self._heads = heads
        self._ids = ids

    def __getitem__(self, id: str) -> Body:
        head = self._heads(id)
        if head is None:
            raise KeyError(id)
        return _decode(self._texts.body(head))

    def __iter__(self) -> Iterator[str]:
        return self._ids()

    def __len__(self) -> int:
        return sum(1 for _ in self._ids())
