"""Named queries over pure rules, recorded when they are read and compared by value. Knows nothing of sites.

    input    a value that comes from outside, with its digest
    items    a mapping that comes from outside: each item is a query with a digest of its own
    table    a rule without arguments; its parameters name the inputs and tables that it reads
    query    a rule with arguments: parameters before the slash name tables, those after it are the question's
    key      one question: `("neighbours", "2024/hello")`
    trace    the keys that an output read while it was made

A rule sees nothing but what its parameters name, so what it depends on is not declared beside the code: it *is* the
code. An output is up to date when every key of its trace still has the same digest: see `sitegen.ledger`.

Invariant: pure. Asking never changes what another question answers.
"""

from abc import abstractmethod
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Protocol
from weakref import ref

import msgspec

from sitegen.digest import ABSENT, digest_bytes, digest_value

Key = tuple[Any, ...]  # a name, then its arguments: text, numbers, None


class AnswerError(Exception):
    """A rule that is not the engine's own could not answer; asking it again fails again."""


class Input(msgspec.Struct, frozen=True):
    """A value from outside, or the `Later` that makes it, and its digest."""

    value: Any
    digest: bytes

    def current(self) -> Any:
        """The value itself."""
        return self.value() if isinstance(self.value, Later) else self.value


class Later:
    """A value that is made when it is first asked for: its digest is known without it, and few builds need it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: list[Any] = []

    def __call__(self) -> Any:
        if not self._made:
            self._made.append(self._make())
        return self._made[0]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as what it makes."""
        return _later, (self(),)


def _later(value: Any) -> Later:
    return Later(lambda: value)


class Differing(Protocol):
    """An input's value that knows where it differs from an earlier one."""

    def differing(self, name: str, was: Callable[[bytes], bool]) -> Container[Any] | None:
        """What questions by this name may be asked about, the first thing after it, with another answer than that of
        the value for whose digest `was` holds; None where that is not known.
        """


class Kept(Protocol):
    """Tables that an earlier process computed."""

    def find(self, name: str, read: bytes) -> Any:
        """The value of a table that read what has this digest; None where it is not kept."""


class View:
    """A table that shows what it was made of and nothing else: it has no digest but that of what it read."""


class Digests(Mapping[str, bytes]):
    """Digests of items that know the digest of them all, which is that of `Items.fingerprint`."""

    @abstractmethod
    def fingerprint(self) -> bytes:
        """Digest of all items together."""


class Items(msgspec.Struct, frozen=True):
    """A mapping from outside with a digest an item; values may be loaded only when they are read."""

    values: Mapping[str, Any]
    digests: Mapping[str, bytes]

    def fingerprint(self) -> bytes:
        """Digest of all items together. Cost: linear in their number, about 0.1 µs each."""
        if isinstance(self.digests, Digests):
            return self.digests.fingerprint()
        names = sorted(self.digests)
        return fingerprint_of(names, b"".join(map(self.digests.__getitem__, names)))


def fingerprint_of(names: Sequence[str], digests: bytes) -> bytes:
    """Digest of items together: of their names, ascending, and of their digests, one after the other."""
    return digest_bytes("\0".join([*names, ""]).encode() + digests)


class Rule(msgspec.Struct, frozen=True):
    """A pure function and the names of the tables it is handed."""

    name: str
    function: Callable[..., Any]
    tables: tuple[str, ...]
    is_query: bool


def rules_of(*functions: Callable[..., Any]) -> dict[str, Rule]:
    """Rules by name, from functions whose positional-only parameters name tables.

    A function with only positional-only parameters is a table; one with others is a query.
    """
    rules = {}
    for function in functions:
        code = function.__code__
        tables = code.co_varnames[: code.co_posonlyargcount]
        rules[function.__name__] = Rule(
            name=function.__name__,
            function=function,
            tables=tables,
            is_query=code.co_argcount + code.co_kwonlyargcount > len(tables) or bool(code.co_flags & 0x04),
        )
    return rules


