"""The reader of Substack's exports: `posts.csv` and a page without its head for each post in `posts/`.

Invariant: pure; what was not published, or not for everyone, becomes a draft. Lists of subscribers and of who opened
which mail are not opened, and are counted in a message.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import Any, Final

from lxml import etree
from lxml.html import HtmlElement

from sitegen.content.slugs import explicit_slug
from sitegen.convert.document import Document, Source
from sitegen.convert.exports.document import Article, document_of
from sitegen.convert.exports.footnotes import leaves_with_notes, note_mark, without_marks
from sitegen.convert.formats import Reading
from sitegen.convert.html.tree import parsed
from sitegen.convert.readers.html import page_text
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.errors import Problem

MAX_CELL: Final = 1_000_000
MAX_ASKED: Final = 200  # posts in which the site's own address is looked for
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what no tree can hold
_ADDRESSES: Final = ("url", "canonical_url", "href", "src")
_SUBSCRIBE = re.compile(rb"https://([\w.-]{4,100})/subscribe\b")
_BUTTONS: Final = {
    "button-wrapper": "button", "subscription-widget-wrap": "newsletter",
    "subscription-widget-wrap-editor": "newsletter",
    "captioned-button-wrap": "button", "subscription-widget": "newsletter", "paywall-jump": "paywall",
    "community-chat": "button", "install-substack-app-embed": "button", "directMessage": "button",
}  # fmt: skip


def read(tree: Tree, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format substack."""
    listed = tree.file("posts.csv")
    if isinstance(listed, Problem):
        yield listed
        return
    rows, fault = _rows(decode(listed.content).text)
    if fault:
        yield problem(listed.path, fault, "export it again", code="import.substack")
    pages = {
        name[len("posts/") : -len(".html")]: name for name in tree.names if re.fullmatch(r"posts/[^/]+\.html", name)
    }
    site = _site(tree, pages.values())
    used = set()
    for row in rows:
        id = row.get("post_id", "")
        name = pages.get(id) or next((one for stem, one in pages.items() if stem.split(".")[0] == id.split(".")[0]), "")
        if not name:
            said = f'the text of "{unescape(row.get("title", "")) or id}" is not in the export'
            yield problem(listed.path, said, "it was never written, or the export is not whole", warning=True)
            continue
        used.add(name)
        file = tree.file(name)
        yield file if isinstance(file, Problem) else _post(file, row, site)
    for name in sorted(set(pages.values()) - used):
        file = tree.file(name)
        yield file if isinstance(file, Problem) else _post(file, {"post_id": name[len("posts/") : -len(".html")]}, site)
    others = len(tree.names) - len(pages) - 1
    if others:
        said = f"files of the export that hold no post, such as lists of readers, and were left out: {others}"
        yield problem(tree.path, said, code="import.left-out", warning=True)


def _rows(text: str) -> tuple[list[dict[str, str]], str]:
    csv.field_size_limit(MAX_CELL)
    rows: list[dict[str, str]] = []
    try:
        for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff"))):
            cells = {(name or "").strip(): value or "" for name, value in row.items() if isinstance(value, str | None)}
            if cells.get("post_id"):
                rows.append(cells)
    except csv.Error as error:
        return rows, f"the list of posts cannot be read further: {error}"
    return rows, ""


def _site(tree: Tree, pages: Iterable[str]) -> str:
    """The address of the site that was exported, which only its own subscribe buttons tell; "" for none."""
    votes: Counter[str] = Counter()
    for name in list(pages)[:MAX_ASKED]:
        votes.update(one.decode() for one in set(_SUBSCRIBE.findall(tree.head(name))))
    return f"https://{votes.most_common(1)[0][0]}" if votes else ""


def _post(file: SourceFile, row: dict[str, str], site: str) -> Document | Problem:
    text, notes = page_text(file.content)
    number, _, name = row["post_id"].partition(".")
    root = parsed(f"<div>{without_marks(text)}</div>")
    dropped: list[tuple[str, str]] = []
    footnotes: list[str] = []
    if root is not None:
        _settle(root, dropped, footnotes)
    podcast = _UNFIT.sub("", row.get("podcast_url", "")).strip()
    if podcast.startswith(("http://", "https://")):
        root = root if root is not None else parsed("<div></div>")
        if root is not None:
            (next(root.iter("div"), root)).insert(0, etree.Element("audio", src=podcast))
    if root is None:
        return problem(file.path, "the post holds no text", "leave it out, or write it first", code="import.substack")
    slug = explicit_slug(name)
    page = row.get("type") == "page"
    why = _reasons(row)
    stated: dict[str, Any] = {
        "date": "" if page else row.get("post_date", ""),
        "summary": " ".join(unescape(row.get("subtitle", "")).split()),
        "slug": slug, "aliases": [f"/p/{slug}/"] if slug and not why else [],
        "extra": {"type": row["type"]} if row.get("type") in ("podcast", "thread", "video") else {},
    }  # fmt: skip
    url = f"{site}/p/{slug}" if site and slug and not why else ""
    source = Source(path=file.path, name=file.name, format="substack", sha256=file.sha256, group=file.folder, url=url)
    article = Article(
        title=unescape(row.get("title", "")) or name.replace("-", " ").capitalize(), stated=stated,
        leaves=leaves_with_notes(root, footnotes, ""), dropped=dropped, why_draft=why, notes=list(notes), page=page,
        place=f"pages/{slug}" if page and slug else "", addresses=(f"/p/{slug}/", f"/p/{number}/"),
    )  # fmt: skip
    return document_of(article, source, file)


