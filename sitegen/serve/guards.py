"""What a request may be: judged before anything is looked up.

Invariant: pure. Whatever is not plainly well-formed is refused; no answer here depends on files.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from sitegen.regex import regex

_HOST = regex(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}))(?::([0-9]{1,5}))?")
_RANGE = regex(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_CONTROLS = regex("[\0-\x1f\x7f]")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    """A request that is not served: the status and a sentence for people."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status
        self.says = says


class Span(NamedTuple):
    """Bytes from `start` up to `stop`, not included."""

    start: int
    stop: int


def checked_host(given: Sequence[str], allowed: frozenset[str]) -> str:
    """The one host that a request names, as it was written. Raises: Refused.

    A page of a stranger can make its own name point here (DNS rebinding); only names that are ours are answered.
    """
    if len(given) != 1:
        raise Refused(400, "a request names one host")
    found = _HOST.fullmatch(given[0])
    if found is None or (found[2] is not None and not 0 < int(found[2]) < 65_536):
        raise Refused(400, "the host is not well-formed")
    if found[1].lower() not in allowed:
        raise Refused(403, f"the host {found[1]} is not allowed here; if it is yours, say  --allow-host {found[1]}")
    return given[0]


def check_origin(host: str, origins: Sequence[str], sites: Sequence[str]) -> None:
    """Raises Refused unless a request comes from a page of this very server, or from no page at all.

    `origins` and `sites` are the values of Origin and Sec-Fetch-Site.
    """
    if any(origin.lower() != f"http://{host}".lower() for origin in origins) or len(origins) > 1:
        raise Refused(403, "this is for pages of the preview alone")
    if any(site not in ("same-origin", "none") for site in sites):
        raise Refused(403, "this is for pages of the preview alone")


def path_of(target: str) -> tuple[str, str]:
    """The decoded path of a request target, and its query as it stands. Raises: Refused."""
    if not target.startswith("/") or not target.isascii() or len(target) > 8000:
        raise Refused(400, "the address is not well-formed")
    raw, _, query = target.partition("#")[0].partition("?")
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise Refused(400, "the address is not UTF-8") from None
    if _CONTROLS.search(path):
        raise Refused(400, "the address holds control characters")
    return path, query


def span_of(header: str | None, size: int) -> Span | None:
    """The span that a Range header asks for; None for the whole: several ranges, other units and nonsense mean that.

    Raises: Refused for a range beyond the end.
    """
    found = _RANGE.fullmatch(header.replace(" ", "")) if header is not None and len(header) < 100 else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < int(found[1]):
            return None
    if start >= size or start >= stop:
        raise Refused(416, "there is nothing in that range")
    return Span(start, stop)
