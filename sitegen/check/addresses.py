"""What an address in an output leads to: another output, a place in it, nothing, or another site.

Invariant: pure. As on the web: percent-encoding and queries do not count, a folder without its slash leads to its page.
"""

import unicodedata
from collections.abc import Container, Iterable, Mapping
from posixpath import dirname, normpath
from typing import Literal
from urllib.parse import unquote

import msgspec

from sitegen.theme.addresses import Base

Kind = Literal["page", "outside-base", "elsewhere", "none", "odd"]
_OTHER_SCHEMES = (
    "mailto:",
    "tel:",
    "data:",
    "javascript:",
    "sms:",
    "xmpp:",
    "irc:",
    "ftp:",
    "blob:",
    "magnet:",
    "geo:",
)


class Leads(msgspec.Struct, frozen=True, array_like=True):
    """Where an address leads: a site path and a fragment, both decoded."""

    kind: Kind
    path: str = ""
    fragment: str = ""


def leads_to(address: str, url: str, base: Base) -> Leads:  # noqa: PLR0911 -- one a kind of address
    """What an address on the page at the site path `url` means; `none` is not for following, as `mailto:`."""
    lowered = address[:12].lower()
    if not address or lowered.startswith(_OTHER_SCHEMES):
        return Leads("none")
    if address.startswith("//"):
        return Leads("elsewhere", address)
    path, _, fragment = address.partition("#")
    path = path.partition("?")[0]
    if lowered.startswith(("http://", "https://")):
        rest = _below(path, base)
        if rest is None:
            return Leads("elsewhere", address)
        return Leads("page", _plain(rest), _plain(fragment))
    if path.startswith("/"):
        if base.path and path != base.path and not path.startswith(base.path + "/"):
            return Leads("outside-base", _plain(path), _plain(fragment))
        return Leads("page", _plain(path[len(base.path) :]) or "/", _plain(fragment))
    return _relative(path, fragment, url)


def _relative(path: str, fragment: str, url: str) -> Leads:
    if not path:
        return Leads("page", url, _plain(fragment))
    if ":" in path.partition("/")[0]:
        return Leads("none")
    folder = url if url.endswith("/") else dirname(url) + "/"
    joined = normpath(folder + path)
    if path.endswith(("/", "/.", "/..")) or path in (".", ".."):
        joined = joined.rstrip("/") + "/"
    return Leads("page", _plain("/" + joined.lstrip("/")), _plain(fragment))


def _below(path: str, base: Base) -> str | None:
    """The part of a full address below the site's own; None for an address of another site."""
    if not base.url:
        return None
    host, slash, rest = path.partition("://")[2].partition("/")
    if host.lower() != base.url.partition("://")[2].partition("/")[0]:
        return None
    have = slash + rest
    if base.path and have != base.path and not have.startswith(base.path + "/"):
        return None
    return have[len(base.path) :] or "/"


def _plain(text: str) -> str:
    text = unquote(text, errors="replace") if "%" in text else text
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def output_at(path: str, outputs: Container[str]) -> str:
    """The output that a server gives for a site path; "" where it has none."""
    name = path.lstrip("/")
    for candidate in (name + "index.html",) if not name or name.endswith("/") else (name, name + "/index.html"):
        if candidate in outputs:
            return candidate
    return ""


def address_of(output: str) -> str:
    """The site path of an output."""
    return "/" + (output[: -len("index.html")] if output.rpartition("/")[2] == "index.html" else output)


def without_case(outputs: Iterable[str]) -> Mapping[str, str]:
    """Outputs by their names without case: what was probably meant by a name that differs in capitals alone."""
    return {output.casefold(): output for output in outputs}
