"""One output's bytes -> what the check needs to know of it, and what is wrong with it alone.

Invariant: pure; the same bytes under a name of the same kind give the same facts, so they are remembered by digest.
Never raises for bad bytes: those are a fault in the facts.
"""

import gzip
import io
import re
import zipfile
import zlib
from array import array
from posixpath import splitext

import msgspec

from sitegen.check.sketch import LABEL_WORDS, label_of, packed, sketch, words_of

MAX_TEXT = 50_000_000  # bytes of one output that are read as text; a sitemap may have as many
MAX_UNPACKED = 20_000_000  # bytes taken out of a compressed output


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
    leads elsewhere. `images` are lines of pictures without an alternative text.
    """

    links: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    is_page: bool = False
    moved: bool = False
    faults: tuple[Fault, ...] = ()
    labels: bytes = b""
    text: bytes = b""


class Draft:
    """Facts while they are gathered."""

    def __init__(self, *, sketched: bool) -> None:
        self.sketched = sketched
        self.links: dict[str, int] = {}
        self.ids: dict[str, None] = {}
        self.faults: list[Fault] = []
        self.labels: set[int] = set()
        self.texts: list[str] = []
        self.is_page = False
        self.moved = False

    def link(self, address: str, line: int = 0) -> None:
        """An address that the output names."""
        self.links.setdefault(address.strip(), line)

    def label(self, text: str | None) -> None:
        """A short text that stands alone, such as a title in a list."""
        if self.sketched and text and text.count(" ") >= LABEL_WORDS - 1:
            self.labels.add(label_of(text))

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
            text=packed(sketch(words_of(" ".join(self.texts)))) if self.sketched else b"",
        )


_TEXTS = frozenset((".txt", ".md", ".csv", ".bib", ".ris", ".jsonl", ".js", ".json", ".yaml", ".yml", ".sqlite", ".db"))
_SEEN = frozenset((".html", ".htm", ".css", ".xml", ".rss", ".atom", ".svg", ".gz", ".epub", ".zip", *_TEXTS))


def kind_of(path: str) -> str:
    """How an output is read: its suffix, or "" for one that is taken as it is (a picture, a font)."""
    suffix = splitext(path)[1].lower()
    if suffix.startswith(".pf_"):  # Pagefind's own names for gzipped JSON
        return ".gz"
    return suffix if suffix in _SEEN else ""


def facts_of(kind: str, content: bytes, *, sketched: bool = True) -> Facts:
    """What an output of this kind holds; its words and short texts only where `sketched`.

    Cost: about 0.3 ms for a page of 7 kB, half of that again for its words.
    """
    from sitegen.check import feeds, pages  # noqa: PLC0415 -- both build on this module

    draft = Draft(sketched=sketched)
    if len(content) > MAX_TEXT:
        return draft.finished()
    if kind in (".html", ".htm"):
        pages.read_page(draft, content)
    elif kind == ".css":
        read_style(draft, content)
    elif kind in (".xml", ".rss", ".atom"):
        feeds.read_xml(draft, content)
    elif kind == ".json":
        feeds.read_json(draft, content)
    elif not sketched:
        pass
    elif kind == ".gz":
        draft.texts.append(_unzipped(content))
    elif kind in (".epub", ".zip"):
        draft.texts += _members(content)
    elif kind:
        draft.texts.append(content.decode("utf-8", "ignore"))
    return draft.finished()


_IN_STYLE = re.compile(
    rb"""/\*.*?\*/|url\(\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^)\s"']*))\s*\)|@import\s+["']([^"'\n]+)""", re.DOTALL
)


def read_style(draft: Draft, content: bytes) -> None:
    """The addresses in a stylesheet."""
    for found in _IN_STYLE.finditer(content):
        address = next((group for group in found.groups() if group), b"")
        if address:
            draft.link(address.decode("utf-8", "replace"), content.count(b"\n", 0, found.start()) + 1)


def _unzipped(content: bytes) -> str:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return stream.read(MAX_UNPACKED).decode("utf-8", "ignore")
    except (OSError, EOFError, zlib.error):
        return ""


def _members(content: bytes) -> list[str]:
    """The texts in a ZIP archive, such as an EPUB."""
    found, left = [], MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if splitext(member.filename)[1].lower() in (".xhtml", ".html", ".xml", ".opf", ".ncx", ".txt") and left:
                    with archive.open(member) as stream:
                        text = stream.read(left)
                    left -= len(text)
                    found.append(_TAGS.sub(" ", text.decode("utf-8", "ignore")))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return found
    return found


_TAGS = re.compile(r"<[^<>]*>")
