"""Pages of a live site as bytes: made when they are asked for, kept until something that they read has changed.

Invariant: a page that is handed out is what a build of this moment would write: it was made from this snapshot, or all
keys that it read have kept their digests since it was made.
"""

from collections import OrderedDict

import msgspec

from sitegen.engine import AnswerError, Key, Snapshot
from sitegen.errors import Problem
from sitegen.model import Output
from sitegen.theme.render import Failed, Renderer

KEPT = 256  # pages; open tabs and a morning's reading


class Made(msgspec.Struct):
    """A page with what it read. `checked` is the state of the site for which it was last found right."""

    output: Output
    content: bytes
    reads: tuple[Key, ...]
    digests: list[bytes]
    checked: int
    problems: tuple[Problem, ...] = ()


class Pages:
    """The pages that were asked for last."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._state = 0
        self._moved: dict[str, int] = {}
        self._snapshot: Snapshot | None = None
        self._renderer: Renderer | None = None

    def renew(self, snapshot: Snapshot, renderer: Renderer) -> None:
        """Go on with another snapshot."""
        self._state += 1
        if self._snapshot is None:
            self._made.clear()
        else:
            self._moved.update(dict.fromkeys(snapshot.moved(self._snapshot), self._state))
        self._snapshot, self._renderer = snapshot, renderer

    def page(self, output: Output) -> Made:
        """The page of an output, made now unless it still stands. Cost: a page that stands, about 1 µs a key."""
        made = self._made.get(output.path)
        if made is None or made.output != output or not self._stands(made):
            made = self._make(output)
            self._made[output.path] = made
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(output.path)
        return made

    def _stands(self, made: Made) -> bool:
        if made.checked == self._state:
            return True
        if made.problems:
            return False
        assert self._snapshot is not None
        moved, digest, since = self._moved, self._snapshot.digest, made.checked
        try:
            for key, before in zip(made.reads, made.digests, strict=True):
                if moved.get(key[0], 0) > since and digest(key) != before:
                    return False
        except AnswerError:  # making the page says so, with the page that asked
            return False
        made.checked = self._state
        return True

    def _make(self, output: Output) -> Made:
        assert self._renderer is not None
        assert self._snapshot is not None
        found = self._renderer.render(output)
        if isinstance(found, Failed):
            return Made(output, b"", (), [], self._state, found.problems)
        digests = [self._snapshot.digest(key) for key in found.reads]
        return Made(output, found.content, found.reads, digests, self._state)
