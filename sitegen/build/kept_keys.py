"""The keys of a ledger as they are kept: most ask the same texts, the ids of articles, by one name after the other.

Invariant: what is kept gives back the same keys with the same numbers. A text is kept, and read back, once; what
follows it in a key, as in `("near", id, 5)`, is said once for all keys in which it is the same.
"""

from array import array
from collections.abc import Mapping
from itertools import repeat

import msgspec

from sitegen.build.cache import Damaged
from sitegen.ledger import Asked

Rest = tuple[int | None, ...]


class _Run(msgspec.Struct, frozen=True, array_like=True):
    """Keys of a name that are a text and one rest: places among all texts, and numbers, 32 bits each."""

    rest: Rest
    places: bytes
    numbers: bytes


class _Name(msgspec.Struct, frozen=True, array_like=True):
    """The keys that begin with one name, each with its number."""

    runs: list[_Run]
    others: list[tuple[Asked, int]]


class KeptKeys(msgspec.Struct, frozen=True, array_like=True):
    """All keys, by the first of each."""

    texts: list[str]
    names: dict[str, _Name]

    @classmethod
    def of(cls, names: Mapping[str, Mapping[Asked, int]]) -> "KeptKeys":
        """Keys as they are kept. Cost: 0.5 µs each."""
        texts: dict[str, int] = {}
        kept = {}
        for name, own in names.items():
            runs: dict[Rest, tuple[array[int], array[int]]] = {}
            others = []
            for asked, number in own.items():
                first, rest = _parted(asked)
                if first is None:
                    others.append((asked, number))
                else:
                    places, numbers = runs.setdefault(rest, (array("I"), array("I")))
                    places.append(texts.setdefault(first, len(texts)))
                    numbers.append(number)
            kept[name] = _Name([_Run(rest, p.tobytes(), n.tobytes()) for rest, (p, n) in runs.items()], others)
        return cls(list(texts), kept)

    def numbers(self) -> dict[str, dict[Asked, int]]:
        """The keys again, by their names: what follows, and the number. Cost: 0.1 µs each. Raises: Damaged."""
        try:
            return {name: self._numbers(kept) for name, kept in self.names.items()}
        except (IndexError, ValueError) as error:
            raise Damaged(f"keys: {error}") from error

    def _numbers(self, kept: _Name) -> dict[Asked, int]:
        own: dict[Asked, int] = dict(kept.others)
        for run in kept.runs:
            texts = map(self.texts.__getitem__, array("I", run.places))
            asked = zip(texts, *map(repeat, run.rest), strict=False) if run.rest else texts
            own.update(zip(asked, array("I", run.numbers), strict=True))
        return own


def _parted(asked: Asked) -> tuple[str | None, Rest]:
    """A text and the numbers that follow it; no text for any other key."""
    if isinstance(asked, str):
        return asked, ()
    first, rest = asked[:1], asked[1:]
    numbers = tuple(each for each in rest if each is None or type(each) is int)
    return (first[0], numbers) if numbers and numbers == rest and isinstance(first[0], str) else (None, ())
