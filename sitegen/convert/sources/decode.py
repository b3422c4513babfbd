"""Bytes to text: UTF-8 and byte order marks first, older encodings detected, and said.

Invariant: pure; never fails. What cannot stand in a text (control characters, noncharacters) is left out, and counted.
"""

import codecs
import re
from io import TextIOWrapper
from typing import IO, Final

import msgspec

SAMPLE: Final = 200_000  # bytes that detection looks at; more makes it slow and no surer
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.-]{2,30})["']""")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


class Decoded(msgspec.Struct, frozen=True):
    text: str
    notes: tuple[str, ...] = ()


def decode(content: bytes) -> Decoded:
    """The text and what had to be done to get it. Cost: about 1 ms a megabyte of UTF-8; detection 10 to 100 ms."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            notes = () if encoding == "utf-8" else (f"read as {encoding.upper()}",)
            return _clean(content[len(mark) :].decode(encoding, "replace"), notes)
    try:
        return _clean(content.decode("utf-8"), ())
    except UnicodeDecodeError as error:
        return _older(content, error.start)


def _older(content: bytes, fault: int) -> Decoded:
    start = max(0, min(fault - SAMPLE // 2, len(content) - SAMPLE))
    encoding = _likely(content[start : start + SAMPLE])
    return _clean(content.decode(encoding, "replace"), (_not_utf8(encoding),))


def _likely(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- 30 ms to import, and few sources need it

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"


def _not_utf8(encoding: str) -> str:
    return f"the bytes are not UTF-8; read as {encoding.replace('_', '-')}"


def text_stream(stream: IO[bytes], *, newline: str = "\n") -> tuple[TextIOWrapper, tuple[str, ...]]:
    """A file's text from its start, decoded while it is read, and what had to be done; as `decode`, in little memory.

    Lines end as `newline` says to `io`. What cannot stand in a text is left to who reads it. Cost: the file is read
    once before, 1 ms a megabyte. XML may name its encoding, which is believed where the bytes are not UTF-8.
    """
    stream.seek(0)
    head = stream.read(4096)
    found = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")
    notes: tuple[str, ...] = (f"read as {found.upper()}",) if found.startswith(("utf-16", "utf-32")) else ()
    if not found and (fault := _first_fault(stream)) >= 0:
        found = _stated(head)
        if not found:
            stream.seek(max(0, fault - SAMPLE // 2))
            found = _likely(stream.read(SAMPLE))
            notes = (_not_utf8(found),)
    stream.seek(next((len(mark) for mark, _ in _MARKS if head.startswith(mark)), 0))
    return TextIOWrapper(stream, encoding=found or "utf-8", errors="replace", newline=newline), notes


def _first_fault(stream: IO[bytes]) -> int:
    """Where a file stops being UTF-8; -1 when all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    at = 0
    while part := stream.read(1_000_000):
        try:
            decoder.decode(part)
        except UnicodeDecodeError as error:
            return at + error.start
        at += len(part)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return at
    return -1


def _stated(head: bytes) -> str:
    """The encoding that an XML declaration names, when there is one of that name."""
    named = _DECLARED.match(head)
    try:
        return codecs.lookup(named[1].decode("ascii")).name if named else ""
    except LookupError:
        return ""


def _clean(text: str, notes: tuple[str, ...]) -> Decoded:
    cleaned, count = _UNFIT.subn("", text)
    if count - text.startswith("\ufeff") > 0:
        notes = (*notes, f"{count} control characters were left out")
    return Decoded(cleaned, notes)


HEAD: Final = 65536  # bytes that say what a file is


def decoded_head(content: bytes) -> str:
    """The beginning of a file as text, for recognising it; cut where a character is whole. Cost: as `decode`."""
    head = content[:HEAD]
    if len(content) > HEAD:
        for cut in range(4):
            try:
                return head[: HEAD - cut].decode("utf-8-sig")
            except UnicodeDecodeError:
                continue
    return decode(head).text
