r"""The formats that import knows, in the order in which they are asked whether they recognise something.

To add a reader: write a module with a function `read`, and put its name into the row of its format.

    def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]     a file of one or more articles
    def read(tree: Tree, reading: Reading) -> Iterator[Document | Problem]           a folder or an archive as a whole

- A row with `recognises(name, head, text)` is a format of files: `head` holds the first bytes, `text` the same decoded.
  A row with `tree(tree)` is a format of folders and archives: a site's folder, an export's zip, a docx. It is asked for
  the SOURCE itself and for every folder and archive below it, and should look at `tree.has(...)` and `tree.top` before
  it looks at all names. What no row claims is walked, and its files are asked one by one.
- A reader imports its libraries inside of its functions or its module; the module is imported when a file needs it.
- A reader never raises for what a file holds: it yields a `Problem`, made with `sources.problem`, and goes on.
- A format of many articles names what cuts a large file of it: `cut(stream, whole)` gives pieces, which travel to all
  processes; the reader then gets `SourceFile.row`, `.lines_before` and `.context`.
- A document that has its body (`markup`) may state every field of front matter in `fields`, with origin and confidence;
  pictures and files that belong to it go to `assets`, its comments to `comments` (see `document.py`).

Invariant: light to import (nothing but `re` and msgspec); pure. A format whose `reader` is empty is recognised, and
named in the message that says it is not read yet.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final, Protocol

import msgspec

HEAD: Final = 65536  # bytes looked at


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may know beside the file: the format's name, `--map`, and the site's time zone by name."""

    format: str
    columns: Mapping[str, str] = {}
    zone: str = "UTC"


class Listing(Protocol):
    """What a rule may ask of a folder or archive; `sources.Tree` is one. Names are relative, with "/"."""

    @property
    def top(self) -> tuple[str, ...]: ...  # files and folders directly in it; a folder ends in "/"

    @property
    def names(self) -> tuple[str, ...]: ...  # all files below it, sorted

    def has(self, name: str) -> bool: ...  # a file, or with "/" at its end a folder

    def head(self, name: str) -> bytes: ...  # the first `HEAD` bytes of a file; empty when there is none


Recognises = Callable[[str, bytes, str], bool]
TreeRule = Callable[[Any], bool]  # of a `Listing`


class Format(msgspec.Struct, frozen=True):
    """A row: its name for `--format`, what it is in a sentence, `module:function`, and its rule."""

    name: str
    what: str
    reader: str = ""
    recognises: Recognises | None = None
    tree: TreeRule | None = None
    document: bool = False  # an archive that is one document (docx, EPUB, ODT), and so may lie in another archive
    cut: str = ""  # `module:function` that cuts a large file into pieces, each a file of this format

    def read(self, given: Any, reading: Reading) -> Iterator[Any]:
        """The documents and problems of a file or tree. The reader is imported here."""
        module, _, function = self.reader.partition(":")
        found: Iterator[Any] = getattr(import_module(f"sitegen.convert.{module}"), function)(given, reading)
        return found


def matches(pattern: str) -> Recognises:
    """A rule: the text begins as the pattern does. Case is ignored, and "." is any character."""
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda _name, _head, text: compiled.match(text) is not None


def starts(*marks: bytes) -> Recognises:
    return lambda _name, head, _text: head.startswith(marks)


def suffixed(*suffixes: str) -> Recognises:
    return lambda name, _head, _text: name.lower().endswith(suffixes)


def _any(*rules: Recognises) -> Recognises:
    return lambda name, head, text: any(rule(name, head, text) for rule in rules)


def _all(*rules: Recognises) -> Recognises:
    return lambda name, head, text: all(rule(name, head, text) for rule in rules)


