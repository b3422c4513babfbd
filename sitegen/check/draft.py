"""What is gathered of one output while it is read, and the facts that come of it.

Invariant: pure; knows no format. Readers fill a draft, `facts.py` chooses the reader.
"""

from array import array

import msgspec
import numpy as np

from sitegen.check.sketch import LABEL_WORDS, SURE_RUN, label_of, packed, sketch, words_of

PASSAGE = (
    1_000_000  # characters of text that are kept before they become numbers; large exports have a hundred times more
)
MAX_ADDRESS = 2_000  # characters; browsers take no longer one
MAX_LABEL = 500  # characters of a text that may be a title


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """Something wrong inside one output; `line` 0 says "the whole file"."""

    code: str
    line: int
    message: str
    help: str = ""
    error: bool = False


class Facts(msgspec.Struct, array_like=True):
    """What an output holds.

    `links` are addresses as they stand, each once; `lines` the line of each, from 1. `ids` are places that a fragment
    can name. `labels` (64 bits each) are of its short texts, `text` is the sketch of all its words. A `moved` page only
    leads elsewhere. `named` are addresses that a file for machines holds, which nobody follows.
    """

    links: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    is_page: bool = False
    moved: bool = False
    faults: tuple[Fault, ...] = ()
    labels: bytes = b""
    text: bytes = b""
    named: tuple[str, ...] = ()


class Draft:
    """Facts while they are gathered."""

    def __init__(self, *, sketched: bool) -> None:
        self.sketched = sketched
        self.links: dict[str, int] = {}
        self.ids: dict[str, None] = {}
        self.faults: list[Fault] = []
        self.labels: set[int] = set()
        self.texts: list[str] = []
        self.named: dict[str, None] = {}
        self.is_page = False
        self.moved = False
        self._length = 0
        self._sketches: list[np.ndarray] = []

    def link(self, address: str, line: int = 0) -> None:
        """An address that the output names."""
        self.links.setdefault(address.strip(), line)

    def label(self, text: str | None) -> None:
        """A short text that stands alone, such as a title in a list."""
        if self.sketched and text and text.count(" ") >= LABEL_WORDS - 1:
            self.labels.add(label_of(text))

    def value(self, text: str) -> None:
        """A text in a file for machines: it may be a title, an address, or a whole article."""
        if not self.sketched:
            return
        if (
            text.startswith(("http://", "https://", "/"))
            and len(text) < MAX_ADDRESS
            and not any(map(str.isspace, text))
        ):
            self.named[text] = None
            return
        if len(text) < MAX_LABEL:
            self.label(text)
        self.texts.append(text)
        self._length += len(text)
        if self._length > PASSAGE:
            self._condense()

    def _condense(self) -> None:
        """Turn the texts so far into numbers; their last words stay, so that no run of words is cut in two."""
        words = words_of(" ".join(self.texts))
        self._sketches.append(sketch(words))
        self.texts = [" ".join(words[1 - SURE_RUN :])]
        self._length = 0

    def fault(self, code: str, line: int, message: str, help: str = "", *, error: bool = False) -> None:
        """Something wrong."""
        self.faults.append(Fault(code, line, message, help, error))

    def finished(self) -> Facts:
        """The facts."""
        return Facts(
            links=tuple(self.links),
            lines=tuple(self.links.values()),
            ids=tuple(self.ids),
            is_page=self.is_page,
            moved=self.moved,
            faults=tuple(self.faults),
            labels=array("Q", sorted(self.labels)).tobytes() if self.sketched else b"",
            text=packed(self._numbers()) if self.sketched else b"",
            named=tuple(self.named),
        )

    def _numbers(self) -> np.ndarray:
        last = sketch(words_of(" ".join(self.texts)))
        return np.unique(np.concatenate([*self._sketches, last])) if self._sketches else last
