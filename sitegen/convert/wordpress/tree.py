"""The HTML of a WordPress post as other pages write it: paragraphs, embeds, figures, notes in their usual form.

Invariant: pure; works on a tree of its own. What shows nothing on a page (scripts, forms) is taken out and named.
"""

import re
from typing import Final
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from sitegen.convert.exports.footnotes import note_mark
from sitegen.convert.html.blocks import MORE
from sitegen.convert.html.phrasing import BREAKING, SILENT
from sitegen.convert.wordpress.blocks import FREEFORM
from sitegen.convert.wordpress.library import Library
from sitegen.convert.wordpress.shortcodes import Counted

MAX_DEPTH: Final = 150
_ALONE = re.compile(r"https?://[^\s<>\"]+")
_LINES = re.compile(r"[ \t]*\n[ \t]*")
_KEPT_LINES: Final = frozenset({"pre", "code", "script", "style", "textarea", "svg", "iframe", "select", "object"})
_STRUCTURE: Final = frozenset({"table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl", "colgroup", "menu"})
_BLOCK: Final = BREAKING | {"hr", "iframe", "video", "audio", "img-block"}
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)(?:\?.*)?$", re.IGNORECASE)


# ---- paragraphs


def autop(element: HtmlElement, depth: int = 0) -> None:
    """Line ends as WordPress reads them in classic posts: an empty line starts a paragraph, a single one a line.

    An address alone on its line becomes an embed. Works below `element`, and leaves code as it is.
    """
    if element.tag in _KEPT_LINES or depth > MAX_DEPTH:
        return
    block = element.tag in _BLOCK
    for child in list(element):
        if isinstance(child.tag, str):
            autop(child, depth + 1)
    if element.tag in _STRUCTURE:
        return
    children = list(element)
    first = children[0] if children else None
    texts = [(None, element.text, None, first)] + [
        (child, child.tail, child, children[i + 1] if i + 1 < len(children) else None)
        for i, child in enumerate(children)
    ]
    for owner, text, before, after in texts:
        if text and ("\n" in text or _ALONE.fullmatch(text.strip())):
            _split(element, owner, text or "", _edge(before, block), _edge(after, block), before)


def _edge(neighbour: HtmlElement | None, block: bool) -> bool:
    """Whether a text ends here: at a block, a comment, or the border of its block."""
    if neighbour is None:
        return block
    return not isinstance(neighbour.tag, str) or neighbour.tag in _BLOCK


def _split(
    element: HtmlElement, owner: HtmlElement | None, text: str, starts: bool, ends: bool, before: HtmlElement | None
) -> None:
    if before is not None and before.tag == "br":
        text = re.sub(r"^[ \t]*\n(?![ \t]*\n)", " ", text)
    if starts:
        text = text.lstrip()
    if ends:
        text = text.rstrip()
    lines = _LINES.split(text)
    head, rest = "", list[tuple[HtmlElement, str]]()
    waiting = 0
    for number, line in enumerate(lines):
        inner = 0 < number < len(lines) - 1
        waiting += bool(number)
        if not line and inner:
            continue
        last = rest[-1][0] if rest else None
        if (
            element.tag in _BLOCK and _ALONE.fullmatch(line)
            and (number or starts) and (number < len(lines) - 1 or ends)
        ):  # fmt: skip
            rest.append((etree.Element("iframe", src=line), ""))
            waiting = 0
            continue
        if last is None or last.tag != "iframe":
            rest += [(etree.Element("br"), "") for _ in range(min(waiting, 2))]
        waiting = 0
        if rest:
            rest[-1] = (rest[-1][0], rest[-1][1] + line)
        else:
            head = line
    _set_text(element, owner, "")
    for one, tail in reversed(rest):
        one.tail = tail
        if owner is None:
            element.insert(0, one)
        else:
            owner.addnext(one)
    _set_text(element, owner, head)


def _set_text(element: HtmlElement, owner: HtmlElement | None, text: str) -> None:
    if owner is None:
        element.text = text
    else:
        owner.tail = text


# ---- forms of WordPress


def settle(root: HtmlElement, library: Library, counted: Counted, texts: dict[str, str]) -> None:
    """Embeds, captions, covers, notes and links of WordPress in their usual form. `texts` are footnotes by name."""
    for part in [root, *root.iter("div")] if root.get(FREEFORM) is not None else list(root.iter("div")):
        if part.get(FREEFORM) is not None:
            del part.attrib[FREEFORM]
            autop(part)
    for element in list(root.iter()):
        if element.tag is etree.Comment:
            _mark(element)
        elif isinstance(element.tag, str) and (element.getparent() is not None or element is root):
            _settle_one(element, counted, texts)
    for image in list(root.iter("img")):
        _image(image, library, counted)
    for link in list(root.iter("a")):
        _link(link, library)
    _silent(root, counted)


def _settle_one(element: HtmlElement, counted: Counted, texts: dict[str, str]) -> None:
    tag, named, style = element.tag, f" {element.get('class') or ''} ", element.get("style") or ""
    if " wp-block-embed" in named:
        _embed(element)
    elif tag in ("dl", "div", "p", "dt", "dd", "span") and ("wp-caption" in named or " gallery-" in named):
        _caption(element, named)
    elif " wp-block-verse " in named:
        _verse(element)
    elif " wp-block-file__button " in named and tag == "a":
        _take_out(element, counted, "download button")
    elif tag in ("object", "embed"):
        _plugin(element)
    elif "url(" in style and (found := _BACKGROUND.search(style)):
        element.insert(0, etree.Element("img", src=found[1], alt=""))
    elif tag == "sup" and element.get("data-fn"):
        _note(element, texts, counted)
    elif tag == "code" and element.get("lang"):
        element.set("class", f"{element.get('class') or ''} language-{element.get('lang')}".strip())


