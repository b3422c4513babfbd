"""The reader of saved HTML pages: a tree of our own, its leaf blocks, their fates, and the fields that the page states.

Invariant: pure; no entity is expanded, nothing is fetched, and no markup of the page survives but what `html_markdown`
writes itself. A page that cannot be read is a problem and never an exception.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from sitegen.convert.addresses import addresses_in
from sitegen.convert.captions import read_caption
from sitegen.convert.dates import Found, find_moments
from sitegen.convert.decode import decode
from sitegen.convert.document import Block, Document, Fate, Hint, Link, Markup, Picture, Source
from sitegen.convert.formats import Reading
from sitegen.convert.html_assets import take_assets
from sitegen.convert.html_blocks import Leaf, leaves_of
from sitegen.convert.html_content import choose, main_text
from sitegen.convert.html_fields import UNSEEN, Facts, facts_of, headline, key, said_role
from sitegen.convert.html_markdown import body_of
from sitegen.convert.names import names_beside, read_byline, read_names
from sitegen.convert.phrases import read_label
from sitegen.convert.sources import SourceFile, problem
from sitegen.errors import Problem

MAX_CHARACTERS: Final = 16_000_000
HEAD_LEAVES: Final = 6  # blocks round the title in which a date or byline may stand
MAX_HEAD_LINE: Final = 160  # characters of such a block
MAX_DATE_WORDS: Final = 14
WHOLE: Final = 0.7  # share of a heading that a date takes, when it is a date line
MOSTLY: Final = 0.3  # share of a line that a date takes, when it is a date line
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{3,40})""", re.IGNORECASE)


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format html."""
    yield read_html(file)


def read_html(file: SourceFile) -> Document | Problem:
    """The article of a page."""
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
    assets = take_assets(root, file, facts.url)
    host = (urlsplit(facts.url).hostname or "").removeprefix("www.")
    source = Source(
        path=file.path, name=file.name, format="html", sha256=file.sha256, group=host or file.folder, url=facts.url
    )
    document = page_document(root, facts, source, notes)
    if document is not None:
        return msgspec.structs.replace(document, assets=assets) if assets else document
    return problem(
        file.path, "the page holds no text", "check that it was saved after it had loaded", code="import.html"
    )


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


def parsed(text: str) -> HtmlElement | None:
    """The tree of a page or fragment; None when there is nothing in it."""
    text = re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", text.replace("\0", ""))
    text = re.sub("[\x01-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    if not text.strip():
        return None
    try:
        return document_fromstring(text, parser=HTMLParser(encoding=None, no_network=True, remove_pis=True))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def page_document(root: HtmlElement, facts: Facts, source: Source, notes: tuple[str, ...] = ()) -> Document | None:
    """The document of a whole page, with a fate for every leaf. Changes `root`."""
    body = root.find("body")
    leaves = leaves_of(body if body is not None else root, facts.url)
    if not any(leaf.text for leaf in leaves):
        return None
    return _document(leaves, choose(leaves, main_text(root)), facts, source, notes, whole=True)


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
    found = headline(facts, [leaves[i].text for i in heads])
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
        _mark_title(leaves, fates, found.value)
    if whole:
        _mark_head(leaves, fates, facts, start)
    if facts.date and facts.date.confidence == UNSEEN and whole:
        facts.date = _seen(facts.date, leaves, reasons)
    stated = (("date", facts.date), ("authors", facts.authors), ("tags", facts.tags))
    hints.update({name: hint for name, hint in stated if hint})
    if facts.lang:
        hints["lang"] = Hint(facts.lang, 0.9, "html lang")
    if facts.summary and len(facts.summary) < 1000:
        hints["summary"] = Hint(facts.summary, 0.7, "meta description")
    links = _links(leaves, fates)
    pictures, captions = _pictures(leaves, fates, facts.image)
    blocks = tuple(Block(leaf.text or leaf.alt or leaf.src, i + 1) for i, leaf in enumerate(leaves))
    if not any(fate.kind == "body" for fate in fates):
        notes = (*notes, "no part of the page was recognised as an article")
    at = [i for i, fate in enumerate(fates) if fate.kind == "body"]
    body = body_of([leaves[i] for i in at], {n: captions[i] for n, i in enumerate(at) if i in captions})
    markup = Markup(body, tuple(fates), tuple(pictures), facts.titles.get("title", ""))
    return Document(source=source, blocks=blocks, hints=hints, notes=notes, markup=markup, links=links)


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


def _seen(date: Hint, leaves: Sequence[Leaf], reasons: Sequence[str]) -> Hint:
    """A date that the head alone states is surer when the article or what stands round it shows the same day."""
    days = {found.moment.day for found in find_moments(date.value)[:1]}
    for leaf, reason in zip(leaves, reasons, strict=True):
        if (
            reason not in ("related articles", "comments", "footer")
            and len(leaf.text) < 200
            and any(found.moment.day in days for found in find_moments(leaf.text))
        ):
            return Hint(date.value, 0.85, date.origin)
    return date


def _mark_title(leaves: Sequence[Leaf], fates: list[Fate], title: str) -> None:
    """The heading that is the title is the field; the same words above the first paragraph are its repetition."""
    own, told = key(title), False
    for i, leaf in enumerate(leaves):
        if leaf.kind in ("heading", "text") and key(leaf.text) == own:
            if not told and leaf.kind == "heading":
                fates[i], told = Fate("field", "title"), True
            elif fates[i].kind == "body":
                fates[i] = Fate("dropped", "title repeated")


def _mark_head(leaves: Sequence[Leaf], fates: list[Fate], facts: Facts, start: int) -> None:
    """Date lines and bylines at the head of the article are fields, and not its text."""
    title = next((i for i, fate in enumerate(fates) if fate == Fate("field", "title")), start)
    top = max(0, min(title, start) - HEAD_LEAVES)
    for i in range(top, min(len(leaves), max(start, title) + HEAD_LEAVES)):
        leaf = leaves[i]
        if len(leaf.text) > MAX_HEAD_LINE or leaf.kind not in ("text", "item", "heading") or fates[i].kind == "field":
            continue
        if leaf.zone.startswith(("related", "comment")):
            continue
        moments = find_moments(leaf.text)
        share = (moments[0].end - moments[0].start) / len(leaf.text) if moments else 0
        names = read_byline(leaf.text) or _beside(leaf.text, moments)
        alone = title < i <= title + 3 and leaf.kind != "heading" and not names and fates[i].kind != "body"
        names = names or (read_names(leaf.text) if alone else ())
        if leaf.kind == "heading" and share < WHOLE:
            continue
        stated = facts.authors is not None and key(leaf.text) and key(leaf.text) in key(facts.authors.value)
        if moments and (share > MOSTLY or (len(leaf.text.split()) <= MAX_DATE_WORDS and i > title - 4)):
            if share > MOSTLY:
                fates[i] = Fate("field", "date")
            if not moments[0].ambiguous and (facts.date is None or facts.date.confidence == UNSEEN):
                facts.date = Hint(leaf.text, 0.75, f"block {i + 1}")
        elif (names or stated) and len(leaf.text.split()) <= MAX_DATE_WORDS:
            fates[i] = Fate("field", "authors")
        if facts.authors is None and names and i > title - 4 and not any(map(said_role, names)):
            facts.authors = Hint("; ".join(names), 0.7, f"block {i + 1}")


def _beside(text: str, moments: Sequence[Found]) -> tuple[str, ...]:
    return names_beside(f"{text[: moments[0].start]}  | {text[moments[0].end :]}") if moments else ()


def _pictures(leaves: Sequence[Leaf], fates: list[Fate], cover: str) -> tuple[list[Picture], dict[int, str]]:
    """The article's pictures and, by the position of each, the caption to print."""
    pictures: list[Picture] = []
    captions: dict[int, str] = {}
    waiting: dict[int, int] = {}
    seen: dict[str, int] = {}
    for i, leaf in enumerate(leaves):
        if fates[i].kind != "body":
            continue
        if leaf.kind == "image":
            if leaf.src in seen:
                fates[i] = Fate("dropped", "picture repeated")
                waiting[leaf.figure] = seen[leaf.src]
                continue
            seen[leaf.src] = waiting[leaf.figure] = i
        elif leaf.kind == "caption":
            if leaf.figure and leaf.figure in waiting:
                fates[i] = Fate("field", "images")
                before = captions.get(waiting[leaf.figure], "")
                captions[waiting[leaf.figure]] = f"{before} {leaf.text}".strip()
            elif leaf.figure:
                fates[i] = Fate("dropped", "caption without its picture")
    for i in seen.values():
        said = read_caption(captions.get(i, ""))
        caption, credit = (said.caption, said.credit) if said else (captions.get(i, ""), "")
        pictures.append(Picture(caption, credit, i + 1, leaves[i].src, leaves[i].alt))
    if cover.startswith(("http://", "https://")) and not any(_file(one.src) == _file(cover) for one in pictures):
        pictures.insert(0, Picture("", "", 0, cover))
    return pictures, captions


def _file(address: str) -> str:
    return address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1].casefold()
