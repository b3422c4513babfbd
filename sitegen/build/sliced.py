"""A large value in slices, so that one in which little has changed is written and sent in few of them.

Invariant: slices follow from the bytes alone, and joined they are those bytes.
"""

from zlib import crc32

import msgspec

SLICE_BYTES = 16_000  # with its name and sum it fits into one page of the cache


class Sliced(msgspec.Struct, frozen=True, array_like=True):
    """A value: the sum of each slice, and those slices that are not as they were before."""

    sums: list[int]
    changed: dict[int, bytes]

    @classmethod
    def of(cls, after: bytes, before: bytes = b"") -> "Sliced":
        """Cost: 0.3 ms a megabyte."""
        slices, known = sliced(after), sliced(before) if before else []
        changed = {n: each for n, each in enumerate(slices) if n >= len(known) or each != known[n]}
        return cls([crc32(each) for each in slices], changed)

    def fits(self, sums: dict[int, int]) -> bool:
        """Whether the slices that are left as they were, of which `sums` tells, are those that this was made from."""
        return all(sums.get(n) == sum for n, sum in enumerate(self.sums) if n not in self.changed)


def sliced(value: bytes) -> list[bytes]:
    """The slices of a value; one, empty, of an empty one."""
    return [value[start : start + SLICE_BYTES] for start in range(0, len(value) or 1, SLICE_BYTES)]