class Snapshot:
    """One state of all inputs; every table and query is computed at most once, and only when asked.

    `previous` is the snapshot before an edit: tables whose inputs are the same are taken over from it. `known` tells
    of tables in an earlier process: the digest of what they read, and that of their value, so that a table whose
    inputs are the same need not be computed to be known unchanged; `kept` holds the values of some. `patched` are
    tables that somebody has brought up to date in a quicker way; they must be what their rules give. `differing` names
    inputs that are known to differ from those before, so that nobody compares them.
    """

    def __init__(
        self,
        rules: Mapping[str, Rule],
        inputs: Mapping[str, Input | Items],
        *,
        previous: "Snapshot | None" = None,
        known: Mapping[str, tuple[bytes, bytes]] | None = None,
        patched: Mapping[str, Any] | None = None,
        kept: Kept | None = None,
        differing: Container[str] = (),
    ) -> None:
        if rules.keys() & inputs.keys():
            raise ValueError(f"a name can be a rule or an input, not both: {sorted(rules.keys() & inputs.keys())}")
        self.rules = rules
        self.inputs = inputs
        self.known: dict[str, tuple[bytes, bytes]] = dict(known or {})
        self.kept = kept
        self.found: set[str] = set()  # tables that were kept
        self._tables: dict[str, Any] = dict(patched or {})
        self._answers: dict[Key, Any] = {}
        self._digests: dict[Key, bytes] = {}
        self._fingerprints: dict[str, bytes] = {}
        self._compared: tuple[ref[Snapshot] | None, dict[str, bool]] = None, {}
        if previous is not None:
            self._take_over(previous, differing)

    def table(self, name: str) -> Any:
        """Value of an input or a table."""
        found = self.inputs.get(name)
        if found is not None:
            return found.values if isinstance(found, Items) else found.current()
        try:
            return self._tables[name]
        except KeyError:
            rule = self.rules[name]
            value = self.kept.find(name, self._read_by(rule)) if self.kept is not None else None
            if value is None:
                value = rule.function(*map(self.table, rule.tables))
            else:
                self.found.add(name)
            self._tables[name] = value
            return value

    def fingerprint(self, name: str) -> bytes:
        """Digest that stays the same only while no answer under this name can have changed.

        A table's is that of its value (so an edit that leaves the order of articles alone goes no further); a query's
        that of its tables.
        """
        try:
            return self._fingerprints[name]
        except KeyError:
            found = self.inputs.get(name)
            if isinstance(found, Items):
                value = found.fingerprint()
            elif found is not None:
                value = found.digest
            elif (rule := self.rules.get(name)) is None:
                value = ABSENT
            elif rule.is_query:
                value = digest_bytes(b"".join(map(self.fingerprint, rule.tables)))
            else:
                value = self._table_digest(rule)
            self._fingerprints[name] = value
            return value

    def _read_by(self, rule: Rule) -> bytes:
        """Digest of all that a table is made of."""
        return digest_bytes(b"".join(map(self.fingerprint, rule.tables)))

    def made(self, name: str) -> tuple[bytes, Any] | None:
        """Value of a table that was computed here and not kept before, and the digest of what it was made of."""
        if name in self.found or name not in self._tables:
            return None
        return self._read_by(self.rules[name]), self._tables[name]

    def _table_digest(self, rule: Rule) -> bytes:
        read = self._read_by(rule)
        known = self.known.get(rule.name)
        if known is not None and known[0] == read:
            return known[1]
        table = self.table(rule.name)
        if isinstance(table, Mapping) and not isinstance(table, View | dict):
            table = dict(table)  # one that is read as it is asked
        value = read if isinstance(table, View) else digest_value(table)
        self.known[rule.name] = (read, value)
        return value

    def ask(self, key: Key) -> Any:
        """Answer to one question; None where there is nothing by that name."""
        found = self.inputs.get(key[0])
        if found is not None:
            return found.values.get(key[1]) if isinstance(found, Items) else found.current()
        try:
            return self._answers[key]
        except KeyError:
            rule = self.rules[key[0]]
            if not rule.is_query:
                return self.table(rule.name)
            value = self._answers[key] = rule.function(*map(self.table, rule.tables), *key[1:])
            return value

    def digest(self, key: Key) -> bytes:
        """Digest of an answer; `ABSENT` for None. A name that no rule goes by any more has none: `ABSENT`."""
        try:
            return self._digests[key]
        except KeyError:
            found = self.inputs.get(key[0])
            if isinstance(found, Items):
                digest = found.digests.get(key[1], ABSENT)
            elif found is not None:
                digest = found.digest
            elif key[0] in self.rules:
                digest = digest_value(self.ask(key))
            else:
                digest = ABSENT
            self._digests[key] = digest
            return digest

    def digests_of(self, name: str) -> Mapping[Any, bytes] | None:
        """The digests of all items by this name; None where it names no items. What is not among them is `ABSENT`."""
        found = self.inputs.get(name)
        return found.digests if isinstance(found, Items) else None

    def may_differ(self, name: str, before: bytes) -> Container[Any] | None:
        """What questions by a name may be asked about with another answer than when the name's fingerprint was
        `before`: the first thing after the name. None for anything.
        """
        rule = self.rules.get(name)
        if rule is not None and rule.is_query and len(rule.tables) == 1:
            found = self.inputs.get(rule.tables[0])
            if isinstance(found, Input) and hasattr(found.value, "differing"):
                value: Differing = found.value
                return value.differing(name, lambda digest: digest_bytes(digest) == before)
        return None

    def forget_answers(self, above: int) -> None:
        """Drop answers and their digests, which can be had again, once there are more than so many."""
        if len(self._answers) > above:
            self._answers.clear()
            self._digests.clear()

    def computed(self, name: str) -> Any:
        """Value of a table if it has been computed, else None."""
        return self._tables.get(name)

    def moved(self, previous: "Snapshot") -> set[str]:
        """Names of inputs, tables and queries whose answers may differ from those of an earlier snapshot.

        Cost: nothing for an input that is the same object, else one comparison of digests.
        """
        known, same = self._compared
        if known is None or known() is not previous:
            same = self._comparison(previous, ())
        return {name for name in (*self.inputs, *self.rules) if not same[name]}

    def _comparison(self, previous: "Snapshot", differing: Container[str]) -> dict[str, bool]:
        """For each name whether its answers are those of another snapshot."""
        same: dict[str, bool] = {}

        def unchanged(name: str) -> bool:
            if name not in same:
                if name in self.inputs:
                    mine, other = self.inputs[name], previous.inputs.get(name)
                    same[name] = mine is other or (name not in differing and other is not None and _equal(mine, other))
                else:
                    rule = self.rules.get(name)
                    same[name] = rule is not None and all(map(unchanged, rule.tables))
            return same[name]

        for name in (*self.inputs, *self.rules):
            unchanged(name)
        return same

    def _take_over(self, previous: "Snapshot", differing: Container[str]) -> None:
        same = self._comparison(previous, differing)
        self._compared = ref(previous), same  # which is asked for again at once; it must not keep the other alive
        for name, value in previous._tables.items():  # noqa: SLF001 -- its own kind
            if name not in self._tables and same.get(name):
                self._tables[name] = value
                if name in previous._fingerprints:  # noqa: SLF001
                    self._fingerprints[name] = previous._fingerprints[name]  # noqa: SLF001


def _equal(mine: Input | Items, other: Input | Items) -> bool:
    if isinstance(mine, Items):
        return isinstance(other, Items) and mine.digests == other.digests
    return isinstance(other, Input) and mine.digest == other.digest


class Recorder:
    """Asks a snapshot and remembers what was asked; one for each output."""

    __slots__ = ("_answers", "reads", "snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.reads: dict[Key, None] = {}

    def ask(self, *key: Any) -> Any:
        """Answer to the question `key`, which joins the trace."""
        self.reads[key] = None
        return self.snapshot.ask(key)
