"""Numbers as bytes, little-endian on every machine, and back."""

import sys
from array import array
from collections.abc import Iterable
from typing import Literal, TypeAlias

Numbers: TypeAlias = "array[int]"
Kind = Literal["B", "H", "I", "i", "q"]  # of 8, 16, 32, 32 (signed) and 64 (signed) bits, as `array` names them


def unpacked(kind: Kind, content: bytes) -> Numbers:
    """The numbers in some bytes. Cost: one copy. Raises: ValueError where the last is not whole."""
    found = array(kind)
    found.frombytes(content)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def packed(kind: Kind, numbers: Iterable[int]) -> bytes:
    """The bytes of some numbers. Cost: one copy of an `array`."""
    found = array(kind, numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()