def _first_line_is_an_object(name: str, head: bytes, text: str) -> bool:  # noqa: ARG001
    first = next((line for line in text.splitlines() if line.strip()), "").strip()
    if not first.startswith("{"):
        return False
    if name.lower().endswith((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")):
        return True
    try:
        return isinstance(msgspec.json.decode(first), dict)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return False


# ---- rules of trees


def _in_zip(kind: bytes, part: str) -> TreeRule:
    """A document packed as a zip that says what it is in a file named `mimetype`, or has the part that its kind has."""
    return lambda tree: tree.head("mimetype").strip().startswith(kind) if tree.has("mimetype") else tree.has(part)


def _medium(tree: Listing) -> bool:
    """A page a story, each marked up as Medium does; the first one tells."""
    first = next((name for name in tree.names if re.match(r"posts/[^/]+\.html$", name)), "")
    head = tree.head(first) if tree.has("posts/") and first else b""
    return b'data-field="body"' in head and b"e-content" in head


def _substack(tree: Listing) -> bool:
    return tree.has("posts.csv") and b"post_id" in tree.head("posts.csv")[:2000]


def _config(tree: Listing, *names: str) -> bytes:
    return next((tree.head(name) for name in names if tree.has(name)), b"")


def _zola(tree: Listing) -> bool:
    config = _config(tree, "config.toml", "zola.toml")
    return tree.has("content/") and bool(re.search(rb"(?m)^(?:base_url\s*=|compile_sass)", config))


def _hugo(tree: Listing) -> bool:
    names = [f"{stem}.{end}" for stem in ("hugo", "config") for end in ("toml", "yaml", "yml", "json")]
    named = any(tree.has(name) for name in names) or tree.has("config/_default/")
    return tree.has("content/") and named and not tree.has("sitegen.yaml")


def _jekyll(tree: Listing) -> bool:
    return tree.has("_posts/") or (tree.has("_config.yml") and any(name.startswith("_posts/") for name in tree.names))


def _pelican(tree: Listing) -> bool:
    return tree.has("content/") and tree.has("pelicanconf.py")


def _nikola(tree: Listing) -> bool:
    return tree.has("posts/") and tree.has("conf.py") and b"nikola" in tree.head("conf.py").lower()


def _beside(recognises: Recognises, suffix: str, *folders: str) -> TreeRule:
    """An export at the top of a folder or archive, with one of these folders of pictures beside it."""

    def claims(tree: Listing) -> bool:
        if not any(tree.has(folder) for folder in folders):
            return False
        names = [name for name in tree.top if name.endswith(suffix)]
        return any(
            recognises(name, head, head.decode("utf-8", "replace")) for name in names for head in [tree.head(name)]
        )

    return claims


_PROLOGUE: Final = r"\s*(?:<[?!].{0,2000}?)?"  # an XML declaration, a comment or a DOCTYPE
_HTML: Final = r"\s*(?:<\?xml[^>]{0,300}>\s*)?(?:<!--.{0,4000}?-->\s*)*(?:<!doctype html|<html\b|<head\b|<body\b)"
_FRONT_MATTER: Final = r"---[ \t]*\r?\n(?:[^\n]{0,4000}\n){1,400}?(?:---|\.\.\.)[ \t]*\r?(?:\n|$)"

_WORDPRESS: Final = matches(
    _PROLOGUE + r"<(?:(?:rss|feed|rdf:rdf)\b.{0,4000}wordpress\.org/export|item\b.{0,60000}?<wp:post_)"
)
_GHOST: Final = matches(
    r'\s*\{\s*"(?:db|meta|data|posts)"\s*:(?=.{0,60000}?"(?:exported_on|posts|published_at|html)"\s*:)'
)

FORMATS: Final = (
    # folders and archives
    Format("medium", "a Medium export", "readers.medium:read", tree=_medium),
    Format("substack", "a Substack export", "readers.substack:read", tree=_substack),
    Format("zola", "a Zola site", "readers.generators:read", tree=_zola),
    Format("hugo", "a Hugo site", "readers.generators:read", tree=_hugo),
    Format("jekyll", "a Jekyll site", "readers.generators:read", tree=_jekyll),
    Format("pelican", "a Pelican site", "readers.generators:read", tree=_pelican),
    Format("nikola", "a Nikola site", "readers.generators:read", tree=_nikola),
    Format(
        "epub",
        "an EPUB book",
        "readers.epub:read",
        tree=_in_zip(b"application/epub+zip", "META-INF/container.xml"),
        document=True,
    ),
    Format(
        "odt",
        "an ODT document",
        "readers.odt:read",
        tree=_in_zip(b"application/vnd.oasis.opendocument.text", ""),
        document=True,
    ),
    Format("docx", "a Word document", "readers.docx:read", tree=_in_zip(b"", "word/document.xml"), document=True),
    # files
    Format("warc", "a web archive (WARC)", "readers.warc:read", matches(r"\s*WARC/\d")),
    Format(
        "mhtml",
        "a saved page (MHTML)",
        "readers.mhtml:read",
        matches(r"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?content-type:\s*multipart/related"),
    ),
    Format(
        "wordpress",
        "a WordPress export",
        "readers.wordpress:read",
        _WORDPRESS,
        _beside(_WORDPRESS, ".xml", "uploads/", "wp-content/"),
        cut="wordpress.cutting:cut_export",
    ),
    Format("ghost", "a Ghost export", "readers.ghost:read", _GHOST, _beside(_GHOST, ".json", "content/", "images/")),
    Format(
        "feed",
        "a feed (RSS, Atom, JSON Feed)",
        "readers.feed:read",
        _any(
            matches(_PROLOGUE + r"<(?:rss|feed|rdf:rdf)\b"),
            matches(r'\s*\{(?:(?!"items").){0,2000}?"version"\s*:\s*"https?://jsonfeed\.org/version/'),
        ),
        cut="sources.items:cut_feed",
    ),
    Format(
        "html",
        "a saved web page",
        "readers.html:read",
        _any(
            matches(_HTML),
            _all(
                suffixed(".html", ".htm", ".xhtml"),
                lambda _n, _h, text: bool(re.search(r"<[A-Za-z][^<]{0,400}>", text)),
            ),
        ),
    ),
    Format(
        "markdown",
        "Markdown with front matter",
        "readers.generators:read",
        recognises=_any(matches(_FRONT_MATTER), matches(r"\+\+\+[ \t]*\r?\n")),
    ),
    Format(
        "jsonl",
        "rows of JSON, one object a line",
        "readers.rows:read",
        _first_line_is_an_object,
        cut="sources.pieces:cut_lines",
    ),
    Format(
        "csv",
        "a table (CSV)",
        "readers.rows:read",
        suffixed(".csv", ".tsv", ".csv.gz", ".tsv.gz"),
        cut="sources.pieces:cut_table",
    ),
    Format("text", "plain text", "readers.text:read", lambda _name, _head, _text: True),
)
BY_NAME: Final = {format.name: format for format in FORMATS}
READ_TODAY: Final = tuple(format.name for format in FORMATS if format.reader)
