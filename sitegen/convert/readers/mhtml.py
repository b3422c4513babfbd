"""The reader of MHTML: a page and its pictures in one file, as browsers and mail programs save it.

Invariant: pure; only parts of the file itself are read, and the page goes the way of every page.
"""

import email
import re
from collections.abc import Iterator
from email.message import Message
from typing import Final

import msgspec

from sitegen.convert.document import Asset, Document
from sitegen.convert.formats import Reading
from sitegen.convert.readers.html import read_html
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.errors import Problem

MAX_PARTS: Final = 5000
_LOCATION = re.compile(r"\s+")


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format mhtml: one page a file."""
    message = email.message_from_bytes(file.content.lstrip())
    parts = [part for _, part in zip(range(MAX_PARTS), message.walk(), strict=False) if not part.is_multipart()]
    page = _page(message, parts)
    if page is None:
        yield problem(file.path, "the file holds no page", "open it in a browser and save it again", code="import.html")
        return
    url = _location(message.get("Snapshot-Content-Location")) or _location(page.get("Content-Location"))
    files: dict[str, Asset] = {}
    for part in parts:
        if part is page or part.get_content_type() in ("text/css", "text/html"):
            continue
        location = _location(part.get("Content-Location"))
        name = location.split("?")[0].rstrip("/").rsplit("/", 1)[-1] or "file"
        asset = Asset(src="", content=_payload(part), name=name, type=part.get_content_type())
        if location:
            files[location] = asset
        if id := str(part.get("Content-ID") or "").strip(" <>"):
            files[f"cid:{id}"] = asset
    whole = msgspec.structs.replace(
        file, content=_as_utf8(page), url=url if url.startswith(("http://", "https://")) else "", digest=file.sha256
    )
    yield read_html(whole, files, "mhtml")


def _page(message: Message, parts: list[Message]) -> Message | None:
    """The part that is the page: the one that the file names as its start, else the first HTML in it."""
    start = str(message.get_param("start") or "").strip(" <>")
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    named = [part for part in pages if start and str(part.get("Content-ID") or "").strip(" <>") == start]
    return next(iter(named or pages), None)


def _location(value: object) -> str:
    return _LOCATION.sub("", str(value)) if value is not None else ""


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _as_utf8(part: Message) -> bytes:
    """The page's bytes; where its part names an encoding, and it fits, as UTF-8."""
    content = _payload(part)
    try:
        return content.decode(part.get_content_charset() or "utf-8").encode("utf-8", "replace")
    except (UnicodeDecodeError, LookupError):
        return content
