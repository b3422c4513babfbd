"""Bytes to text: UTF-8 and byte order marks first, older encodings detected, and said.

Invariant: pure; never fails. What cannot stand in a text (control characters, noncharacters) is left out, and counted.
"""

import re
from typing import Final

import msgspec

SAMPLE: Final = 200_000  # bytes that detection looks at; more makes it slow and no surer
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
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
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- 30 ms to import, and few sources need it

    start = max(0, min(fault - SAMPLE // 2, len(content) - SAMPLE))
    best = from_bytes(content[start : start + SAMPLE]).best()
    encoding = best.encoding if best else "cp1252"
    text = content.decode(encoding, "replace")
    return _clean(text, (f"the bytes are not UTF-8; read as {encoding.replace('_', '-')}",))


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
