"""Bonds between articles gathered into groups that hold together, without chains and without giants.

Invariant: the groups follow from the set of bonds and seeds, whatever their order: the strongest bond comes first, ties
are broken by ids. Groups of one piece of the graph depend on no bond outside of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sitegen.catalog.bonds import Bond

MOST: Final = 60  # articles of a group that grows by itself: what holds more is a genre, such as weather reports
TIES: Final = 2  # articles of a group that one more must be bound to; by a single one, chains would form

Group = frozenset[str]


def groups_of(bonds: Iterable[Bond], seeds: Sequence[Group] = ()) -> list[Group]:
    """Groups of two and more articles, and the seeds, each grown; seeds first, in their order, then by smallest id.

    Two groups become one when each article of the smaller is bound to the larger, on average at least once and
    at least to `TIES` articles in all; two seeds never do. Cost: about 3 µs a bond.
    """
    growing = _Growing(bonds, seeds)
    waiting = sorted(growing.bonds, key=lambda bond: (-bond.score, bond.first, bond.second))
    merged = True
    while merged and waiting:
        merged, left = False, []
        for bond in waiting:
            one, other = growing.group[bond.first], growing.group[bond.second]
            if one != other:
                if growing.may_join(one, other):
                    growing.join(one, other)
                    merged = True
                else:
                    left.append(bond)
        waiting = left
    free = sorted(sorted(ids) for n, ids in growing.members.items() if n >= len(seeds) and len(ids) > 1)
    return [*(frozenset(growing.members[n]) for n in range(len(seeds))), *map(frozenset, free)]


class _Growing:
    """Groups by number; the first belong to the seeds."""

    def __init__(self, bonds: Iterable[Bond], seeds: Sequence[Group]) -> None:
        self.bonds = tuple(bonds)
        self.seeds = len(seeds)
        self.group: dict[str, int] = {}
        self.members: dict[int, set[str]] = {}
        self.bound: dict[str, set[str]] = {}
        for n, ids in enumerate(seeds):
            self.members[n] = set(ids)
            self.group.update(dict.fromkeys(ids, n))
        for bond in self.bonds:
            self.bound.setdefault(bond.first, set()).add(bond.second)
            self.bound.setdefault(bond.second, set()).add(bond.first)
        for id in sorted(self.bound):
            if id not in self.group:
                self.group[id] = len(self.members)
                self.members[self.group[id]] = {id}

    def may_join(self, one: int, other: int) -> bool:
        if one < self.seeds and other < self.seeds:
            return False
        small, large = sorted((self.members[one], self.members[other]), key=len)
        if len(small) + len(large) > MOST:
            return False
        needed = max(min(TIES, len(large)), len(small))
        found = 0
        for id in small:
            found += len(self.bound.get(id, _NOBODY) & large)
            if found >= needed:
                return True
        return False

    def join(self, one: int, other: int) -> None:
        """The lower number stays: a seed keeps its own."""
        kept, gone = sorted((one, other))
        ids = self.members.pop(gone)
        self.members[kept] |= ids
        self.group.update(dict.fromkeys(ids, kept))


_NOBODY: Final[frozenset[str]] = frozenset()


def bonds_within(bonds: Iterable[Bond], groups: Sequence[Iterable[str]]) -> list[list[Bond]]:
    """For each group the bonds between its articles, in the order of the bonds."""
    group: Mapping[str, int] = {id: n for n, ids in enumerate(groups) for id in ids}
    found: list[list[Bond]] = [[] for _ in groups]
    for bond in bonds:
        n = group.get(bond.first)
        if n is not None and n == group.get(bond.second):
            found[n].append(bond)
    return found
