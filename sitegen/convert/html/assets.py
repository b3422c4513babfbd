"""The files that a saved page brings: pictures in its text (`data:`), in the folder beside it, or in its MHTML.

A browser that saves a page writes them under names of its own, and readers of pages make every address absolute. So
each such address is replaced, in the tree and before it is walked, by one on a host that cannot exist; the file goes by
that name until its copy has one.

Invariant: only elements of the given tree are changed; nothing is fetched or opened here.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.document import Asset
from sitegen.convert.html.inline import safe_address
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.writing.assets import MAX_ASSETS, copy_of, is_picture

HOST: Final = "https://asset.invalid/"  # reserved by RFC 2606: no such host can ever be
MAX_DATA: Final = 96_000_000  # characters of one data: address
_LAZY: Final = ("data-src", "data-lazy-src", "data-original", "srcset", "data-srcset")
_LINKED: Final = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".pdf", ".mp3", ".mp4", ".m4a", ".ogg", ".webm",
)  # fmt: skip


def take_assets(
    root: HtmlElement, file: SourceFile, base: str, parts: Mapping[str, Asset] | None = None
) -> tuple[Asset, ...]:
    """The files of a page, each under the address that now stands in the tree.

    `base` is the page's own address, for those that are not there after all; `parts` are the files of an MHTML.
    """
    taken: dict[str, Asset] = {}
    for element in root.iter("img", "source", "video", "audio", "a"):
        key = "href" if element.tag == "a" else "src"
        address = (element.get(key) or "").strip()
        if not address or len(taken) >= MAX_ASSETS:
            continue
        if element.tag == "a" and not _bare(address).lower().endswith(_LINKED):
            continue
        found = taken.get(address) or _found(address, file, parts or {})
        if found is None:
            continue
        if address not in taken:
            name = re.sub(r"[^\w.-]+", "-", found.name, flags=re.ASCII).strip("-.")[-80:] or "file"
            original = "" if address[:5].lower() == "data:" else safe_address(address, base)
            found = msgspec.structs.replace(found, src=f"{HOST}{len(taken)}/{name}", original=original)
            taken[address] = found
        element.set(key, found.src)
        for lazy in _LAZY:
            element.attrib.pop(lazy, None)
    return tuple(taken.values())


def _found(address: str, file: SourceFile, parts: Mapping[str, Asset]) -> Asset | None:
    if address[:5].lower() == "data:":
        content = data_bytes(address)
        asset = Asset(src="", content=content, name="picture")
        return asset if is_picture(content) and copy_of(asset, content) else None
    if (part := parts.get(address) or parts.get(address.split("#", maxsplit=1)[0])) is not None:
        return part
    beside = file.asset(address)
    name = unquote(_bare(address)).rsplit("/", 1)[-1]
    return msgspec.structs.replace(beside, name=beside.name or name) if beside is not None else None


def _bare(address: str) -> str:
    return address.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]


def data_bytes(address: str) -> bytes:
    """The bytes of a `data:` address; empty when it holds none or too many."""
    head, comma, body = address.partition(",")
    if not comma or len(body) > MAX_DATA:
        return b""
    plain = unquote_to_bytes(body)
    if not head.lower().rstrip().endswith(";base64"):
        return plain
    try:
        return b64decode(b"".join(plain.split()) + b"==")
    except (binascii.Error, ValueError):
        return b""
