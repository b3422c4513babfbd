"""The reader of saved HTML pages: a tree of our own, its leaf blocks, their fates, and the fields that the page states.

Invariant: pure; no entity is expanded, nothing is fetched, and no markup of the page survives but what `html_markdown`
writes itself. A page that cannot be read is a problem and never an exception.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from sitegen.convert.document import Asset, Block, Document, Fate, Hint, Link, Markup, Picture, Source
from sitegen.convert.formats import Reading
from sitegen.convert.html.anchors import keep_called, page_notes, resolved
from sitegen.convert.html.assets import take_assets
from sitegen.convert.html.blocks import Leaf, leaves_of
from sitegen.convert.html.content import choose, main_text
from sitegen.convert.html.fields import UNSEEN, Facts, facts_of, headline, key, said_role
from sitegen.convert.html.markdown import body_of
from sitegen.convert.inference.captions import Caption, credit_alone, read_figcaption
from sitegen.convert.inference.dates import Found, find_moments
from sitegen.convert.inference.names import names_beside, read_byline, read_names
from sitegen.convert.inference.phrases import read_label
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.convert.writing.addresses import addresses_in
from sitegen.errors import Problem

MAX_CHARACTERS: Final = 16_000_000
HEAD_LEAVES: Final = 6  # blocks round the title in which a date or byline may stand
MAX_HEAD_LINE: Final = 160  # characters of such a block
MAX_DATE_WORDS: Final = 14
LOGIN: Final = 0.55  # confidence of an author who is known by what looks like a login alone
BESIDE: Final = 3  # blocks from the title within which a date is the article's, whatever the zone is called
WHOLE: Final = 0.7  # share of a heading that a date takes, when it is a date line
MOSTLY: Final = 0.3  # share of a line that a date takes, when it is a date line
_PUBLISHED = re.compile(
    r"\W*(?:first |originally |article )?(?:published|posted|veröffentlicht|erschienen|erstellt|publié|paru|publicado|"
    r"pubblicato|gepubliceerd|geplaatst|publicerad|publisert|udgivet|julkaistu|opublikowano|опубликован\w*|"
    r"發布|发布|公開|게시|نشر|منتشر)\b",
    re.IGNORECASE,
)
_SAVED = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s<>\"']{1,2000})"
)
# A form feed is a space in HTML, but no tree can be changed where one stands; nor where another such sign was written
# by its number.
_CONTROL = re.compile(
    r"\x0c|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]))(?:;|(?![0-9a-fA-F]))"
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
    host = (urlsplit(facts.url).hostname or "").removeprefix("www.")
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


def parsed(text: str) -> HtmlElement | None:
    """The tree of a page or fragment; None when there is nothing in it."""
    text = re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", text.replace("\0", ""))
    text = re.sub("[\x01-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    text = _CONTROL.sub(" ", text)
    if not text.strip():
        return None
    try:
        return document_fromstring(text, parser=HTMLParser(encoding=None, no_network=True, remove_pis=True))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def page_document(root: HtmlElement, facts: Facts, source: Source, notes: tuple[str, ...] = ()) -> Document | None:
    """The document of a whole page, with a fate for every leaf. Changes `root`."""
    body = root.find("body")
    leaves = leaves_of(body if body is not None else root, facts.url, notes=page_notes(root))
    if not any(leaf.text for leaf in leaves):
        return None
    reasons = choose(leaves, main_text(root))
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
        _mark_title(leaves, fates, found.value, facts.shorter)
    if whole:
        _mark_head(leaves, fates, facts, start)
    if whole and kept and (facts.date is None or facts.date.confidence == UNSEEN):
        facts.date = _said_when(leaves, fates, start, kept[-1]) or facts.date
    elif whole and facts.date and not facts.date.origin.startswith("block"):
        facts.date = _shown_instead(facts.date, leaves, fates, start)
    if facts.date and facts.date.confidence == UNSEEN and whole:
        facts.date = _seen(facts.date, leaves, reasons)
    if whole and facts.authors and _is_login(facts.authors.value, leaves):
        facts.authors = Hint(facts.authors.value, LOGIN, facts.authors.origin)
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
    body = body_of(resolved([leaves[i] for i in at]), {n: captions[i] for n, i in enumerate(at) if i in captions})
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


def _is_login(name: str, leaves: Sequence[Leaf]) -> bool:
    """Whether a name is what somebody logs in with: one word of small letters that the page never shows."""
    return bool(re.fullmatch(r"[a-z][a-z0-9._-]*", name)) and not any(name in leaf.text.casefold() for leaf in leaves)


def _said_when(leaves: Sequence[Leaf], fates: list[Fate], start: int, stop: int) -> Hint | None:
    """A line that says when the article was published, wherever it stands, or a date line just below the article."""
    for i, leaf in enumerate(leaves):
        if len(leaf.text) > MAX_HEAD_LINE or leaf.zone.startswith(("related", "comment", "footer", "nav")):
            continue
        moments = find_moments(leaf.text)
        if not moments or moments[0].ambiguous:
            continue
        share = (moments[0].end - moments[0].start) / len(leaf.text)
        published = _PUBLISHED.match(leaf.text) and moments[0].start < 40 and i > start - 20
        if published or (stop - 2 <= i <= stop + 3 and share > MOSTLY):
            if share > MOSTLY and fates[i].kind != "field":
                fates[i] = Fate("field", "date")
            return Hint(leaf.text[: moments[0].end], 0.65 if published else 0.55, f"block {i + 1}")
    return None


def _shown_instead(date: Hint, leaves: Sequence[Leaf], fates: Sequence[Fate], start: int) -> Hint:
    """The day that the head of the article shows, where the page tells another one to machines alone."""
    days = {found.moment.day for found in find_moments(date.value)[:1]}
    title = next((i for i, fate in enumerate(fates) if fate == Fate("field", "title")), start)
    other: Hint | None = None
    for i, leaf in enumerate(leaves):
        moments = find_moments(leaf.text) if len(leaf.text) < MAX_HEAD_LINE else []
        if any(found.moment.day in days for found in moments):
            return date
        near = title - BESIDE <= i <= max(title, start) + HEAD_LEAVES and not leaf.zone.startswith(
            ("related", "comment")
        )
        if other is None and near and moments and not moments[0].ambiguous and len(leaf.text.split()) <= MAX_DATE_WORDS:
            other = Hint(leaf.text, 0.8, f"block {i + 1}")
    return other or date


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


def _mark_title(leaves: Sequence[Leaf], fates: list[Fate], title: str, shorter: Mapping[str, str]) -> None:
    """The heading that is the title is the field; the same words above the first paragraph are its repetition."""
    own, told = key(title), False
    for i, leaf in enumerate(leaves):
        said = key(leaf.text)
        longer = leaf.kind == "heading" and leaf.level == 1 and len(own) > 14 and said.endswith(own)
        if leaf.kind in ("heading", "text") and (said == own or longer or key(shorter.get(said, "")) == own):
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
        beside = abs(i - title) <= BESIDE
        if len(leaf.text) > MAX_HEAD_LINE or fates[i].kind == "field":
            continue
        if leaf.kind not in ("text", "item", "heading") and not (beside and leaf.kind == "caption"):
            continue
        if leaf.zone.startswith(("related", "comment")) and not beside:
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


class _Shown(msgspec.Struct):
    """A picture while its captions are gathered: the image's leaf (-1: gone), and what stands under it."""

    at: int
    texts: list[str] = []
    credits: list[str] = []


