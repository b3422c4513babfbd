"""The reader of saved HTML pages: a tree of our own, its leaf blocks, their fates, and the fields that the page states.

Invariant: pure; no entity is expanded, nothing is fetched, and no markup of the page survives but what `html.markdown`
writes itself. A page that cannot be read is a problem and never an exception.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.document import Asset, Block, Document, Fate, Hint, Link, Markup, Source
from sitegen.convert.formats import Reading
from sitegen.convert.html.anchors import keep_called, page_notes, resolved
from sitegen.convert.html.around import (
    ACCOUNT,
    LOGIN,
    is_login,
    mark_head,
    mark_title,
    said_when,
    seen_date,
    shown_instead,
)
from sitegen.convert.html.assets import take_assets
from sitegen.convert.html.blocks import leaves_of
from sitegen.convert.html.content import choose, main_text
from sitegen.convert.html.fields import UNSEEN, Facts, facts_of
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.markdown import body_of
from sitegen.convert.html.pictures import pictures_of
from sitegen.convert.html.signed import author_shown
from sitegen.convert.html.title import headline
from sitegen.convert.html.tree import parsed
from sitegen.convert.html.typed import typed_lists
from sitegen.convert.inference.phrases import read_label
from sitegen.convert.one_line import key
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.convert.web_address import address_parts
from sitegen.convert.writing.addresses import addresses_in
from sitegen.errors import Problem

MAX_CHARACTERS: Final = 16_000_000
_SAVED = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s<>\"']{1,2000})"
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{3,40})""", re.IGNORECASE)


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format html."""
    yield read_html(file)


def read_html(file: SourceFile, parts: Mapping[str, Asset] | None = None, format: str = "html") -> Document | Problem:
    """The article of a page. `parts` are files that came with it, by the addresses that it calls them."""
    text, notes = page_text(file.content)
    root = parsed(text)
    if root is None or len(text) > MAX_CHARACTERS:
        return problem(
            file.path,
            "the page holds no text that can be read",
            "open it in a browser and save it again",
            code="import.html",
        )
    facts = facts_of(root)
    facts.url = facts.url or file.url or saved_from(text)
    assets = take_assets(root, file, facts.url, parts)
    host = (address_parts(facts.url).hostname or "").removeprefix("www.")
    source = Source(
        path=file.path, name=file.name, format=format if file.row is None else "warc", sha256=file.sha256,
        group=host or file.folder, url=facts.url, row=file.row,
    )  # fmt: skip
    document = page_document(root, facts, source, notes)
    if document is not None:
        return msgspec.structs.replace(document, assets=assets) if assets else document
    return problem(
        file.path, "the page holds no text", "check that it was saved after it had loaded", code="import.html"
    )


def saved_from(text: str) -> str:
    """The address in the note that a browser, or SingleFile, writes into a page that it saves; empty without one."""
    found = _SAVED.search(text[:4000])
    return found[1] if found else ""


def page_text(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a page: as it declares its encoding, where that fits; else detected."""
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    found = _CHARSET.search(content[:4096])
    if found and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = found[1].decode("ascii")
        try:
            bad = (
                text := content.decode("cp1252" if name.lower() in ("iso-8859-1", "latin1") else name, "replace")
            ).count("�")
            if bad * 200 < len(text):
                return text, () if name.lower().startswith("utf") and not bad else (
                    f"the bytes are not all UTF-8; read as {name}",
                )
        except LookupError:
            pass
    decoded = decode(content)
    return decoded.text, decoded.notes


def page_document(root: HtmlElement, facts: Facts, source: Source, notes: tuple[str, ...] = ()) -> Document | None:
    """The document of a whole page, with a fate for every leaf. Changes `root`."""
    body = root.find("body")
    leaves = leaves_of(body if body is not None else root, facts.url, notes=page_notes(root))
    if not any(leaf.text for leaf in leaves):
        return None
    reasons = choose(leaves, main_text(root, leaves), facts.url)
    keep_called(leaves, reasons)
    return _document(leaves, reasons, facts, source, notes, whole=True)


def fragment_document(html: str, facts: Facts, source: Source) -> Document | None:
    """The document of an article that is given without its page, as feeds give it: all of it is the article."""
    root = parsed(f"<div>{html}</div>")
    leaves = leaves_of(root, facts.url) if root is not None else []
    return _document(leaves, [""] * len(leaves), facts, source, (), whole=False) if leaves else None


