"""A WordPress export (WXR) as values: what its head says, and its items one after the other.

Invariant: pure; no entity is expanded and nothing is fetched; one item is in memory at a time. Where the XML breaks,
what stands before is given and the fault says its line, its column and what to do.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from lxml import etree

from sitegen.convert.sources.decode import decode

CHUNK: Final = 65_536  # characters that the parser gets at once
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PROLOG = re.compile(r"\s*<\?xml[^>]{0,400}\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.-]{2,30})["']""")
_BARE_ITEM = re.compile(r"\s*<item\b")  # cut out of an export
_ROOT = re.compile(r"(<(?:rss|feed|rdf:RDF))\b[^>]*", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NAMESPACES: Final = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
    "atom": "http://www.w3.org/2005/Atom",
    "app": "http://www.w3.org/2007/app",
}
_HEAD: Final = ("title", "link", "language", "base_blog_url")


class Fault(msgspec.Struct, frozen=True):
    """Why the XML cannot be read from here on. `line` and `column` count from 1; 0 where there is no place."""

    message: str
    help: str
    line: int = 0
    column: int = 0


class Term(msgspec.Struct, frozen=True):
    """A category, tag or other label of an item. `domain` is `category`, `post_tag`, `author`, `post_format` …"""

    domain: str
    slug: str
    name: str
    line: int = 0


class RawComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment as exported; addresses of mail and machines are not read."""

    id: str
    parent: str
    author: str
    url: str
    date: str
    date_gmt: str
    content: str
    approved: str
    kind: str
    line: int


class Child(msgspec.Struct, frozen=True):
    """One element below an item that is neither a term, a comment nor meta."""

    name: str
    text: str
    line: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A post, page, attachment or anything else. `row` counts the items of the file from 0."""

    row: int
    line: int
    children: tuple[Child, ...]
    terms: tuple[Term, ...] = ()
    meta: tuple[Child, ...] = ()  # `name` is the key
    comments: tuple[RawComment, ...] = ()

    def text(self, name: str) -> str:
        """The text of the first child of this name; empty when there is none."""
        return next((child.text for child in self.children if child.name == name), "")

    def said(self, key: str) -> str:
        """The value of the first meta entry of this key."""
        return next((entry.text for entry in self.meta if entry.name == key), "")

    @property
    def id(self) -> str:
        return self.text("post_id")

    @property
    def kind(self) -> str:
        return self.text("post_type") or "post"

    @property
    def status(self) -> str:
        return self.text("status") or "publish"


class Channel(msgspec.Struct):
    """What an export says of its site. `categories` gives for a slug its name and its parent's slug."""

    title: str = ""
    url: str = ""
    language: str = ""
    authors: dict[str, str] = {}
    categories: dict[str, tuple[str, str]] = {}


