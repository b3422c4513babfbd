"""Which outputs are out of date: the digests of all that they read, from one build to the next.

In the words of "Build Systems à la Carte" (ICFP 2018): verifying traces with early cut-off. Since all outputs of one
build see one snapshot, one digest a key serves all traces, and the traces themselves are plain lists of numbers.

Invariant: pure; a ledger knows keys and digests, and nothing of sites.
"""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import Any

from sitegen.digest import ABSENT, SIZE_BYTES
from sitegen.engine import AnswerError, Key, Snapshot

Asked = str | tuple[str | int | bool | None, ...]  # what follows the name in a key: one text, or anything else
NUMBER_BYTES = 4
FEW = 16  # changed keys; above that a pass over all traces is faster than a search for each


class Ledger:
    """Every key that any trace names, numbered, with the digest that it had in the last successful build.

    Invariant: between builds, all live traces agree with these digests; that is what makes one digest a key enough.
    """

    def __init__(
        self,
        names: dict[str, dict[Asked, int]] | None = None,
        digests: bytes = b"",
        fingerprints: dict[str, bytes] | None = None,
    ) -> None:
        """A ledger as it was saved. `names`: by the first of a key, by its rest, its number; `digests`: one after the
        other, in the order of the numbers.
        """
        self.names = names or {}
        self.digests = bytearray(digests)
        self.fingerprints = fingerprints or {}
        self._keys: dict[int, Key] = {}  # those that somebody has come across

    def __len__(self) -> int:
        return len(self.digests) // SIZE_BYTES

    def digest(self, n: int) -> bytes:
        """The digest of a key by its number."""
        return bytes(self.digests[n * SIZE_BYTES : (n + 1) * SIZE_BYTES])

    def keys(self, numbers: Iterable[int]) -> list[Key]:
        """Keys by their numbers, in this order. Cost: one pass over all keys, but for those that were found changed."""
        numbers, found = list(numbers), self._keys
        if wanted := set(numbers) - found.keys():
            for name, own in self.names.items():
                found.update((n, key_of(name, asked)) for asked, n in own.items() if n in wanted)
        return [found[n] for n in numbers]

    def changed(self, snapshot: Snapshot) -> set[int]:
        """Numbers of the keys whose answers differ from the last build's.

        Cost: one fingerprint a name; one digest a key under the names whose fingerprint moved.
        """
        changed: set[int] = set()
        for name, own in self.names.items():
            before = self.fingerprints.get(name)
            if before == snapshot.fingerprint(name):
                continue
            items, where = snapshot.digests_of(name), snapshot.may_differ(name, before or ABSENT)
            if items is not None:
                changed.update(self._moved_items(own, name, items))
            elif where is not None:
                changed.update(self._moved({a: n for a, n in own.items() if first_of(a) in where}, name, snapshot))
            else:
                changed.update(self._moved(own, name, snapshot))
        return changed

    def _moved_items(self, own: Mapping[Asked, int], name: str, items: Mapping[Any, bytes]) -> Iterator[int]:
        digests, get = self.digests, items.get
        for asked, n in own.items():
            start = n * SIZE_BYTES
            if digests[start : start + SIZE_BYTES] != (get(asked) or get(first_of(asked), ABSENT)):
                self._keys[n] = key_of(name, asked)
                yield n

    def _moved(self, own: Mapping[Asked, int], name: str, snapshot: Snapshot) -> Iterator[int]:
        for asked, n in own.items():
            key = key_of(name, asked)
            try:
                same = snapshot.digest(key) == self.digest(n)
            except AnswerError:  # whoever asks again is told, with the output that asked
                same = False
            if not same:
                self._keys[n] = key
                yield n

    def number(self, keys: Iterable[Key], digests: Iterable[bytes]) -> "array[int]":
        """Numbers of keys, which join the ledger, or are brought up to date, with the digests beside them."""
        names, known, out = self.names, self.digests, array("I")
        following = len(self)
        for key, digest in zip(keys, digests, strict=True):
            own = names.get(key[0])
            if own is None:
                own = names[key[0]] = {}
            asked = asked_of(key)
            n = own.get(asked)
            if n is None:
                n = own[asked] = following
                following += 1
                known += digest
            else:
                known[n * SIZE_BYTES : (n + 1) * SIZE_BYTES] = digest
            out.append(n)
        return out

    def settle(self, snapshot: Snapshot, changed: Iterable[int]) -> None:
        """Bring digests and fingerprints to those of a snapshot that has been built; drop nothing."""
        numbers = list(changed)
        for n, key in zip(numbers, self.keys(numbers) if numbers else (), strict=True):
            with suppress(AnswerError):  # no live trace names it: the output that had asked would have failed
                self.digests[n * SIZE_BYTES : (n + 1) * SIZE_BYTES] = snapshot.digest(key)
        self.fingerprints = {name: snapshot.fingerprint(name) for name in self.names}

    def compacted(self, traces: Mapping[str, bytes]) -> "tuple[Ledger, dict[str, bytes]]":
        """The same without keys that no trace names; traces renumbered. Cost: linear in all traces."""
        live = sorted(read_by(traces))
        renumber = {old: new for new, old in enumerate(live)}
        names = {
            name: kept
            for name, own in self.names.items()
            if (kept := {asked: renumber[n] for asked, n in own.items() if n in renumber})
        }
        fingerprints = {name: digest for name, digest in self.fingerprints.items() if name in names}
        ledger = Ledger(names, b"".join(map(self.digest, live)), fingerprints)
        return ledger, {
            path: array("I", [renumber[n] for n in array("I", trace)]).tobytes() for path, trace in traces.items()
        }

    def stale(self, traces: Mapping[str, bytes], changed: set[int]) -> dict[str, tuple[Key, ...]]:
        """Outputs whose trace names a changed key, each with those keys, in the order in which they were read.

        Cost: a search through all traces for each changed key, or one pass over them where there are many.
        """
        if not changed:
            return {}
        few, disjoint = len(changed) <= FEW, changed.isdisjoint
        found = {}
        for path in _that_name(traces, changed) if few else traces:
            trace = array("I", traces[path])
            if few or not disjoint(trace):
                found[path] = [n for n in trace if n in changed]
        keys = dict(zip(changed, self.keys(changed), strict=True))
        return {path: tuple(keys[n] for n in those) for path, those in found.items()}


