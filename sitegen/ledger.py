"""Which outputs are out of date: the digests of all that they read, from one build to the next.

In the words of "Build Systems à la Carte" (ICFP 2018): verifying traces with early cut-off. Since all outputs of one
build see one snapshot, one digest a key serves all traces, and the traces themselves are plain lists of numbers.

Invariant: pure; a ledger knows keys and digests, and nothing of sites.
"""

from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress

from sitegen.digest import ABSENT
from sitegen.engine import AnswerError, Key, Snapshot


class Ledger:
    """Every key that any trace names, numbered, with the digest that it had in the last successful build.

    Invariant: between builds, all live traces agree with these digests; that is what makes one digest a key enough.
    """

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.digests: list[bytes] = []
        self.fingerprints: dict[str, bytes] = {}
        self._numbers: dict[Key, int] = {}
        self._settled = 0  # keys whose names have fingerprints

    @classmethod
    def of(cls, keys: list[Key], digests: list[bytes], fingerprints: dict[str, bytes]) -> "Ledger":
        """A ledger as it was saved: `keys` and `digests` side by side."""
        ledger = cls()
        ledger.keys, ledger.digests, ledger.fingerprints = keys, digests, fingerprints
        ledger._numbers = dict(zip(keys, range(len(keys)), strict=True))
        ledger._settled = len(keys) if fingerprints else 0
        return ledger

    def changed(self, snapshot: Snapshot) -> set[int]:
        """Numbers of the keys whose answers differ from the last build's.

        Cost: one fingerprint a name; one digest a key under the names whose fingerprint moved.
        """
        moved = {
            name: snapshot.may_differ(name, self.fingerprints.get(name, ABSENT))
            for name in self._names()
            if self.fingerprints.get(name) != snapshot.fingerprint(name)
        }
        if not moved:
            return set()
        digests = self.digests

        def differs(n: int, key: Key) -> bool:
            where = moved[key[0]]
            if where is not None and key[1] not in where:
                return False
            try:
                return snapshot.digest(key) != digests[n]
            except AnswerError:  # whoever asks again is told, with the output that asked
                return True

        return {n for n, key in enumerate(self.keys) if key[0] in moved and differs(n, key)}

    def _names(self) -> set[str]:
        """What the keys are answers to: the names that were settled, and those that have come since."""
        return {*self.fingerprints, *(key[0] for key in self.keys[self._settled :])}

    def number(self, keys: Iterable[Key], digests: Iterable[bytes]) -> "array[int]":
        """Numbers of keys, which join the ledger, or are brought up to date, with the digests beside them."""
        numbers, out = self._numbers, array("I")
        for key, digest in zip(keys, digests, strict=True):
            n = numbers.get(key)
            if n is None:
                n = numbers[key] = len(self.keys)
                self.keys.append(key)
                self.digests.append(digest)
            else:
                self.digests[n] = digest
            out.append(n)
        return out

    def settle(self, snapshot: Snapshot, changed: set[int]) -> None:
        """Bring digests and fingerprints to those of a snapshot that has been built; drop nothing."""
        for n in changed:
            with suppress(AnswerError):  # no live trace names it: the output that had asked would have failed
                self.digests[n] = snapshot.digest(self.keys[n])
        self.fingerprints = {name: snapshot.fingerprint(name) for name in self._names()}
        self._settled = len(self.keys)

    def compacted(self, traces: Mapping[str, "array[int]"]) -> "tuple[Ledger, dict[str, array[int]]]":
        """The same without keys that no trace names; traces renumbered. Cost: linear in all traces."""
        live = sorted(set().union(*traces.values())) if traces else []
        renumber = {old: new for new, old in enumerate(live)}
        keys = [self.keys[n] for n in live]
        names = {key[0] for key in keys}
        fingerprints = {name: digest for name, digest in self.fingerprints.items() if name in names}
        ledger = Ledger.of(keys, [self.digests[n] for n in live], fingerprints)
        return ledger, {path: array("I", [renumber[n] for n in trace]) for path, trace in traces.items()}

    def stale(self, traces: Mapping[str, "array[int]"], changed: set[int]) -> dict[str, tuple[Key, ...]]:
        """Outputs whose trace names a changed key, each with those keys, in the order in which they were read."""
        if not changed:
            return {}
        disjoint = changed.isdisjoint
        return {
            path: tuple(self.keys[n] for n in trace if n in changed)
            for path, trace in traces.items()
            if not disjoint(trace)
        }
