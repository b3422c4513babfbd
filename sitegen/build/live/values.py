"""What the live site is told and what it hands out: one page, and what one look at the disk found."""

from pathlib import Path

import msgspec

from sitegen.catalog.published import Audience
from sitegen.errors import Problem


class LiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says of a preview."""

    base_url: str | None = None
    audience: Audience = Audience(drafts=True, future=True)
    jobs: int = 1
    as_of: int | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at an address now. `content` is what a build would write; a large file is named by `file` instead.

    `status` is 200, 404 (then `content` is the site's 404 page) or 500 (then `problems` say why there is no page).
    `problems` also holds what is wrong with config or theme, while the last good one is in force. `moved` is the new
    address of what stood here. `slash` says that the page stands at this address with a slash at its end.
    """

    url: str
    status: int = 200
    content: bytes = b""
    file: Path | None = None
    type: str = "text/html; charset=utf-8"
    digest: str = ""
    problems: tuple[Problem, ...] = ()
    moved: str = ""
    slash: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at the disk found: paths as people name them, site paths of changed plain files, and the time.

    `article` is the address of the article that was edited, where it was one; `seconds` is how long the look took.
    """

    paths: tuple[str, ...]
    files: tuple[str, ...] = ()
    article: str = ""
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0


TYPES = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".vtt": "text/vtt; charset=utf-8",
}


def type_of(path: str) -> str:
    """Media type by the file's suffix: the same on every machine, which `mimetypes` is not."""
    return TYPES.get("." + path.rpartition("/")[2].rpartition(".")[2].lower(), "application/octet-stream")
