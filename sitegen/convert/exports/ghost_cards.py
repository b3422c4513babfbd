"""Ghost's own editors as HTML: Lexical and Mobiledoc trees, and the cards in its HTML, in the form that pages use.

Invariant: pure; a node that nobody knows keeps its text. Depth is bounded.
"""

import json
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from lxml import etree
from lxml.html import HtmlElement

MAX_DEPTH: Final = 60
_MARKS: Final = ((1, "strong"), (2, "em"), (4, "s"), (16, "code"), (32, "sub"), (64, "sup"))  # bits of a text's format
_SILENT_CARDS: Final = (
    "kg-audio-player",
    "kg-video-player",
    "kg-video-overlay",
    "kg-audio-thumbnail",
    "kg-video-large-play-icon",
)


def html_of(post: dict[str, Any]) -> str:
    """The body of a post: its HTML, else what its editor stored."""
    if html := _said(post, "html").strip():
        return html
    for key, reader in (("lexical", _lexical), ("mobiledoc", _mobiledoc)):
        found = _object(post.get(key))
        if found and (html := reader(found)).strip():
            return html
    plain = post.get("plaintext")
    return "".join(f"<p>{escape(part)}</p>" for part in plain.split("\n\n")) if isinstance(plain, str) else ""


def _object(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text) if isinstance(text, str) and text else text
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# ---- Lexical


def _lexical(tree: dict[str, Any]) -> str:
    root = tree.get("root")
    return _inner(root, 0) if isinstance(root, dict) else ""


def _inner(node: dict[str, Any], depth: int) -> str:
    children = node.get("children")
    return "".join(_node(child, depth + 1) for child in _dicts(children)) if depth < MAX_DEPTH else ""


def _dicts(value: Any) -> Iterable[dict[str, Any]]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _node(node: dict[str, Any], depth: int) -> str:
    kind = _said(node, "type").removeprefix("extended-")
    if kind == "text":
        return _text(node)
    if kind == "linebreak":
        return "<br>"
    tag = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}.get(kind, "")
    if kind == "heading":
        tag = _said(node, "tag") if _said(node, "tag") in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
    elif kind == "list":
        tag = "ol" if _said(node, "listType") == "number" else "ul"
    if tag:
        return f"<{tag}>{_inner(node, depth)}</{tag}>"
    if kind in ("link", "autolink", "at-link"):
        return f'<a href="{escape(_said(node, "url"))}">{_inner(node, depth)}</a>'
    return _card(kind, node) or _inner(node, depth)


def _text(node: dict[str, Any]) -> str:
    html = escape(_said(node, "text"), quote=False)
    bits = node.get("format")
    if isinstance(bits, int):
        for bit, tag in _MARKS:
            if bits & bit:
                html = f"<{tag}>{html}</{tag}>"
    return html


def _said(node: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := node.get(name), str) and value), "")


def _card(kind: str, node: dict[str, Any]) -> str:  # noqa: PLR0911 -- a card a line
    caption = f"<figcaption>{_said(node, 'caption')}</figcaption>" if _said(node, "caption") else ""
    src, url = escape(_said(node, "src")), escape(_said(node, "url", "src"))
    if kind == "image":
        return f'<figure><img src="{src}" alt="{escape(_said(node, "alt", "altText"))}">{caption}</figure>'
    if kind == "gallery":
        images = "".join(_card("image", one) for one in _dicts(node.get("images")))
        return f'<figure class="kg-gallery-card">{images}{caption}</figure>'
    if kind in ("codeblock", "code"):
        language = f' class="language-{escape(_said(node, "language"))}"' if _said(node, "language") else ""
        return f"<figure><pre><code{language}>{escape(_said(node, 'code'), quote=False)}</code></pre>{caption}</figure>"
    if kind in ("html", "markdown", "card-markdown"):
        return _said(node, "html") or _paragraphs(_said(node, "markdown", "cardName"))
    if kind == "bookmark":
        about = node.get("metadata") if isinstance(node.get("metadata"), dict) else {}
        assert isinstance(about, dict)
        return _bookmark(_said(node, "url"), _said(about, "title"), _said(about, "description"), caption)
    if kind == "embed":
        return f'<figure><iframe src="{url}"></iframe>{caption}</figure>' if url else _said(node, "html")
    if kind in ("video", "audio"):
        title = f"<p>{escape(_said(node, 'title'))}</p>" if _said(node, "title") else ""
        return f'<figure><{kind} src="{src}"></{kind}>{title}{caption}</figure>'
    if kind == "file":
        name = escape(_said(node, "fileTitle", "fileName") or _said(node, "src"))
        return f'<p><a href="{src}">{name}</a> {escape(_said(node, "fileCaption"))}</p>'
    if kind in ("horizontalrule", "hr"):
        return "<hr>"
    return _words_card(kind, node)


