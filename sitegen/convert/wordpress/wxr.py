"""A WordPress export (WXR) as values: what its head says, and its items, each parsed alone.

Invariant: pure; no entity is expanded and nothing is fetched. An item that is not well-formed XML is a fault with its
line, its column and what to do, and takes no other item with it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from lxml import etree

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ROOT = re.compile(r"(<(rss|feed|rdf:RDF)\b[^>]*)", re.IGNORECASE)
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


class Frame(msgspec.Struct, frozen=True):
    """What stands round each item so that it can be parsed alone; `missing` are prefixes that the export forgot."""

    opening: str
    closing: str
    missing: tuple[str, ...] = ()


def frame_of(head: str) -> Frame:
    """The frame for the items of an export, by what stands before the first. Bare items get WordPress's own."""
    root = _ROOT.search(head)
    if root is None:
        return Frame(f"<rss{_declared(_NAMESPACES)}><channel>", "</channel></rss>")
    missing = tuple(prefix for prefix in _NAMESPACES if f"xmlns:{prefix}=" not in root[0])
    opening = " ".join((root[0] + _declared(missing)).split())
    return Frame(f"{opening}><channel>", f"</channel></{root[2]}>", missing)


def _declared(prefixes: Iterable[str]) -> str:
    return "".join(f' xmlns:{prefix}="{_NAMESPACES[prefix]}"' for prefix in prefixes)


def refused(head: str) -> Fault | None:
    """Why nothing of an export is read; None when it may be."""
    if _DOCTYPE.search(head):
        return Fault("the export declares entities or a document type, which import refuses", "remove its DOCTYPE")
    return None


def missed(text: str, line: int, frame: Frame, known: set[str]) -> Iterator[Fault]:
    """Where a prefix is used that the export does not declare, once for each; `line` is that of the text."""
    for prefix in frame.missing:
        used = re.search(rf"<{prefix}:\w", text) if prefix not in known else None
        if used:
            known.add(prefix)
            said = f"the export does not say what the prefix {prefix} means; it was read as WordPress means it"
            help = f'write  xmlns:{prefix}="{_NAMESPACES[prefix]}"  into the <rss> tag'
            at = text.rfind("\n", 0, used.start())
            yield Fault(said, help, line + text.count("\n", 0, used.start()), used.start() - at)


def without_controls(text: str) -> tuple[str, int]:
    """The text without characters that XML does not allow, and how many there were."""
    return _CONTROL.subn("", text)


def read_item(text: str, row: int, line: int, frame: Frame) -> Item | Fault:
    """The item that a text is, which starts in a line of its export; or what is wrong with it."""
    root = _parsed(text, line, frame)
    if isinstance(root, Fault):
        return root
    found = root[0] if _local(root[0]) == "item" else root[0][0]
    return _item(found, row, line - 1)


def read_channel(head: str, frame: Frame) -> Channel | Fault:
    """What the export says of its site before the first item."""
    channel = Channel(authors={}, categories={})
    start = re.search(r"<channel\b[^>]*>", head)
    if start is None:
        return channel
    line = 1 + head.count("\n", 0, start.end())
    root = _parsed(head[start.end() :], line, frame)
    if isinstance(root, Fault):
        return root
    for element in root[0]:
        _head(element, channel)
    return channel


def _parsed(text: str, line: int, frame: Frame) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(f"{frame.opening}{text}{frame.closing}".encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return _fault(error, line, len(frame.opening), text.count("\n"))


def _fault(error: etree.XMLSyntaxError, first: int, opening: int, lines: int) -> Fault:
    """The fault with its place in the export; `opening` is how much our frame adds to the first line."""
    line, column = error.position
    column = max(column - opening, 1) if line == 1 else column
    line = min(max(line, 1), lines + 1) + first - 1
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
        help = "mend the XML at this place, or export again; the other items were read"
    return Fault(f"the export is not well-formed XML: {said}", help, line, max(column, 1))


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


def _item(element: Any, row: int, above: int) -> Item:
    children: list[Child] = []
    terms: list[Term] = []
    meta: list[Child] = []
    comments: list[RawComment] = []
    for child in element:
        name, line = _local(child), (child.sourceline or 1) + above
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
        row=row, line=(element.sourceline or 1) + above, children=tuple(children), terms=tuple(terms), meta=tuple(meta),
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
