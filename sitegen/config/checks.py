"""What types cannot say of a setting: that it is an address, a zone, a language, a pattern, a folder.

Invariant: pure; whether a time zone exists is asked of `Zones`, which the caller brings.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec

from sitegen.content.permalinks import pattern_fault
from sitegen.notation.nodes import Path
from sitegen.notation.shape import Check
from sitegen.notation.typed import as_language, name_of
from sitegen.notation.words import near
from sitegen.notation.yaml import Sheet
from sitegen.regex import regex

_HOST = regex(r"[\w.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
_ZONE = regex(r"[A-Za-z][\w+-]*(?:/[\w+-]+){0,2}", re.ASCII)
_THEME = regex(r"\w[\w.-]*")


class Zones(Protocol):
    """The time-zone database, which lies on the disk and so stands outside of the pure floors."""

    def find(self, name: str) -> tzinfo | None:
        """The rules of a zone; None when there is no such zone."""

    def names(self) -> Iterable[str]:
        """All zones there are, for "did you mean"; asked only after a miss."""


def base_url(sheet: Sheet, at: Path, text: str) -> str | None:
    """An http(s) URL without query, fragment or user, its scheme and host in lower case, ending in "/"."""
    if not text:
        return None
    name = name_of(at)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        sheet.fault(at, "base-url", f'{name}: "{text}" is not a URL', help=f"write  {at[-1]}: https://example.org/")
        return None
    problem = ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        problem = f'expected an address that begins with https:// or http://, found "{text}"'
        help = f"write  {at[-1]}: https://{text.removeprefix('//')}" if _looks_like_host(text) else ""
    elif "@" in parts.netloc:
        problem, help = "a user name or a password has no place here", "delete what stands before the @"
    elif not _HOST.fullmatch(parts.netloc):
        problem, help = f'"{parts.netloc}" is not a host name', ""
    elif parts.query or parts.fragment or text.endswith(("?", "#")):
        problem, help = "a query or a fragment has no place here", f"write  {at[-1]}: {re.split('[?#]', text)[0]}"
    elif re.search(r"[\s\\<>\"{}]|//(?!/*$)|/\.\.?(?:/|$)", parts.path):
        problem, help = f'"{parts.path}" is not a plain path', "write single slashes, no spaces and no .."
    if problem:
        sheet.fault(at, "base-url", f"{name}: {problem}", help=help or f"write  {at[-1]}: https://example.org/")
        return None
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}/"


def _looks_like_host(text: str) -> bool:
    return re.match(r"(?://)?[\w-]+(?:\.[\w-]+)+(?:[:/]|$)", text) is not None


def language(sheet: Sheet, at: Path, text: str) -> str | None:
    """A language tag in its usual capitals."""
    return as_language(sheet, at, text)


def folder(sheet: Sheet, at: Path, text: str) -> str | None:
    """A folder's path with "/" between its parts and none at its end; where it may lie is for the build to say."""
    if "\0" in text or not text.strip("/. "):
        message = f'{name_of(at)}: expected the name of a folder, found "{text}"'
        sheet.fault(at, "folder", message, help=f"write a folder below sitegen.yaml, as in  {at[-1]}: public")
        return None
    return text.replace("\\", "/").rstrip("/")


def theme(sheet: Sheet, at: Path, text: str) -> str | None:
    """A theme's name, which is the name of its folder."""
    if _THEME.fullmatch(text):
        return text
    message = f'{name_of(at)}: expected the name of a theme, found "{text}"'
    sheet.fault(at, "theme", message, help="write the name of its folder below themes/")
    return None


def article_pattern(sheet: Sheet, at: Path, text: str) -> str | None:
    return _pattern(sheet, at, text, dated=True)


def undated_pattern(sheet: Sheet, at: Path, text: str) -> str | None:
    return _pattern(sheet, at, text, dated=False)


def _pattern(sheet: Sheet, at: Path, text: str, *, dated: bool) -> str | None:
    fault = pattern_fault(text, dated=dated)
    if fault is None:
        return text
    span = sheet.place(at)
    quote = sheet.line(span.line)[span.column : span.column + 1] in ("'", '"')
    start = span.column + quote + fault.offset
    place = msgspec.structs.replace(span, column=start, end_line=span.line, end_column=start + fault.width)
    sheet.add(place, "permalink", f"{name_of(at)}: {fault.message}", fault.help)
    return None


def timezone_check(zones: Zones | None) -> Check:
    """The check of `timezone:`; without a database only the shape is looked at."""

    def check(sheet: Sheet, at: Path, text: str) -> str | None:
        shaped = _ZONE.fullmatch(text) is not None
        if shaped and (text == "UTC" or zones is None or zones.find(text) is not None):
            return text
        best = near(text.replace(" ", "_"), zones.names()) if zones is not None else ""
        help = f"did you mean {best}?" if best else "write a name such as Europe/Berlin, or UTC"
        sheet.fault(at, "timezone", f'{name_of(at)}: there is no time zone "{text}"', help=help)
        return None

    return check


def named_plugin(sheet: Sheet, at: Path, plugin: Any) -> Any:
    """A plugin needs a name."""
    if plugin.name:
        return plugin
    sheet.fault(at, "missing", f"{name_of(at)}: the plugin's name is missing", help="add  name: …")
    return None


CHECKS: Final[Mapping[Path, Check]] = {
    ("base_url",): base_url,
    ("deploy", "targets", "*", "base_url"): base_url,
    ("language",): language,
    ("theme",): lambda _sheet, _at, names: names or None,
    ("theme", "*"): theme,
    ("permalink", "article"): article_pattern,
    ("permalink", "page"): undated_pattern,
    ("permalink", "undated"): undated_pattern,
    ("build", "content"): folder,
    ("build", "output"): folder,
    ("plugins", "*"): named_plugin,
}