def _words_card(kind: str, node: dict[str, Any]) -> str:
    if kind == "toggle":
        return f"<h4>{_said(node, 'heading')}</h4>{_said(node, 'content')}"
    if kind == "callout":
        return f"<blockquote><p>{escape(_said(node, 'calloutEmoji'))} {_said(node, 'calloutText')}</p></blockquote>"
    if kind == "button":
        return f'<p><a href="{escape(_said(node, "buttonUrl"))}">{escape(_said(node, "buttonText"))}</a></p>'
    if kind in ("header", "signup", "product", "call-to-action", "email", "email-cta"):
        names = ("heading", "header", "subheading", "productTitle", "productDescription", "textValue", "html")
        return "".join(f"<p>{text}</p>" for name in names if (text := _said(node, name)))
    return ""


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _bookmark(url: str, title: str, description: str, caption: str) -> str:
    said = f" {escape(description)}" if description else ""
    return f'<p><a href="{escape(url)}">{escape(title or url)}</a>{said}</p>{caption}'


# ---- Mobiledoc


def _mobiledoc(tree: dict[str, Any]) -> str:
    markups = [one for one in tree.get("markups") or [] if isinstance(one, list) and one]
    cards = [one for one in tree.get("cards") or [] if isinstance(one, list) and len(one) > 1]
    sections = [one for one in tree.get("sections") or [] if isinstance(one, list) and len(one) > 1]
    return "".join(_section(section, markups, cards) for section in sections)


def _section(section: list[Any], markups: list[list[Any]], cards: list[list[Any]]) -> str:
    kind = section[0]
    if kind == 10 and isinstance(section[1], int) and section[1] < len(cards):
        name, payload = cards[section[1]][:2]
        return _card(str(name), payload) if isinstance(payload, dict) else ""
    if kind == 2:
        return f'<img src="{escape(str(section[1]))}">'
    if kind == 3 and len(section) > 2 and isinstance(section[2], list):
        tag = "ol" if section[1] == "ol" else "ul"
        return f"<{tag}>{''.join(f'<li>{_markers(one, markups)}</li>' for one in section[2])}</{tag}>"
    if kind == 1 and len(section) > 2:
        tag = section[1] if section[1] in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside") else "p"
        tag = "blockquote" if tag == "aside" else tag
        return f"<{tag}>{_markers(section[2], markups)}</{tag}>"
    return ""


def _markers(markers: Any, markups: list[list[Any]]) -> str:
    out, opened = [], list[str]()
    for marker in markers if isinstance(markers, list) else ():
        if not (isinstance(marker, list) and len(marker) > 3 and isinstance(marker[1], list)):
            continue
        for number in marker[1]:
            if isinstance(number, int) and number < len(markups):
                tag, *rest = markups[number]
                href = rest[0][1] if tag == "a" and rest and isinstance(rest[0], list) and len(rest[0]) > 1 else ""
                out.append(f'<a href="{escape(str(href))}">' if tag == "a" else f"<{tag}>")
                opened.append(str(tag))
        out.append(escape(str(marker[3]), quote=False) if marker[0] == 0 else "<br>")
        closed = min(marker[2] if isinstance(marker[2], int) else 0, len(opened))
        out += [f"</{opened.pop()}>" for _ in range(closed)]
    return "".join([*out, *(f"</{tag}>" for tag in reversed(opened))])


# ---- cards in HTML


def settle_cards(root: HtmlElement) -> list[tuple[str, str]]:
    """Bookmarks, files and players as links; what only plays or decorates is taken out, and returned with a reason."""
    dropped: list[tuple[str, str]] = []
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        named = (element.get("class") or "").split()
        if "kg-bookmark-container" in named or "kg-file-card-container" in named:
            _as_link(element, dropped)
        elif any(name in _SILENT_CARDS for name in named):
            dropped.append((f"<{element.tag} class={named[0]}>", "player's controls"))
            parent = element.getparent()
            if parent is not None and not element.tail:
                parent.remove(element)
    return dropped


def _as_link(card: HtmlElement, dropped: list[tuple[str, str]]) -> None:
    """A bookmark or file as a link with its description; its icon and thumbnail are the linked site's."""

    def said(*names: str) -> str:
        found = (
            one
            for one in card.iter()
            if isinstance(one.tag, str) and set((one.get("class") or "").split()) & set(names)
        )
        return next((text for one in found if (text := " ".join("".join(one.itertext()).split()))), "")

    title = said("kg-bookmark-title", "kg-file-card-title")
    about = said("kg-bookmark-description", "kg-file-card-caption")
    rest = said("kg-bookmark-metadata", "kg-file-card-metadata")
    if rest:
        dropped.append((rest, "bookmark's site and author"))
    dropped += [(image.get("src") or "", "bookmark's picture") for image in card.iter("img")]
    href, tail = card.get("href") or "", card.tail
    holder = etree.Element("p")
    link = etree.SubElement(holder, "a", href=href)
    link.text = title or href
    link.tail = f" {about}" if about else None
    holder.tail = tail
    parent = card.getparent()
    if parent is not None:
        parent.replace(card, holder)
