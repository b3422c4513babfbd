"""The items of an XML file of many articles (a feed, an export), found as text while the file is read.

Invariant: pure but for reading; an item is the text between its tags, whatever it holds: what stands in CDATA and in
comments is no tag. So an item that is not well-formed is that item's fault alone, and no more than one is in memory.
"""

import re
from collections.abc import Iterator
from typing import IO, Final

import msgspec

from sitegen.convert.sources.decode import text_stream
from sitegen.convert.sources.files import MAX_BYTES, SourceFile, problem, too_large
from sitegen.convert.sources.pieces import PIECE, piece_of, said
from sitegen.errors import Problem

READ: Final = 262_144  # characters that are read at once
MAX_HEAD: Final = 8_000_000  # characters before the first item
MAX_ITEM: Final = 32_000_000  # characters of one item
_MARK = re.compile(r"<(?:!\[CDATA\[|!--|(?:item|entry)(?=[\s>/])|/(?:item|entry)\s*>)")
_ENDS: Final = {"<![CDATA[": "]]>", "<!--": "-->"}
_PARTIAL: Final = 64  # characters at the end of what was read that may begin a mark
_ROOT = re.compile(r"<((?:\w+:)?(?:rss|feed|rdf))\b", re.IGNORECASE)
_DECLARED = re.compile(r"\s*<\?xml[^>]{0,400}\?>")


class Found(msgspec.Struct, frozen=True):
    """An item as text. `line` is where it starts, from 1; `whole` is False when the file ends in the middle of it."""

    text: str
    line: int
    whole: bool = True


class Items:
    """The items of a text, one after the other. `head`, what stands before the first, is there once iteration began."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._text = ""
        self._base = 0  # where in `_text` the rest begins; what stands before it is let go with the next reading
        self._line = 1  # of that place
        self._ended = False
        self.head = ""

    def __iter__(self) -> Iterator[Found]:
        first = True
        while (start := self._next_item(MAX_HEAD if first else MAX_ITEM)) >= 0:
            if first:
                self.head, first = self._rest(start), False
            self._pass(start)
            end = self._end_of_item()
            if end < 0:
                yield Found(self._rest(), self._line, whole=False)
                return
            yield Found(self._rest(end), self._line)
            self._pass(end)
        if first:
            self.head = self._rest()

    def _rest(self, size: int | None = None) -> str:
        return self._text[self._base :] if size is None else self._text[self._base : self._base + size]

    def _pass(self, size: int) -> None:
        self._line += self._text.count("\n", self._base, self._base + size)
        self._base += size

    def _more(self) -> bool:
        """Reads on; whether there was more. Places count from `_base`, which stays where it is in the text."""
        part = self._stream.read(READ)
        self._ended = not part
        if part:
            self._text, self._base = self._text[self._base :] + part, 0
        return bool(part)

    def _marks(self, most: int) -> Iterator[tuple[str, int, int]]:
        """Tags of items: `<item` or `</item`, its start and its end. CDATA and comments are passed over.

        Ends with the text, or when more than `most` characters were looked at.
        """
        at = 0
        while True:
            found = _MARK.search(self._text, self._base + at)
            size = len(self._text) - self._base
            if found is None or (not self._ended and found.end() - self._base > size - _PARTIAL):
                if size > most or (found is None and self._ended):
                    return
                at = found.start() - self._base if found else max(at, size - _PARTIAL)
                self._more()
                continue
            mark, start, at = found[0], found.start() - self._base, found.end() - self._base
            if (closing := _ENDS.get(mark)) is None:
                yield mark.rstrip(" \t\r\n>"), start, at
            elif (at := self._after(closing, at, most)) < 0:
                return

    def _after(self, closing: str, at: int, most: int) -> int:
        """The place behind the next `closing`; -1 when there is none."""
        while (stop := self._text.find(closing, self._base + at)) < 0:
            size = len(self._text) - self._base
            at = max(at, size - len(closing))
            if size > most or not self._more():
                return -1
        return stop - self._base + len(closing)

    def _next_item(self, most: int) -> int:
        return next((start for mark, start, _ in self._marks(most) if not mark.startswith("</")), -1)

    def _end_of_item(self) -> int:
        """Where the item ends that starts here; -1 when the text ends before, or the item is too long."""
        name, depth = "", 0
        for mark, _, end in self._marks(MAX_ITEM):
            name = name or mark.lstrip("<")
            if mark == f"<{name}":
                close = self._after(">", end, MAX_ITEM)
                if close < 0 or self._text[self._base + close - 2] != "/":
                    depth += 1
                elif not depth:
                    return close
            elif mark == f"</{name}":
                depth -= 1
                if not depth:
                    return end
        return -1


def frame_of(head: str) -> tuple[str, str]:
    """What has to stand before and after an item so that it is a file of its own; the first on one line."""
    head = " ".join(_DECLARED.sub("", head, count=1).split("\n"))
    root = _ROOT.search(head)
    close = f"</{root[1]}>" if root else ""
    inside = re.search(r"<channel\b", head) and not re.search(r"</channel\s*>", head)
    return head, ("</channel>" if inside else "") + close


def cut_feed(stream: IO[bytes], whole: SourceFile) -> Iterator[SourceFile | Problem]:
    """An RSS, RDF or Atom feed in feeds of fewer items, each with the head of all; a JSON Feed is one piece."""
    text, notes = text_stream(stream)
    items = Items(text)
    out: list[str] = []
    size = first_row = line = 0
    before = after = ""
    for row, item in enumerate(items):
        if not row:
            yield from said(whole, notes)
            before, after = frame_of(items.head)
            if "<!ENTITY" in items.head.upper():  # its reader refuses it, and says so once
                break
        if not out:
            first_row, line = row, item.line - 1
        out.append(item.text)
        size += len(item.text)
        if size >= PIECE:
            yield piece_of(whole, before + "".join(out) + after, first_row, line)
            out, size = [], 0
    if out:
        yield piece_of(whole, before + "".join(out) + after, first_row, line)
    text.detach()
    if not before or "<!ENTITY" in before.upper():  # no items that are told by their tags: its reader gets it as it is
        yield read_whole(stream, whole)


def read_whole(stream: IO[bytes], whole: SourceFile) -> SourceFile | Problem:
    """The file in one piece, when it is not larger than other files may be."""
    stream.seek(0)
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        return problem(whole.path, too_large(), "split it into smaller files")
    return msgspec.structs.replace(whole, content=content)