def _document(
    leaves: Sequence[Leaf], reasons: Sequence[str], facts: Facts, source: Source, notes: tuple[str, ...], *, whole: bool
) -> Document:
    fates = [Fate("dropped", reason) if reason else Fate("body") for reason in reasons]
    kept = [i for i, reason in enumerate(reasons) if not reason]
    start = kept[0] if kept else 0
    heads = sorted(
        (i for i, leaf in enumerate(leaves) if leaf.kind == "heading" and leaf.level == 1),
        key=lambda i: (abs(i - start), i),
    )
    hints: dict[str, Hint] = {}
    others = [leaf.text for leaf in leaves[max(0, start - 8) : start + 4] if leaf.kind == "heading" and leaf.level > 1]
    found = headline(facts, [leaves[i].text for i in heads], None, others)
    if found is None or found.confidence < 0.75:
        second = next((i for i in range(start, -1, -1) if leaves[i].kind == "heading" and leaves[i].level == 2), -1)
        titles = [key(text) for text in facts.titles.values()]
        if (
            whole
            and second >= 0
            and any(len(key(leaves[second].text)) > 12 and key(leaves[second].text) in text for text in titles)
        ):
            found = Hint(leaves[second].text, 0.85, "h2")
    if found:
        hints["title"] = found
        mark_title(leaves, fates, found.value, facts.shorter)
    if whole:
        mark_head(leaves, fates, facts, start)
    if whole and kept and (facts.date is None or facts.date.confidence == UNSEEN):
        facts.date = said_when(leaves, fates, start, kept[-1]) or facts.date
    elif whole and facts.date and not facts.date.origin.startswith("block"):
        facts.date = shown_instead(facts.date, leaves, fates, start)
    if facts.date and facts.date.confidence == UNSEEN and whole:
        facts.date = seen_date(facts.date, leaves, reasons)
    if whole:
        facts.authors = _authors(facts, leaves, fates, kept)
    stated = (("date", facts.date), ("authors", facts.authors), ("tags", facts.tags))
    hints.update({name: hint for name, hint in stated if hint})
    if facts.lang:
        hints["lang"] = Hint(facts.lang, 0.9, "html lang")
    if facts.summary and len(facts.summary) < 1000:
        hints["summary"] = Hint(facts.summary, 0.7, "meta description")
    links = _links(leaves, fates)
    pictures, captions = pictures_of(leaves, fates, facts.image)
    blocks = tuple(Block(leaf.text or leaf.alt or leaf.src, i + 1) for i, leaf in enumerate(leaves))
    if not any(fate.kind == "body" for fate in fates):
        notes = (*notes, "no part of the page was recognised as an article")
    at = [i for i, fate in enumerate(fates) if fate.kind == "body"]
    body = body_of(
        typed_lists(resolved([leaves[i] for i in at])), {n: captions[i] for n, i in enumerate(at) if i in captions}
    )
    blocks, fates = _with_links(leaves, blocks, fates)
    markup = Markup(body, tuple(fates), tuple(pictures), facts.titles.get("title", ""))
    return Document(source=source, blocks=blocks, hints=hints, notes=notes, markup=markup, links=links)


def _authors(facts: Facts, leaves: Sequence[Leaf], fates: list[Fate], kept: Sequence[int]) -> Hint | None:
    """Whom the page states as its author, or rather shows; less sure of a login."""
    stated = facts.authors
    if stated and is_login(stated.value, leaves):
        own = key(stated.value) in key(address_parts(facts.url).hostname or "") or not stated.origin.startswith(
            "json-ld"
        )
        stated = Hint(stated.value, ACCOUNT if own else LOGIN, stated.origin)
    start, stop = (kept[0], kept[-1]) if kept else (0, len(leaves) - 1)
    return author_shown(leaves, fates, start, stop, stated)


def _with_links(
    leaves: Sequence[Leaf], blocks: tuple[Block, ...], fates: list[Fate]
) -> tuple[tuple[Block, ...], list[Fate]]:
    """The account of all leaves, and after it that of the links which headings of the body had."""
    lost = [i for i, leaf in enumerate(leaves) if leaf.kind == "heading" and leaf.href and fates[i].kind == "body"]
    more = tuple(Block(f"{leaves[i].text} → {leaves[i].href}", i + 1) for i in lost)
    return (*blocks, *more), [*fates, *(Fate("dropped", "link of a heading") for _ in lost)]


def _links(leaves: Sequence[Leaf], fates: list[Fate]) -> tuple[Link, ...]:
    """Lines such as "READ: …" in the article are related articles, and not its text."""
    links: list[Link] = []
    for i, leaf in enumerate(leaves):
        if fates[i].kind != "body" or leaf.kind not in ("text", "item", "heading"):
            continue
        label = read_label(leaf.text)
        if label is None or not label.title:
            continue
        found = addresses_in(leaf.markdown)
        fates[i] = Fate("link")
        links.append(Link(label.label, label.title, i + 1, found[0] if found else label.url))
    return tuple(links)
