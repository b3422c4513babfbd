r"""What a link or picture points at: a place outside, or a ref whose address depends on the rest of the site.

Invariant: a slot (`\0N\0`) stands for the ref with that number, and only an attribute's whole value is ever a slot.
"""

import functools
import posixpath
import re
from urllib.parse import unquote

from sitegen.model import Ref
from sitegen.regex import regex

_WEB = ("https://", "http://")
_OUTSIDE = regex(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|[#?]|$)")
_REFUSED = regex(r"\s*(?:javascript|vbscript|blob|filesystem):", re.IGNORECASE)
# A destination that normalising leaves as it is: lower-case host, no port or user, nothing to encode.
_NORMAL = regex(r"(?:https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[a-zA-Z0-9/._~=+,;-]*)?|/?[a-z0-9][a-z0-9/._-]*)")


def normal_address(url: str) -> str:
    """The address percent-encoded, its host in Punycode: markdown-it's rule with a short way for common ones."""
    return url if _NORMAL.fullmatch(url) else _normalized(url)


@functools.lru_cache(maxsize=4096)
def _normalized(url: str) -> str:
    from markdown_it.common.normalize_url import normalizeLink  # noqa: PLC0415 -- few articles need the library

    return normalizeLink(url)


def is_allowed(url: str) -> bool:
    """False for addresses that run code or read local files: `javascript:`, `vbscript:`, `file:`, most of `data:`."""
    if ":" not in url or url.startswith(_WEB):
        return True
    from markdown_it.common.normalize_url import validateLink  # noqa: PLC0415 -- few articles need the library

    return validateLink(url) and not _REFUSED.match(url)


def is_local(url: str) -> bool:
    """True for an address that becomes a ref, or may."""
    return not url.startswith(_WEB) and _OUTSIDE.match(url) is None


def ref_of(url: str, folder: str, line: int) -> Ref | None:
    """The ref that a normalised local address means from an article in `folder`; None for one that stays as it is."""
    if _OUTSIDE.match(url):
        return None
    cut = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=len(url))
    path, suffix = unquote(url[:cut]), url[cut:]
    if "\0" in path or not path:
        return None
    if path.startswith("/"):
        return Ref(kind="site", target=path, suffix=suffix, line=line)
    if path.lower().endswith((".md", ".markdown")):
        target = posixpath.normpath(posixpath.join(folder, path))
        return None if target.startswith("../") else Ref(kind="source", target=target, suffix=suffix, line=line)
    trailing = "/" if path.endswith("/") else ""
    return Ref(kind="file", target=posixpath.normpath(path) + trailing, suffix=suffix, line=line)