def _reasons(row: dict[str, str]) -> list[str]:
    published = row.get("is_published", "").strip().lower() in ("true", "1", "yes")
    audience = row.get("audience", "").strip() or "everyone"
    out = [] if published else ["is a draft"]
    if audience != "everyone":
        out.append(f"was not for everyone ({audience})")
    return out


# ---- Substack's own HTML


def _settle(root: HtmlElement, dropped: list[tuple[str, str]], footnotes: list[str]) -> None:
    for note in [one for one in root.iter("div") if "footnote" in _names(one)]:
        inner = next((one for one in note.iter("div") if "footnote-content" in _names(one)), note)
        footnotes.append("".join(etree.tostring(child, encoding="unicode", method="html") for child in inner) or "")
        _remove(note)
    calls = [one for one in root.iter("a") if "footnote-anchor" in _names(one)]
    for call in calls:
        number = re.search(r"(\d+)$", call.get("href") or "")
        if number and 0 < int(number[1]) <= len(footnotes):
            for child in list(call):
                call.remove(child)
            call.text, call.tag = note_mark(int(number[1])), "span"
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        names = _names(element)
        reason = next((_BUTTONS[name] for name in names if name in _BUTTONS), "")
        if reason:
            dropped.append((" ".join("".join(element.itertext()).split())[:200] or f"<{names[0]}>", reason))
            _remove(element)
        elif "pullquote" in names:
            element.tag = "blockquote"
        elif element.get("data-attrs") and element.tag not in ("img", "a"):
            _widget(element, names)
    for source in list(root.iter("source")):
        if source.getparent() is not None and source.getparent().tag == "picture":
            source.drop_tag()  # the parser puts the picture itself into it


def _names(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()


def _remove(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


def _widget(element: HtmlElement, names: list[str]) -> None:
    """What Substack shows by a script: its address as a frame, its pictures, its formula, its quotation."""
    try:
        said = json.loads(element.get("data-attrs") or "")
    except (ValueError, RecursionError):
        return
    if not isinstance(said, dict):
        return
    gallery = said.get("gallery")
    if isinstance(gallery, dict) and isinstance(gallery.get("images"), list):
        _gallery(element, gallery)
    elif "latex-rendered" in names and isinstance(said.get("persistentExpression"), str):
        element.tag, element.text = "pre", _UNFIT.sub("", said["persistentExpression"])
        element.set("class", "language-latex")
    elif "youtube-wrap" in names or "youtube2" in names:
        _frame(element, f"https://www.youtube.com/watch?v={said.get('videoId')}")
    elif "vimeo-wrap" in names:
        _frame(element, f"https://vimeo.com/{said.get('videoId')}")
    else:
        url = next(
            (said[name] for name in ("url", "canonical_url", "href", "src") if isinstance(said.get(name), str)), ""
        )
        if url.startswith("http") and not "".join(element.itertext()).strip():
            title = next((said[name] for name in ("title", "full_text", "name") if isinstance(said.get(name), str)), "")
            _frame(element, url, title)


def _frame(element: HtmlElement, url: str, title: str = "") -> None:
    for child in list(element):
        element.remove(child)
    element.text = None
    frame = etree.SubElement(element, "iframe", src=_UNFIT.sub("", url))
    if title:
        frame.set("title", " ".join(_UNFIT.sub("", title).split())[:300])


def _gallery(element: HtmlElement, gallery: dict[str, Any]) -> None:
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "figure", None  # its class makes it a gallery
    for one in gallery["images"]:
        if isinstance(one, dict) and isinstance(one.get("src"), str):
            alt = _UNFIT.sub("", str(one.get("alt") or gallery.get("alt") or ""))
            etree.SubElement(element, "img", src=_UNFIT.sub("", one["src"]), alt=alt)
    if isinstance(gallery.get("caption"), str) and gallery["caption"]:
        caption = parsed(f"<figcaption>{escape(gallery['caption'], quote=False)}</figcaption>")
        found = caption.find(".//figcaption") if caption is not None else None
        if found is not None:
            element.append(found)
