"""Near-duplicates: texts that share most of their word shingles, found by MinHash among any number of others.

Invariant: pure and the same on every machine. A sketch only proposes; what is reported was counted on both texts.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import eq
from typing import Final

from sitegen.digest import digest_bytes

WORDS: Final = 4  # of a shingle
PERMUTATIONS: Final = 96
BAND: Final = 3  # numbers of a sketch that must be equal; 32 bands of 3 find 94 of 100 pairs that share half of all
COPY: Final = 0.95  # share in common, from which a text proves nothing that the other does not
NEAR: Final = 0.6  # share in common, from which two articles are reported
FEW: Final = 30  # shingles; shorter texts are alike by accident
CROWD: Final = 50  # texts of one band that are compared with each other; more of them are one text many times
_SEED: Final = 20240317
_WORD = re.compile(r"\w+")


def shingles(texts: Iterable[str]) -> set[str]:
    """All runs of `WORDS` words, folded; scripts without spaces go by four characters."""
    words: list[str] = []
    for text in texts:
        found = _WORD.findall(text.casefold())
        words += found if len(found) * 12 >= len(text) else [letter for word in found for letter in word]
    return {" ".join(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1)}


def sketch(texts: Iterable[str]) -> bytes:
    """The sketch of a text, 384 bytes; empty for one of few words. Cost: about 0.2 ms a thousand words."""
    from rensa import RMinHash  # noqa: PLC0415 -- only an import needs it

    found = shingles(texts)
    if len(found) < FEW:
        return b""
    hashed = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    hashed.update(list(found))  # of which the order says nothing
    return b"".join(value.to_bytes(4, "big") for value in hashed.digest())


def likeness(one: bytes, other: bytes) -> float:
    """The estimated share of shingles in common, of all in either."""
    if not one or len(one) != len(other):
        return 0.0
    same: int = sum(map(eq, memoryview(one).cast("I"), memoryview(other).cast("I")))
    return same / PERMUTATIONS


def candidates(sketches: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs `(earlier, later)` that may be near, ordered. Cost: near linear; only pairs that are alike are kept."""
    pairs: set[tuple[int, int]] = set()

    def look(earlier: int, later: int) -> None:
        if likeness(sketches[earlier], sketches[later]) >= NEAR * 0.6:
            pairs.add((earlier, later))

    for band in range(PERMUTATIONS // BAND):
        rooms: dict[bytes, list[int]] = defaultdict(list)
        for index, one in enumerate(sketches):
            if one:
                rooms[one[band * 4 * BAND : (band + 1) * 4 * BAND]].append(index)
        for room in rooms.values():
            for n, later in enumerate(room[1:], start=1):
                for earlier in room[max(0, n - CROWD) : n]:
                    look(earlier, later)
                if n > CROWD:
                    look(room[0], later)
    return sorted(pairs)


def copies(sketches: Sequence[bytes]) -> set[int]:
    """Indices of the texts that copy an earlier one nearly word for word."""
    return {later for earlier, later in candidates(sketches) if likeness(sketches[earlier], sketches[later]) >= COPY}


def near_pairs(sketches: Sequence[bytes], texts: Callable[[int], Iterable[str]]) -> dict[int, tuple[int, float]]:
    """For each text that is near an earlier one: that one, the nearest, and the share of the shorter that both have."""
    best: dict[int, tuple[int, float]] = {}
    known: dict[int, set[str]] = {}
    for earlier, later in candidates(sketches):
        for index in (earlier, later):
            if index not in known:
                if len(known) > CROWD:
                    known.pop(next(iter(known)))
                known[index] = shingles(texts(index))
        a, b = known.get(earlier) or shingles(texts(earlier)), known[later]
        share = len(a & b) / max(1, min(len(a), len(b)))
        if share >= NEAR and share > best.get(later, (0, 0.0))[1]:
            best[later] = (earlier, round(share, 3))
    return best


def lines_digest(lines: Iterable[str]) -> bytes:
    """What is the same for documents whose lines are the same."""
    return digest_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))[:8]
