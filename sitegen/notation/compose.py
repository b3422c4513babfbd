"""YAML events -> plain values, without PyYAML's constructors and resolvers.

Invariant: containers stand on an explicit stack, so that depth costs no C stack (PyYAML's own composer kills the
process near 30,000 nested brackets), and what aliases stand for is counted while they are read (a bomb of six levels
becomes 39 MB with PyYAML). A scalar stays the text that its author wrote.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

import yaml

from sitegen.notation.nodes import NULLS, Fault, Path, Quoted, Span, Value
from sitegen.regex import regex

MAX_DEPTH: Final = 32  # people write five
ALIAS_BUDGET: Final = 100_000  # nodes and characters that all aliases of a text together may stand for

_TEXT_TAGS: Final = frozenset((None, "!", "tag:yaml.org,2002:str"))

# Without libyaml the pure parser gives the same events, ten times slower.
_Parser: Any = getattr(getattr(yaml, "cyaml", None), "CParser", yaml.SafeLoader)

_UNSEEN = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# libyaml ends lines at these, as YAML 1.1 did; to YAML 1.2 and to us they are characters like any other.
_OLD_BREAKS = regex("[\x85\u2028\u2029]")
_HIDE = {0x85: "\ufdd0", 0x2028: "\ufdd1", 0x2029: "\ufdd2"}
_SHOW = {0xFDD0: "\x85", 0xFDD1: "\u2028", 0xFDD2: "\u2029"}


class _Open(NamedTuple):
    """A container that is being filled, and what waits for it outside."""

    parent: Value
    key: str | None
    anchor: str | None
    cost: int


def compose(
    text: str, places: dict[Path, Span] | None = None, key_places: dict[Path, Span] | None = None
) -> tuple[Value, list[Fault]]:
    """The value of a text (None when it is empty) and the faults in it; fills in the places of values and of keys.

    Cost: about 1 µs a node, twice that with places. Raises: yaml.YAMLError for an error of syntax.
    """
    hidden = not text.isascii() and _OLD_BREAKS.search(text) is not None
    parser = _Parser(text.translate(_HIDE) if hidden else text)
    composer = _Composer(hidden=hidden, places=places, key_places=key_places)
    try:
        composer.run(parser.get_event)
    finally:
        parser.dispose()
    return composer.root, composer.faults


def places_in(text: str, places: dict[Path, Span], key_places: dict[Path, Span]) -> None:
    """Fills in the places of values and of keys, as far as the syntax is good."""
    with suppress(yaml.YAMLError):
        compose(text, places, key_places)


class _Composer:
    def __init__(self, *, hidden: bool, places: dict[Path, Span] | None, key_places: dict[Path, Span] | None) -> None:
        self.hidden = hidden
        self.places = places
        self.key_places = key_places
        self.root: Value = None
        self.faults: list[Fault] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.documents = 0
        self.budget = ALIAS_BUDGET
        self.cost = 0  # nodes and characters so far, aliases counted at what they stand for
        self.parent: Value = None
        self.key: str | None = None  # of the value that comes next, when the parent is a mapping
        self.stack: list[_Open] = []

    def run(self, next_event: Callable[[], Any]) -> None:
        """Takes events until the end, or until a bound is passed."""
        scalar = yaml.ScalarEvent
        while (event := next_event()) is not None:
            if type(event) is scalar:
                self._scalar(event)
            elif not self._structure(type(event), event):
                return

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        if self.hidden:
            text = text.translate(_SHOW)
        self.cost += 1 + len(text)
        if event.style == '"' and not text.isprintable():
            text = self._seen(event, text)
        if self.key is None and type(self.parent) is dict:
            self._take_key(event, text)
            return
        value: Value = Quoted(text) if event.style else None if text in NULLS else text
        if event.tag is not None or event.anchor is not None:
            value = self._marked(event, value, text)
        self._put(event, value)

    def _seen(self, event: Any, text: str) -> str:
        """A text without the characters that only an escape can bring in, such as a NUL."""
        found = _UNSEEN.search(text)
        if found is not None:
            message = f"the character U+{ord(found[0]):04X} is not allowed here"
            self._fault(event, "character", message, "delete its escape")
        return _UNSEEN.sub(" ", text)

    def _marked(self, event: Any, value: Value, text: str) -> Value:
        if event.tag is not None:
            self._check_tag(event)
            value = Quoted(text)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1 + len(text))
        return value

    def _check_tag(self, event: Any) -> None:
        if event.tag not in _TEXT_TAGS:
            help = "delete it, or put the whole text in quotes"
            self._fault(event, "tag", f"tags such as {event.tag} are not supported", help)

    def _take_key(self, event: Any, text: str) -> None:
        if event.tag is not None or event.anchor is not None:
            self._marked(event, None, text)
        if text == "<<" and not event.style:
            help = "write the keys out, or use an alias for a whole value"
            self._fault(event, "merge", "merge keys (<<) are not supported", help)
        elif text in self.parent:
            help = "keep one of the two"
            self._fault(event, "duplicate", f"{text}: this key is given twice", help, (*self._path(), text))
        self.key = text
        if self.key_places is not None:
            self.key_places.setdefault(self._path(), span_of(event))

    def _put(self, event: Any, value: Value) -> None:
        """Gives a value to the container that waits for it; of two with one key the first stays."""
        parent = self.parent
        if self.places is not None and event is not None:
            self.places.setdefault(self._path(), span_of(event))
        if type(parent) is dict:
            parent.setdefault(self.key, value)
            self.key = None
        elif type(parent) is list:
            parent.append(value)
        else:
            self.root = value

    def _structure(self, kind: type, event: Any) -> bool:
        """Takes an event that is no scalar; False when reading has to stop."""
        if kind is yaml.MappingStartEvent:
            return self._open(event, {})
        if kind is yaml.SequenceStartEvent:
            return self._open(event, [])
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            return self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._fault(event, "documents", "a second document begins here", "delete this line")
                return False
        return True

    def _open(self, event: Any, container: Value) -> bool:
        if self.key is None and type(self.parent) is dict:
            self._fault(event, "key", "a key has to be text; this is a list or a mapping", "put the text in quotes")
            return False
        if len(self.stack) >= MAX_DEPTH:
            help = f"at most {MAX_DEPTH} levels are read; check the brackets, or quote the text"
            self._fault(event, "depth", "lists and mappings are nested too deeply here", help)
            return False
        if event.tag is not None:
            self._check_tag(event)
        self.cost += 1
        if self.places is not None:
            self.places.setdefault(self._path(), span_of(event))
        if not self.stack:
            self.root = container  # kept also when a fault ends the reading before the container does
        self.stack.append(_Open(self.parent, self.key, event.anchor, self.cost))
        self.parent, self.key = container, None
        return True

    def _close(self) -> None:
        container = self.parent
        self.parent, self.key, anchor, before = self.stack.pop()
        if anchor is not None:
            self.anchors[anchor] = (container, 1 + self.cost - before)
        self._put(None, container)

    def _alias(self, event: Any) -> bool:
        if self.key is None and type(self.parent) is dict:
            self._fault(event, "key", "a key has to be text; this is an alias", "put the text in quotes")
            return False
        if event.anchor not in self.anchors:
            help = "put the text in quotes; in YAML a plain text that begins with * means an alias"
            self._fault(event, "alias", f"*{event.anchor}: nothing above is marked &{event.anchor}", help)
            self._put(event, None)
            return True
        value, cost = self.anchors[event.anchor]
        self.budget -= cost
        self.cost += cost
        if self.budget < 0:
            help = f"all aliases together may stand for at most {ALIAS_BUDGET:,} characters; write the values out"
            self._fault(event, "aliases", "the aliases here stand for too much text", help)
            return False
        self._put(event, value)
        return True

    def _path(self) -> Path:
        """The path of the value that comes next (or of the key just taken)."""
        steps: list[str | int] = []
        parents = [(opened.parent, opened.key) for opened in self.stack]
        for parent, key in [*parents, (self.parent, self.key)]:
            if type(parent) is dict and key is not None:
                steps.append(key)
            elif type(parent) is list:
                steps.append(len(parent))
        return tuple(steps)

    def _fault(self, event: Any, code: str, message: str, help: str, path: Path = ()) -> None:
        self.faults.append(Fault(span_of(event), code, message, help, path))


def span_of(event: Any) -> Span:
    """The span of an event; its marks count lines and characters from 0."""
    start, end = event.start_mark, event.end_mark
    return Span(start.line, start.column, end.line, end.column)