def asked_of(key: Key) -> Asked:
    """What follows the name in a key."""
    rest = key[1:]
    return rest[0] if len(rest) == 1 and isinstance(rest[0], str) else rest


def first_of(asked: Asked) -> Any:
    """The first thing after the name; None where nothing follows."""
    return asked if isinstance(asked, str) else asked[0] if asked else None


def key_of(name: str, asked: Asked) -> Key:
    """The key of a name and what follows it."""
    return (name, asked) if isinstance(asked, str) else (name, *asked)


def read_by(traces: Mapping[str, bytes]) -> set[int]:
    """The numbers of all keys that any trace names."""
    return set(array("I", b"".join(traces.values())))


def _that_name(traces: Mapping[str, bytes], changed: Iterable[int]) -> Iterator[str]:
    """Each output whose trace names one of these numbers, found by their bytes in all traces together."""
    paths: Sequence[str] = list(traces)
    together = b"".join(traces.values())
    ends = list(accumulate(map(len, traces.values())))
    found: dict[int, None] = {}
    for n in changed:
        wanted = n.to_bytes(NUMBER_BYTES, sys.byteorder)
        at = together.find(wanted)
        while at >= 0:
            if at % NUMBER_BYTES == 0:
                found[bisect_right(ends, at)] = None
            at = together.find(wanted, at + 1)
    return (paths[place] for place in sorted(found))