def export_text(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of an export, with notes on what had to be done to read it. Lines keep their numbers."""
    notes: list[str] = []
    found = _ENCODING.match(content[:400])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode(found[1].decode("ascii") if found else "")
        except (LookupError, UnicodeDecodeError):
            decoded = decode(content)
            text, notes = decoded.text, list(decoded.notes)
    text, count = _CONTROL.subn("", text)
    if count:
        notes.append(f"{count} control characters, which XML does not allow, were taken out")
    prolog = _PROLOG.match(text)
    text = "\n" * prolog[0].count("\n") + text[prolog.end() :] if prolog else text
    if _BARE_ITEM.match(text):
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
        text = f"<rss {names}><channel>{text}</channel></rss>"
        notes.append("the file holds items that were cut out of an export; what the export says of its site is missing")
    return text, tuple(notes)


def declared(text: str) -> tuple[str, tuple[Fault, ...]]:
    """The text with the namespaces declared that its first tag forgot, and for each the place where it is missed."""
    root = _ROOT.search(text)
    if root is None:
        return text, ()
    missed: list[Fault] = []
    for prefix, uri in _NAMESPACES.items():
        used = re.search(rf"<{prefix}:\w", text)
        if used and f"xmlns:{prefix}=" not in root[0]:
            line = text.count("\n", 0, used.start()) + 1
            column = used.start() - text.rfind("\n", 0, used.start())
            said = f"the export does not say what the prefix {prefix} means; it was read as WordPress means it"
            missed.append(Fault(said, f'write  xmlns:{prefix}="{uri}"  into the <rss> tag', line, column))
    names = "".join(f" xmlns:{fault.help.split('xmlns:')[1].split('  ')[0]}" for fault in missed)
    return text[: root.end(1)] + names + text[root.end(1) :], tuple(missed)


def read_items(text: str, channel: Channel) -> Iterator[Item | Fault]:
    """The items of an export in order; fills `channel` on the way. Ends after a fault. Cost: about 0.15 s a MB."""
    head = text[: text.find("<item")] if "<item" in text else text[:CHUNK]
    if _DOCTYPE.search(head):
        yield Fault("the export declares entities or a document type, which import refuses", "remove its DOCTYPE")
        return
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    row = 0
    fault: Fault | None = None
    for at in range(0, len(text) + CHUNK, CHUNK):
        try:
            parser.feed(text[at : at + CHUNK].encode()) if at < len(text) else parser.close()
        except etree.XMLSyntaxError as error:
            fault = _fault(error)
        for element in _finished(parser):
            if element.tag == "item":
                yield _item(element, row)
                row += 1
            else:
                _head(element, channel)
            _forget(element)
        if fault:
            yield fault
            return


def _finished(parser: Any) -> Iterator[Any]:
    """Elements right below the channel that are complete."""
    try:
        for _, element in parser.read_events():
            parent = element.getparent()
            if parent is not None and _local(parent) == "channel":
                yield element
    except etree.XMLSyntaxError:
        return  # said already when the text was fed


def _forget(element: Any) -> None:
    element.clear()
    while (before := element.getprevious()) is not None:
        element.getparent().remove(before)


def _fault(error: etree.XMLSyntaxError) -> Fault:
    line, column = error.position
    said = re.sub(r", line \d+(?:, column \d+)?$", "", error.msg or "")
    prefix = re.match(r"Namespace prefix (\w+)", said)
    if prefix:
        uri = _NAMESPACES.get(prefix[1], "the namespace that this prefix stands for")
        help = f'write  xmlns:{prefix[1]}="{uri}"  into the <rss> tag at the top of the file'
    elif "Premature end" in said or "no element" in said:
        help = "the file ends too early; export it again, or download it again"
    elif "EntityRef" in said or "Entity" in said:
        help = "write  &amp;  for an ampersand that stands by itself"
    elif "huge" in said.lower() or "exces" in said.lower():
        help = "one element is larger than ten million characters, or too deep; shorten that post before the export"
    else:
        help = "mend the XML at this place, or export again; what stands before it was read"
    return Fault(f"the export is not well-formed XML: {said}", help, max(line, 0), max(column, 0))


# ---- one element


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _head(element: Any, channel: Channel) -> None:
    name = _local(element)
    if name in _HEAD:
        value = _text(element)
        if name == "base_blog_url" or (name == "link" and not channel.url):
            channel.url = value or channel.url
        elif name == "title":
            channel.title = value
        elif name == "language":
            channel.language = value
        return
    parts = {_local(child): _text(child) for child in element}
    if name == "author" and (login := parts.get("author_login")):
        full = f"{parts.get('author_first_name', '')} {parts.get('author_last_name', '')}".strip()
        channel.authors[login] = parts.get("author_display_name") or full or login
    elif name == "category" and (slug := parts.get("category_nicename")):
        channel.categories[slug] = (parts.get("cat_name") or slug, parts.get("category_parent") or "")
    elif name == "term" and parts.get("term_taxonomy") == "category" and (slug := parts.get("term_slug")):
        channel.categories.setdefault(slug, (parts.get("term_name") or slug, parts.get("term_parent") or ""))


def _item(element: Any, row: int) -> Item:
    children: list[Child] = []
    terms: list[Term] = []
    meta: list[Child] = []
    comments: list[RawComment] = []
    for child in element:
        name, line = _local(child), child.sourceline or 0
        if name == "category":
            terms.append(Term(child.get("domain") or "category", child.get("nicename") or "", _text(child), line))
        elif name == "postmeta":
            parts = _parts(child)
            meta.append(Child(parts.get("meta_key", ""), parts.get("meta_value", ""), line))
        elif name == "comment":
            comments.append(_comment(_parts(child), line))
        else:
            named = "content" if name == "encoded" else name
            if isinstance(child.tag, str) and child.tag.endswith("excerpt/}encoded"):
                named = "excerpt"
            text = "".join(child.itertext())
            children.append(Child(named, text if named in ("content", "excerpt") else text.strip(), line))
    return Item(
        row=row, line=element.sourceline or 0, children=tuple(children), terms=tuple(terms), meta=tuple(meta),
        comments=tuple(comments),
    )  # fmt: skip


def _parts(element: Iterable[Any]) -> dict[str, str]:
    return {_local(child): _text(child) for child in element}


def _comment(parts: dict[str, str], line: int) -> RawComment:
    return RawComment(
        id=parts.get("comment_id", ""), parent=parts.get("comment_parent", ""), author=parts.get("comment_author", ""),
        url=parts.get("comment_author_url", ""), date=parts.get("comment_date", ""),
        date_gmt=parts.get("comment_date_gmt", ""), content=parts.get("comment_content", ""),
        approved=parts.get("comment_approved", ""), kind=parts.get("comment_type", "") or "comment", line=line,
    )  # fmt: skip
