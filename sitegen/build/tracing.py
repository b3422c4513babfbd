"""What earlier builds know of each output: what it read, what its file looked like, and why it was made.

Invariant: after a successful build every live trace agrees with the ledger's digests; a failed build changes neither.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress

from sitegen.build.cache import Cache, Damaged, decoded
from sitegen.build.kept_keys import KeptKeys
from sitegen.build.records import OUTPUTS, Record, Records
from sitegen.build.tables import InPieces, KeptTables
from sitegen.build.toolchain import toolchain_digest
from sitegen.digest import SIZE_BYTES
from sitegen.engine import Key, Snapshot
from sitegen.ledger import Ledger, read_by
from sitegen.model import Output

EXTRA = "extra"  # what `made` says of a file that is made from more than templates: see build.extras
ALL = "outputs"  # the table of all outputs
WHY_SHOWN = 12  # reasons kept an output; the first say enough


WORDS = "words"  # in the cache: in pieces, beside the digest of the code that says them


def words_in(cache: Cache) -> InPieces | None:
    """Days and numbers in words, as far as earlier builds of this code found them out, read as they are asked; None
    where none did. Raises: Damaged.
    """
    return InPieces(cache, WORDS) if cache.known(WORDS, bytes) == toolchain_digest() else None


def all_words_in(cache: Cache) -> dict[str, str]:
    """The same, all at once; none where they cannot be read, since they can be found out again."""
    with suppress(Damaged, sqlite3.Error):
        words = words_in(cache)
        return {} if words is None else words.load()
    return {}


class Memory:
    """The records and the ledger of one site."""

    def __init__(
        self,
        records: Records,
        ledger: Ledger,
        traces: Mapping[str, bytes],
        words: Mapping[str, str] | None = None,
        kept: bytes = b"",
    ) -> None:
        """`traces` are the numbers of the keys that each output read, 32 bits each; `words` what is known
        of days and numbers in words; `kept` are the records as the cache holds them.
        """
        self.records = records
        self._kept = kept
        self.ledger = ledger
        self.traces = dict(traces)
        self._learnt: set[str] = set()  # outputs whose traces are new
        self._asked: set[int] = set()  # the keys that they name
        self._changed: tuple[Snapshot | None, set[int]] = None, set()
        self.words = {} if words is None else words  # never asked how many: that would read them all
        self._no_words = words is None
        self._before = len(ledger)

    @classmethod
    def load(cls, cache: Cache) -> "Memory":
        """What the cache holds; empty when it holds nothing. Raises: Damaged."""
        fingerprints = cache.known("fingerprints", dict[str, bytes])
        names = cache.known("keys", KeptKeys)
        if fingerprints is None or names is None:
            return cls(Records(), Ledger(), {})
        kept = cache.encoded_value(OUTPUTS)
        records = decoded(OUTPUTS, kept, Records) if kept else Records()
        traces = cache.known_pieces("traces", bytes)
        parts = cache.known_pieces("digests", bytes)
        keys = names.numbers()
        digests = b"".join([parts.get(str(n), b"") for n in range(len(parts))])
        if len(digests) != SIZE_BYTES * sum(map(len, keys.values())):
            raise Damaged("keys and digests do not match")
        if traces.keys() != records.keys():
            raise Damaged("outputs and traces do not match")
        return cls(records, Ledger(keys, digests, fingerprints), traces, words_in(cache), kept)

    def reasons(self, outputs: Iterable[Output], snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
        """Outputs that must be made again because of what they are made of, each with the reasons in words."""
        changed = self.ledger.changed(snapshot)
        self._changed = snapshot, changed
        stale = self.ledger.stale(self.traces, changed)
        found: dict[str, tuple[str, ...]] = {}
        if self.ledger.fingerprints.get(ALL) == snapshot.fingerprint(ALL):  # each was made by what makes it now
            outputs = [output for output in outputs if output.path in stale or output.path not in self.records]
        for output in outputs:
            path = output.path
            record = self.records.get(path)
            if record is None:
                found[path] = ("it is new",)
            elif record.made != made_by(output):
                found[path] = (f"it was {said_of(record.made)}, and is now {said_of(made_by(output))}",)
            elif path in stale:
                found[path] = tuple(f"{said_key(key)} changed" for key in stale[path][:WHY_SHOWN])
        return found

    def learn(self, keys: Sequence[Key], digests: Sequence[bytes], reads: Iterable[tuple[str, Sequence[int]]]) -> None:
        """Keep what outputs read while they were made just now: each path with places in `keys`."""
        number = self.ledger.number(keys, digests).__getitem__
        self._asked.update(map(number, range(len(keys))))
        for path, places in reads:
            self.traces[path] = array("I", map(number, places)).tobytes()
            self._learnt.add(path)

    def save(
        self,
        cache: Cache,
        changed_records: Mapping[str, Record],
        gone: AbstractSet[str],
        snapshot: Snapshot,
        words: Mapping[str, str],
    ) -> None:
        """Keep all that the next build needs: the outputs that changed, those that are gone, and what is new in words.
        The caller holds the transaction.
        """
        seen, changed = self._changed
        changed = changed if seen is snapshot else self.ledger.changed(snapshot)
        self.ledger.settle(snapshot, changed)
        live = self.traces
        for path in changed_records:
            live.setdefault(path, b"")  # a file is copied, and read nothing
        for path in gone:
            live.pop(path, None)
        ledger, whole = self.ledger, not self._before
        has_new = len(ledger) > self._before
        if has_new or gone:  # else as many keys are used as before, or nearly
            used = read_by(live)
            if len(used) * 2 < len(ledger) or not used:
                ledger, live = ledger.compacted(live)
                has_new = whole = True
        if words:
            cache.remember(WORDS, toolchain_digest())
            cache.remember_pieces(WORDS, words, None if self._no_words else words)
        again = changed_records.keys() | gone
        if again or whole:
            cache.remember(OUTPUTS, self.records.after(changed_records, gone), self._kept)
        cache.remember_pieces("traces", live, None if whole else (again | self._learnt))
        if has_new or whole:
            cache.remember("keys", KeptKeys.of(ledger.names))
        digests = bytes(ledger.digests)
        parts = {str(n): digests[start : start + PART] for n, start in enumerate(range(0, len(digests), PART))}
        moved = {str(n * SIZE_BYTES // PART) for n in changed | self._asked}
        cache.remember_pieces("digests", parts, None if whole else moved)
        cache.remember("fingerprints", {**ledger.fingerprints, ALL: snapshot.fingerprint(ALL)})
        assert isinstance(snapshot.kept, KeptTables)
        snapshot.kept.save(snapshot)
        cache.remember("tables", {**snapshot.known, "": (snapshot.kept.code, b"")})


PART = 1024 * SIZE_BYTES  # digests kept together: those that an edit moves are few, and anywhere


def made_by(output: Output) -> str:
    """Kind and key of an output in one line."""
    return " ".join([output.kind, *map(str, output.key)])


def said_of(made: str) -> str:
    """`made_by` as a person says it."""
    kind, _, key = made.partition(" ")
    if kind == EXTRA:
        return f"part of the {key}"
    if kind in ("home", "sitemap", "robots"):
        key = ""
    return f"the {kind.replace('_', ' ')} page{f' of {key}' if key else ''}"


_WORDS = {
    "card": "what other pages show of {}",
    "body": "the text of {}",
    "keys_of": "the front matter of {}",
    "template": "the template {} or one that it loads",
    "neighbours": "the articles before and after {}",
    "near": "the articles whose text is near {}",
    "explicit": "the related: entries of {}",
    "backlinks": "the articles that link to {}",
    "translations": "the translations of {}",
    "option": "the theme option {}",
    "data": "data/{}",
    "asset": "the theme's file {}",
    "strings": "the theme's words in {}",
    "target": 'what "{}" means',
    "source": "whether content/{} is there",
    "address": "the address of {}",
    "file": "the place of content/{}",
    "fonts": "the fonts of social cards",
    "draws_cards": "whether social cards are drawn",
    "picture": "the size and the copies of the picture {}",
    "latest": "which articles stand at {} to {} of the list",
    "fresh": "the {} newest articles",
    "tagged": "which articles carry {} {}",
    "tagged_dated": "the newest articles of {} {}",
    "term": "{} {}",
    "terms": "the list of {}",
    "top_terms": "the most used {}",
    "period": "the articles of {}-{}-{}",
    "periods": "the list of years, months and days",
    "count": "the number of articles",
    "site": "the site's title, description, authors or params",
    "base": "the site's address, language or timezone",
    "plan": "which lists and feeds the site has",
    "feed_facts": "what the config says of feeds",
    "toolchain": "sitegen, Python or a library",
    "extra": "what a plugin makes at {}",
    "has_index": "whether there is an index at {}",
    "has": "whether there is a page at {}",
    "site_addresses": "the list of all addresses",
    "page_order": "the list of pages",
    "story": "the story {}",
    "story_of": "the story of {}, and what came before and after it",
    "story_list": "the list of stories",
    "moved_story": "where the story {} went",
    "titles": "the titles of all articles",
}


def said_key(key: Key) -> str:
    """A key as a person says it."""
    words = _WORDS.get(key[0])
    if words is None:
        return " ".join(map(str, key))
    return words.format(*key[1:])
