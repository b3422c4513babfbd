"""An index of related articles as plain values, to keep beside its digest.

Invariant: knows no way to compute; `related_stored` makes these of an index and an index of them, and `related_few`
brings them up to date as they are. Numbers are unsigned, unless it is said, and little-endian.
"""

from typing import Final, NamedTuple

import msgspec

MARK: Final = 0xFFFF  # the part of a hash that a mark keeps: one row in 200 is looked at in vain for each term
MOST: Final = 0xFF  # counts from here on stand apart
MOST_SLOTS: Final = 1 << 23


class Stored(NamedTuple):
    """Where an article's terms can be loaded from, which they are, and its row among the marks (-1 for none)."""

    source: str
    digest: bytes
    mark: int


class Marks(msgspec.Struct, frozen=True, array_like=True):
    """16 bits of every term of every article, row after row: enough to tell nearly all that do not hold a term."""

    lengths: bytes  # 16 bits a row
    marks: bytes


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """A table of frequencies without its zeros: slots, and their counts in 8 bits each, large ones apart."""

    size: int  # slots of the table
    slots: bytes  # 32 bits, ascending
    small: bytes
    large: bytes  # 32 bits, of those that are `MOST` among the small


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """All of an index but ids, terms and the table of frequencies. Postings follow from vectors."""

    epochs: bytes  # 64 bits, signed
    lengths: bytes  # 16 bits a row
    terms: bytes  # 32 bits
    asks: bytes  # 16 bits
    offers: bytes  # 16 bits
    late: bytes  # slots that edits have changed since the table of frequencies, 32 bits, ascending
    counts: bytes  # theirs, 32 bits
