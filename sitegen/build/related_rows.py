"""Who is near whom, as pages and stories ask for it: rows unpacked when they are read, and where they differ.

Invariant: knows nothing of how the rows came about; that is `build.relate`.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from struct import Struct

import msgspec

from sitegen.build.cache import Damaged
from sitegen.catalog.bonds import Bond, bonds_of
from sitegen.catalog.links import Near
from sitegen.catalog.measure import KEPT
from sitegen.catalog.packed import unpacked

Why = tuple[str, ...]
Explain = Callable[[str, Sequence[str]], Sequence[Why]]

_entry = Struct(f"<{2 * KEPT}i")  # a row of `TopTable.to_bytes`
_reasons = msgspec.msgpack.Decoder(tuple[Why, ...])


class Wanted(msgspec.Struct, frozen=True):
    """How many related articles a page shows, and whether with the words that say why."""

    count: int
    reasons: bool

    @property
    def shown(self) -> int:
        """How many neighbours of an article have reasons."""
        return min(self.count, KEPT) if self.reasons else 0


class Rows(Mapping[str, tuple[Near, ...]]):
    """Neighbours by id, best first, unpacked when they are asked for."""

    def __init__(
        self,
        ids: Sequence[str],
        entries: bytes,
        reasons: Sequence[bytes | msgspec.Raw],
        edited: "Edited | None" = None,
    ) -> None:
        """`entries`: `TopTable.to_bytes`; `reasons`: encoded, of each row or of none. Raises: Damaged."""
        if len(entries) != _entry.size * len(ids) or (reasons and len(reasons) != len(ids)):
            raise Damaged("the table of related articles does not fit its articles")
        self.ids = ids
        self.entries = entries
        self.reasons = reasons
        self.edited = edited
        self._numbers = {id: row for row, id in enumerate(ids)}

    def __getitem__(self, id: str) -> tuple[Near, ...]:
        return self.first(self._numbers[id], KEPT)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def near(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest of an article; none for what is none."""
        row = self._numbers.get(id)
        return () if row is None else self.first(row, n)

    def first(self, row: int, n: int) -> tuple[Near, ...]:
        """The n nearest of a row. Raises: Damaged."""
        try:
            numbers = _entry.unpack_from(self.entries, row * _entry.size)
            why = _reasons.decode(self.reasons[row]) if self.reasons else ()
            found = []
            for place in range(min(n, KEPT)):
                if (other := numbers[2 * place]) < 0:
                    break
                found.append(Near(self.ids[other], numbers[2 * place + 1], why[place] if place < len(why) else ()))
        except (IndexError, msgspec.MsgspecError) as error:
            raise Damaged(f"the table of related articles: {error}") from error
        return tuple(found)

    def bonds(self, least: int) -> tuple[Bond, ...]:
        """Pairs of articles whose rows name each other with at least this score. Cost: 1 µs an article and bond.

        Raises: Damaged.
        """
        numbers = unpacked("i", self.entries)
        ids, width = self.ids, 2 * KEPT
        close: dict[str, dict[str, int]] = {}
        try:
            for row, best in enumerate(numbers[1::width]):
                if best >= least:
                    pairs = numbers[row * width : (row + 1) * width]
                    near = zip(pairs[::2], pairs[1::2], strict=True)
                    close[ids[row]] = {ids[other]: score for other, score in near if score >= least}
        except IndexError as error:
            raise Damaged(f"the table of related articles: {error}") from error
        return bonds_of(close, self._words)

    def _words(self, id: str, other: str) -> Why:
        return next((near.reasons for near in self[id] if near.id == other), ())


class Edited(msgspec.Struct, frozen=True, array_like=True):
    """How a table came from another: the digest of what that was made of, and the ids whose rows may differ."""

    before: bytes
    ids: list[str]


class RelatedTable:
    """Who is near whom, computed when first asked. `digest` is known without computing.

    `rows` and what asks it may raise Damaged: who asks outside a build asks within `Session.answer`.
    """

    def __init__(
        self,
        digest: bytes,
        compute: Callable[[], Mapping[str, tuple[Near, ...]]],
        explain: Explain | None = None,
        ahead: Callable[[bool], None] | None = None,
    ) -> None:
        self.digest = digest
        self._compute = compute
        self._explain = explain
        self._ahead = ahead
        self._rows: Mapping[str, tuple[Near, ...]] | None = None

    def near(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest articles, best first; none for what is no article. Reasons for as many as pages show."""
        rows = self.rows()
        return rows.near(id, n) if isinstance(rows, Rows) else rows.get(id, ())[:n]

    def explained(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest articles, each with reasons. Cost: 0.2 ms where pages do not show them."""
        found = self.near(id, n)
        bare = [near.id for near in found if not near.reasons]
        if not bare or self._explain is None:
            return found
        why = dict(zip(bare, self._explain(id, bare), strict=True))
        return tuple([Near(near.id, near.score, near.reasons or why[near.id]) for near in found])

    def bonds(self, least: int) -> tuple[Bond, ...]:
        """Pairs of articles whose rows name each other with at least this score."""
        rows = self.rows()
        return rows.bonds(least) if isinstance(rows, Rows) else bonds_of_rows(rows, least)

    def begin(self, *, surely: bool = False) -> None:
        """It may be asked, or `surely` will be: what can be computed beside other work is begun."""
        if self._ahead is not None and self._rows is None:
            self._ahead(surely)

    def differing(self, name: str, was: Callable[[bytes], bool]) -> Container[str] | None:
        """Ids of the articles whose rows may differ from those of an earlier table; see `engine.Differing`."""
        if name != "near":
            return None
        rows = self.rows()
        edited = rows.edited if isinstance(rows, Rows) else None
        return set(edited.ids) if edited is not None and was(edited.before) else None

    def rows(self) -> Mapping[str, tuple[Near, ...]]:
        """All rows by id."""
        if self._rows is None:
            self._rows = self._compute()
        return self._rows

    def __reduce__(self) -> tuple[type, tuple[bytes, Mapping[str, tuple[Near, ...]]]]:
        """Travels with its rows."""
        return _Fixed, (self.digest, self.rows())


def bonds_of_rows(rows: Mapping[str, Sequence[Near]], least: int) -> tuple[Bond, ...]:
    """Pairs of articles whose rows name each other with at least this score."""
    close = {id: {each.id: each.score for each in near if each.score >= least} for id, near in rows.items()}
    words = {(id, each.id): each.reasons for id, near in rows.items() for each in near if each.score >= least}
    return bonds_of(close, lambda id, other: words[id, other])


class _Fixed(RelatedTable):
    def __init__(self, digest: bytes, rows: Mapping[str, tuple[Near, ...]]) -> None:
        super().__init__(digest, lambda: rows)
