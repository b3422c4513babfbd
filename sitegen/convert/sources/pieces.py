"""Large files of rows in pieces, so that no process holds more than one piece, and several can read one file.

Invariant: the rows of all pieces are the rows of the file, with their numbers and lines; a piece ends with a line.
"""

from collections.abc import Iterator
from hashlib import file_digest
from io import BufferedReader, BytesIO
from typing import Final

import msgspec

from sitegen.convert.formats import HEAD
from sitegen.convert.sources.decode import decoded_head
from sitegen.convert.sources.detect import detect
from sitegen.convert.sources.files import SourceFile

PIECE: Final = 512_000  # bytes
LARGE: Final = 2_000_000  # bytes, from which a file of rows is cut
MAX_LINE: Final = 64_000_000  # bytes of one row; what is longer is cut off, and its reader says so


def is_rows(name: str, head: bytes) -> bool:
    """Whether a file holds one JSON object a line, in an encoding in which a line ends with the byte 10."""
    utf = not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))
    return utf and detect(name, head[:HEAD], decoded_head(head[:HEAD])).format == "jsonl"


def pieces(stream: BufferedReader | BytesIO, whole: SourceFile) -> Iterator[SourceFile]:
    """The pieces of a file, in order. The stream is read twice: its digest names all of them."""
    digest = whole.digest or file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    out: list[bytes] = []
    size = row = first_row = line = first_line = 0
    while text := stream.readline(MAX_LINE):
        if not text.endswith(b"\n") and len(text) == MAX_LINE:
            while (more := stream.readline(MAX_LINE)) and not more.endswith(b"\n"):
                pass
            text += b"\n"
        out.append(text)
        size += len(text)
        line += 1
        row += bool(text.strip())
        if size >= PIECE:
            yield _piece(whole, digest, out, first_row, first_line)
            out, size, first_row, first_line = [], 0, row, line
    if out:
        yield _piece(whole, digest, out, first_row, first_line)


def _piece(whole: SourceFile, digest: str, lines: list[bytes], row: int, line: int) -> SourceFile:
    return msgspec.structs.replace(whole, content=b"".join(lines), digest=digest, row=row, lines_before=line)
