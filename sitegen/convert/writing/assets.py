"""Files that belong to an article: what they are by their bytes, what they are called, and which may be copied.

Invariant: pure but for `content_of`, which reads what a source named. A name comes from the content, so that the same
bytes are the same file; nothing that a browser would run is copied.
"""

import re
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

import msgspec

from sitegen.content.slugs import slugify
from sitegen.convert.document import Asset
from sitegen.convert.web_address import address_parts

MAX_ASSET: Final = 64_000_000  # bytes of one file
MAX_ASSETS: Final = 2000  # files of one article
DIGITS: Final = 10  # of the digest in a name: two files of one stem in one folder meet once in 10^12
_STEM: Final = 40  # characters of the old name that are kept

_PICTURES: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpg"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
    (re.compile(rb"....ftyp(?:avif|avis)", re.DOTALL), "avif"),
    (re.compile(rb"BM....\0\0\0\0", re.DOTALL), "bmp"),
    (re.compile(rb"\0\0\x01\0"), "ico"),
)
_SVG = re.compile(
    rb"(?is)^\s*(?:\xef\xbb\xbf)?(?:<\?xml.{0,400}?\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"(?:<!doctype svg.{0,400}?>\s*)?<svg\b"
)
_FILES: Final = frozenset(  # by their ending: what a reader downloads or plays, and no browser runs
    "pdf mp3 m4a ogg oga opus wav flac mp4 m4v webm ogv mov zip gz csv tsv txt json geojson gpx kml vtt srt "
    "doc docx odt ods odp xls xlsx ppt pptx epub tif tiff heic".split()
)
_RUNS_AS: Final = re.compile(rb"(?is)^\s*(?:<!doctype html|<html\b|<script\b|<\?xml|<svg\b|<!--)")


class Copy(msgspec.Struct, frozen=True):
    """A file as it will lie beside its article."""

    src: str
    name: str
    content: bytes


def ending_of(content: bytes, name: str) -> str:
    """The ending that a file gets, by its content; empty for what may not be copied."""
    for pattern, ending in _PICTURES:
        if pattern.match(content):
            return ending
    if _SVG.match(content[:4000]):
        return "svg" if is_still(content) else ""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    return ending if ending in _FILES and not _RUNS_AS.match(content[:400]) else ""


def is_picture(content: bytes) -> bool:
    return any(pattern.match(content) for pattern, _ in _PICTURES) or bool(_SVG.match(content[:4000]))


_FAR: Final = re.compile(r"url\(\s*['\"]?(?!\s*['\"]?#)|javascript:", re.IGNORECASE)
_LOADS: Final = re.compile(r"@import|url\(\s*['\"]?(?!\s*['\"]?#)|expression\(", re.IGNORECASE)
_MOVING: Final = frozenset(
    ("script", "foreignobject", "iframe", "embed", "object", "handler", "set", "animate", "audio", "video")
)
_SAFE_HREF: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|gif|webp);base64,)")


def is_still(svg: bytes) -> bool:
    """Whether a drawing holds nothing that runs or that asks another host: no script, handler, link or foreign part."""
    from lxml import etree  # noqa: PLC0415 -- only drawings need it

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(svg, parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    if b"<!ENTITY" in svg.upper():
        return False
    for element in root.iter(etree.Element):
        named = {etree.QName(key).localname.lower(): value for key, value in element.attrib.items()}
        if etree.QName(element).localname.lower() in _MOVING or any(map(_acts, named, named.values())):
            return False
        if _LOADS.search(element.text or ""):
            return False
    return True


def _acts(name: str, value: str) -> bool:
    """Whether an attribute of a drawing runs something or asks for something from elsewhere."""
    return name.startswith("on") or (name == "href" and not _SAFE_HREF.match(value)) or bool(_FAR.search(value))


def copy_of(asset: Asset, content: bytes) -> Copy | None:
    """The copy of a file under its new name; None when it may not be copied."""
    called = asset.name or unquote(address_parts(asset.src).path).rsplit("/", 1)[-1] or asset.file
    if not content or len(content) > MAX_ASSET or not (ending := ending_of(content, called)):
        return None
    stem = slugify(called.rsplit(".", 1)[0])[:_STEM].strip("-")
    digest = sha256(content).hexdigest()[:DIGITS]
    return Copy(asset.src, f"{stem}-{digest}.{ending}" if stem else f"{digest}.{ending}", content)


def content_of(asset: Asset) -> bytes:
    """The bytes of a file; empty when they cannot be read or are more than `MAX_ASSET`."""
    if asset.content or not asset.file:
        return asset.content
    try:
        if not asset.member:
            path = Path(asset.file)
            return path.read_bytes() if path.stat().st_size <= MAX_ASSET else b""
        with ZipFile(asset.file) as archive:
            info = archive.getinfo(asset.member)
            return archive.read(info) if info.file_size <= MAX_ASSET else b""
    except (OSError, KeyError, BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError):
        return b""


def copies_of(assets: tuple[Asset, ...], used: frozenset[str]) -> Iterator[Copy | str]:
    """The copies of the files that the article uses, each once; for one that cannot be copied its `src`."""
    for asset in assets[:MAX_ASSETS]:
        if asset.src in used:
            yield copy_of(asset, content_of(asset)) or asset.src
