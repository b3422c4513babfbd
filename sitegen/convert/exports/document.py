"""What the readers of exports share: a document from fields that an export states and the leaves of its body.

Invariant: pure, but for asking whether a file lies beside the export. Every stated value is a block of the ledger.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from sitegen.convert.document import Asset, Block, Document, Fate, Field, Markup, Picture, Source
from sitegen.convert.exports.body import body_from
from sitegen.convert.formats import BY_NAME
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.convert.web_address import address_parts
from sitegen.convert.wordpress.fields import stated
from sitegen.errors import Problem

SURE: Final = 0.99
DRAFTED: Final = "written as a draft"


class Article(msgspec.Struct, kw_only=True):
    """What an export says of one article. `why_draft` are the reasons for which it must not become public."""

    title: str
    stated: dict[str, Any] = {}  # front matter by key; empty values are left out
    leaves: Sequence[Leaf] = ()
    dropped: list[tuple[str, str]] = []  # what left no trace, with the reason
    why_draft: list[str] = []
    notes: list[str] = []
    page: bool = False
    place: str = ""
    addresses: Iterable[str] = ()


def document_of(article: Article, source: Source, file: SourceFile | None = None) -> Document:
    """The document. `file` is the export, beside which pictures may lie."""
    title = stated(article.title)
    values = {"title": title, **article.stated}
    notes = list(article.notes)
    if article.why_draft:
        values["draft"] = True
        notes.append(f'"{title or source.target}" {" and ".join(article.why_draft)}: {DRAFTED}')
    body = body_from(article.leaves, article.dropped)
    fields = {name: Field(value, SURE, name) for name, value in values.items() if value}
    blocks = [Block(str(value)[:500], 1) for value in (field.value for field in fields.values())]
    fates = [Fate("field", name) for name in fields]
    pictures = body.pictures
    image = values.get("image") or {}
    if image.get("src"):
        pictures = (Picture(image.get("caption", ""), "", 0, image["src"], image.get("alt", "")), *pictures)
    return Document(
        source=source, blocks=(*blocks, *body.blocks), notes=tuple(notes),
        markup=Markup(body.markdown, (*fates, *body.fates), pictures), fields=fields,
        kind="page" if article.page else "article", place=article.place,
        addresses=tuple(dict.fromkeys(filter(None, article.addresses))),
        assets=assets_beside(file, [picture.src for picture in pictures]) if file else (),
    )  # fmt: skip


Reader = Callable[[SourceFile], Iterator[Document | Problem]]


def exports_of(given: SourceFile | Tree, format: str, read: Reader) -> Iterator[Document | Problem]:
    """What a reader of files makes of a file, or of those at the top of a folder or archive that has pictures beside.

    What lies there and belongs to no article is counted in a message.
    """
    if isinstance(given, SourceFile):
        yield from read(given)
        return
    recognises = BY_NAME[format].recognises
    assert recognises is not None
    heads = ((name, given.head(name)) for name in given.top if not name.endswith("/"))
    exports = [name for name, head in heads if recognises(name, head, head.decode("utf-8", "replace"))]
    used: set[str] = set()
    for name in exports:
        file = given.file(name)
        if isinstance(file, Problem):
            yield file
            continue
        for found in read(file):
            if isinstance(found, Document):
                used |= {asset.member or asset.file for asset in found.assets}
            yield found
    others = len(given.names) - len(exports) - len(used)
    if others > 0:
        said = f"files beside the export that no article shows, and that were left out: {others}"
        yield problem(given.path, said, code="import.left-out", warning=True)


def assets_beside(file: SourceFile, addresses: Iterable[str]) -> tuple[Asset, ...]:
    """The pictures that lie beside an export: below the folder that their address names, or below a part of it."""
    found: dict[str, Asset] = {}
    for address in addresses:
        if address and address not in found and (asset := _beside(file, address)):
            found[address] = asset
    return tuple(found.values())


def _beside(file: SourceFile, address: str) -> Asset | None:
    path = re.sub(r"-\d{2,5}x\d{2,5}(?=\.\w{2,5}$)", "", unquote(address_parts(address).path).lstrip("/"))
    exact = unquote(address_parts(address).path).lstrip("/")
    for one in dict.fromkeys((exact, path)):
        parts = one.split("/")
        for start in range(max(0, len(parts) - 1)):
            if asset := file.asset("/".join(parts[start:])):
                return msgspec.structs.replace(asset, src=address, name=asset.name or parts[-1])
    return None