def _pictures(leaves: Sequence[Leaf], fates: list[Fate], cover: str) -> tuple[list[Picture], dict[int, str]]:
    """The article's pictures and, by the position of each, the caption to print."""
    shown = _shown(leaves, fates)
    pictures: list[Picture] = []
    captions: dict[int, str] = {}
    for one in shown:
        said = _captioned(one)
        src, alt = (leaves[one.at].src, leaves[one.at].alt) if one.at >= 0 else ("", "")
        if src or said.caption:
            pictures.append(Picture(said.caption, said.credit, max(one.at, 0) + 1, src, alt))
        if one.at >= 0 and one.texts:
            captions[one.at] = " ".join(one.texts)
    if cover.startswith(("http://", "https://")) and not any(_file(one.src) == _file(cover) for one in pictures):
        pictures.insert(0, Picture("", "", 0, cover))
    return pictures, captions


def _shown(leaves: Sequence[Leaf], fates: list[Fate]) -> list[_Shown]:
    """The pictures in their order, each with what stands under it; marks captions and repeated pictures in `fates`."""
    shown: list[_Shown] = []
    by_figure: dict[int, _Shown] = {}
    by_address: dict[str, _Shown] = {}
    for i, leaf in enumerate(leaves):
        if fates[i].kind != "body" or leaf.kind not in ("image", "caption"):
            continue
        held = by_figure.get(leaf.figure) if leaf.figure else None
        if leaf.kind == "caption":
            held = held or (None if leaf.figure else _last_picture(leaves, i, by_address))
            if held is None:
                held = by_figure[leaf.figure] = _Shown(-1)
                shown.append(held)
            fates[i] = Fate("field", "images")
            if leaf.text not in held.texts:
                held.texts.append(leaf.text)
                held.credits += [leaf.credit] if leaf.credit else []
            continue
        if leaf.src in by_address:
            fates[i] = Fate("dropped", "picture repeated")
        elif held and held.at < 0:
            held.at = i
            by_address[leaf.src] = held
        else:
            by_address[leaf.src] = _Shown(i)
            shown.append(by_address[leaf.src])
        by_figure[leaf.figure] = by_address[leaf.src]
    return shown


def _captioned(one: _Shown) -> Caption:
    """All that stands under a picture as one caption and one credit; a line marked as a credit is that alone."""
    whole = [text for text in one.texts if text not in one.credits]
    marked = " ".join(dict.fromkeys(one.credits))
    if any(text in one.credits for text in one.texts):
        told = read_figcaption(" ".join(whole)) if whole else Caption("", "", sure=False)
        return Caption(told.caption if told.credit in marked else " ".join(whole), credit_alone(marked), sure=True)
    parts = [read_figcaption(text) for text in one.texts] if not marked else []
    if len(parts) > 1 and any(part.credit and not part.caption for part in parts):
        credits = [part.credit for part in parts if part.credit and not part.caption]
        words = [text for text, part in zip(one.texts, parts, strict=True) if part.caption or not part.credit]
        return Caption(" ".join(words), "; ".join(credits), sure=True)
    return read_figcaption(" ".join(one.texts), marked)


def _last_picture(leaves: Sequence[Leaf], i: int, by_address: Mapping[str, _Shown]) -> _Shown | None:
    """The picture just above a caption that no figure holds."""
    for k in range(i - 1, max(-1, i - 3), -1):
        if leaves[k].kind == "image":
            return by_address.get(leaves[k].src)
        if leaves[k].kind != "caption":
            return None
    return None


def _file(address: str) -> str:
    return address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1].casefold()