def _mark(comment: HtmlElement) -> None:
    """`<!--more-->` and `<!--nextpage-->` as rules, which all other comments are not."""
    word = (comment.text or "").strip()
    if word != "nextpage" and not re.match(r"more\b", word):
        return
    rule = etree.Element("hr")
    if word != "nextpage":
        rule.set("class", MORE)
    rule.tail = comment.tail
    parent = comment.getparent()
    if parent is not None:
        parent.replace(comment, rule)


def _take_out(element: HtmlElement, counted: Counted, reason: str) -> None:
    said = " ".join("".join(element.itertext()).split())
    counted.dropped.append((said[:200] or f"<{element.tag}>", reason))
    _remove(element)


def _remove(element: HtmlElement) -> None:
    """Takes an element out; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _embed(element: HtmlElement) -> None:
    """The address that an embed block holds as text becomes a frame; the caption stays."""
    if next(element.iter("iframe"), None) is not None:
        return
    text = (element.text or "").strip()
    if _ALONE.fullmatch(text) and not len(element):
        element.text = None
        etree.SubElement(element, "iframe", src=text)
        element.tag = "div"


def _caption(element: HtmlElement, named: str) -> None:
    if re.search(r" (?:wp-caption-text|wp-caption-dd|gallery-caption) ", named):
        element.tag = "figcaption"
    elif re.search(r" (?:wp-caption|gallery-item) ", named):
        element.tag = "figure"
    elif element.tag in ("dl", "dt", "dd"):
        element.tag = "div"


def _verse(element: HtmlElement) -> None:
    """Poems keep their lines without becoming code."""
    element.tag = "p"
    holders = [(None, element.text), *((child, child.tail) for child in list(element))]
    for owner, text in holders:
        if text and "\n" in text:
            _split(element, owner, text, starts=owner is None, ends=False, before=owner)


def _plugin(element: HtmlElement) -> None:
    """An `<object>` of old embeds: its address as a frame, and what it holds for others."""
    url = element.get("data") or element.get("src") or ""
    for inner in element.iter("param"):
        if (inner.get("name") or "").lower() in ("movie", "src") and not url:
            url = inner.get("value") or ""
    for inner in element.iter("embed"):
        url = url or inner.get("src") or ""
    url = "https:" + url if url.startswith("//") else url
    for inner in list(element):
        if inner.tag in ("param", "embed"):
            _remove(inner)
    element.tag = "div"
    for name in list(element.attrib):
        del element.attrib[name]
    if url.startswith(("http://", "https://")):
        element.insert(0, etree.Element("iframe", src=url))


def _image(image: HtmlElement, library: Library, counted: Counted) -> None:
    """What the library knows of a picture; a link round it goes where the picture itself does not lead."""
    known = re.search(r"wp-image-(\d+)", image.get("class") or "") or re.fullmatch(r"(\d+)", image.get("data-id") or "")
    attachment = library.by_id.get(known[1]) if known else None
    if attachment and attachment.alt and not (image.get("alt") or "").strip():
        image.set("alt", attachment.alt)
    link = image.getparent()
    if link is None or link.tag != "a" or "".join(link.itertext()).strip():
        return
    href = link.get("href") or ""
    own = _PICTURE_FILE.search(href) or address_of(href) in library.by_page or href.startswith("#")
    if href and own:
        counted.dropped.append((href[:200], "link of a picture to itself"))
    elif href:
        beside = etree.Element("a", href=href)
        beside.text = image.get("alt") or image.get("title") or href
        holder = next((one for one in link.iterancestors("figure")), None)
        if holder is not None:
            line = etree.Element("p")
            line.append(beside)
            line.tail, holder.tail = holder.tail, None
            holder.addnext(line)
        else:
            beside.tail, link.tail = link.tail, " "
            link.addnext(beside)
    link.tag = "span"
    for name in list(link.attrib):
        del link.attrib[name]


def _link(link: HtmlElement, library: Library) -> None:
    """A link to the page that WordPress made of a file leads to the file."""
    href = link.get("href") or ""
    attachment = library.by_page.get(address_of(href)) if href else None
    if attachment:
        link.set("href", attachment.url)


def address_of(url: str) -> str:
    """An address as links to it may write it: without scheme, "www.", slash at its end and fragment."""
    bare = re.sub(r"^https?://(?:www\.)?", "", url.split("#", 1)[0], flags=re.IGNORECASE)
    path, mark, query = bare.partition("?")
    return unquote(path).rstrip("/").casefold() + (mark + query if mark else "")


def _silent(root: HtmlElement, counted: Counted) -> None:
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element.tag in SILENT and element.tag != "link":
            outer = any(above.tag in SILENT for above in element.iterancestors())
            said = element.get("src") or " ".join("".join(element.itertext()).split())
            if not outer and (said or element.tag in ("form", "input", "button")):
                counted.dropped.append((said[:200] or f"<{element.tag}>", _reason(element.tag)))


def _reason(tag: str) -> str:
    return {"script": "script", "noscript": "script", "style": "style sheet", "svg": "drawing in the page"}.get(
        tag, "form"
    )


# ---- footnotes


def _note(element: HtmlElement, texts: dict[str, str], counted: Counted) -> None:
    """The mark of a footnote as its number, in a form that only `wp_body` reads."""
    name = element.get("data-fn") or ""
    if name not in texts:
        return
    known = [one for one, _ in counted.footnotes]
    if name not in known:
        counted.footnotes.append((name, texts[name]))
        known.append(name)
    for child in list(element):
        element.remove(child)
    element.text = note_mark(known.index(name) + 1)
    element.tag = "span"
