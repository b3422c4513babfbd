"""Web archives: the pages of a WARC as sources, its pictures as files that pages may show. Read as a stream.

Invariant: nothing is fetched; a record is read up to a bound; a broken archive ends with a problem and keeps what came
before it.
"""

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec

from sitegen.convert.document import Asset
from sitegen.convert.sources.detect import GZIP
from sitegen.convert.sources.files import Found, SourceFile, problem

MAX_PAGE: Final = 32_000_000  # bytes of one page, unpacked
MAX_PICTURE: Final = 64_000_000
_PAGES: Final = ("text/html", "application/xhtml+xml")

Stream = BufferedReader | BytesIO


def is_warc(head: bytes) -> bool:
    """Whether some bytes begin a WARC, packed or not."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 64)
        except zlib.error:
            return False
    return head.lstrip().startswith(b"WARC/")


class Web:
    """The pictures of a web archive by their addresses, as a store. `path` is empty for one that is on no disk."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.offsets: dict[str, int] = {}
        self.contents: dict[str, bytes] = {}

    def has(self, url: str) -> bool:
        return url in self.offsets or url in self.contents

    def names(self) -> tuple[str, ...]:
        return (*self.offsets, *self.contents)

    def read(self, name: str, limit: int = MAX_PICTURE) -> bytes:
        if name in self.contents:
            return self.contents[name][:limit]
        with Path(self.path).open("rb") as stream:
            stream.seek(self.offsets[name])
            found = next(_records(stream), None)
            return _content(found[0], limit) if found is not None else b""

    def asset(self, name: str, src: str) -> Asset | None:
        if not self.has(name):
            return None
        try:
            return Asset(src=src, content=self.read(name))
        except OSError:
            return None

    def shown(self, name: str) -> str:
        return f"{self.path}/{name}"

    def keep(self, url: str, offset: int, record: Any) -> None:
        if self.path:
            self.offsets.setdefault(url, offset)
        else:
            self.contents.setdefault(url, _content(record, MAX_PICTURE))


def pages_in(stream: Stream, whole: SourceFile, *, on_disk: bool) -> Iterator[Found]:
    """The pages of a web archive, in its order; `row` counts its records from 0."""
    web = Web(whole.path if on_disk else "")
    others: Counter[str] = Counter()
    found = 0
    digest = whole.sha256
    try:
        for row, (record, place) in enumerate(_records(stream)):
            kind = _kind(record)
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if kind == "page":
                content = _content(record, MAX_PAGE)
                found += 1
                yield msgspec.structs.replace(
                    whole, content=content, row=row, url=url, digest=digest, store=web, inside=""
                )
            elif kind == "picture":
                web.keep(url, place, record)
            elif kind:
                others[kind] += 1
    except OSError as error:
        yield problem(
            whole.path, f"the web archive breaks off: {error.strerror or error}", "copy it again", code="import.archive"
        )
    if others:
        said = ", ".join(f"{count:,} {what}" for what, count in sorted(others.items()))
        yield problem(whole.path, f"the web archive holds more than pages: {said} were left out", warning=True)
    if not found:
        yield problem(whole.path, "the web archive holds no pages", "leave it out", code="import.archive")


def _records(stream: Stream) -> Iterator[tuple[Any, int]]:
    """Each record with its place in the archive. Raises: OSError for a broken archive, whatever the library says."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 -- only web archives need it

    records = ArchiveIterator(stream, arc2warc=True)
    while True:
        try:
            with redirect_stderr(io.StringIO()):  # it prints its warnings; what is broken is said in our words
                record = next(records)
            place = int(records.offset)
        except StopIteration:
            return
        except Exception as error:
            raise OSError(0, str(error) or type(error).__name__) from error
        yield record, place


def _kind(record: Any) -> str:
    """`page`, `picture`, what else it is in words, or nothing for the archive's own notes."""
    if record.rec_type == "revisit":
        return "repeated captures"
    if record.rec_type not in ("response", "resource"):
        return ""
    headers = record.http_headers if record.http_headers is not None else record.rec_headers
    if record.http_headers is not None and record.http_headers.get_statuscode() != "200":
        return "redirects and errors"
    type = (headers.get_header("Content-Type") or "").split(";")[0].strip().lower()
    if type in _PAGES:
        return "page"
    return "picture" if type.startswith("image/") else "other files"


def _content(record: Any, limit: int) -> bytes:
    try:
        return bytes(record.content_stream().read(limit) or b"")
    except Exception as error:
        raise OSError(0, str(error) or type(error).__name__) from error
