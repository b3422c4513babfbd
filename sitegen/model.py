"""The nouns: what an article is, split by who may look at it.

    Keys    what lists are made of; moves only on metadata edits
    Card    what other pages show of an article
    Body    what only its own page and the full feeds show
    Terms   its heaviest words, what "related" is made of

Invariant: all values are frozen and encode to the same msgpack bytes whenever they are equal. Every address here is a
*site path*: it starts with "/", is not escaped, and knows nothing of the base URL.
"""

from typing import Any, Literal

import msgspec

from sitegen.errors import Problem

OWN_LIST, OWN_STAGE = ".sitegen-output", ".sitegen-stage"  # names in an output folder that sitegen uses itself

Kind = Literal["article", "page"]
Direction = Literal["ltr", "rtl"]


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """A point in time as its author wrote it, in the site's zone where none was given.

    `iso` is ISO 8601 with the offset (`2024-03-17T17:03:00+00:00`); `epoch` counts seconds since 1970 in UTC, so that
    moments sort across zones; `precise` is False where only a day was written.
    """

    iso: str
    epoch: int
    precise: bool = True

    @property
    def year(self) -> int:
        return int(self.iso[:4])

    @property
    def month(self) -> int:
        return int(self.iso[5:7])

    @property
    def day(self) -> int:
        return int(self.iso[8:10])

    @property
    def date(self) -> str:
        """The day alone: `2024-03-17`."""
        return self.iso[:10]


class Image(msgspec.Struct, frozen=True, array_like=True):
    """A picture; without `src` it is a caption whose picture is gone, and is shown as text."""

    src: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    width: int = 0
    height: int = 0


class Label(msgspec.Struct, frozen=True, array_like=True):
    """A tag, category, author or series as an article names it, with the slug that its page goes by."""

    name: str
    slug: str


class RelatedLink(msgspec.Struct, frozen=True, array_like=True):
    """One `related:` entry as written: `target` is an id, slug, title or URL; `label` is what introduces it."""

    target: str
    title: str = ""
    label: str = ""


class Heading(msgspec.Struct, frozen=True):
    """A heading of a body, for tables of contents. `text` is plain."""

    level: int
    id: str
    text: str


class Ref(msgspec.Struct, frozen=True):
    """A link or picture of a body whose address depends on the rest of the site.

    kind    target                                               becomes
    source  path of a .md file, relative to the content folder   that article's address
    wiki    a title, id or slug                                  that article's address, or plain text when wanted
    site    a site path such as /images/x.svg                    the same under the base path
    file    a path relative to the article's own folder          beside the article's page
    `suffix` is the query and fragment, with "?" or "#". `label` is the inner HTML of a wiki link.
    """

    kind: Literal["source", "wiki", "site", "file"]
    target: str
    suffix: str = ""
    label: str = ""
    line: int = 0


class Keys(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, array_like=True):
    """What lists, archives and addresses are made of."""

    id: str  # path below the content folder without its suffix; a bundle goes by its folder
    source: str  # path below the content folder, "/"-separated
    kind: Kind
    url: str  # site path of its page, ending in "/" (or a file name)
    slug: str
    date: Moment | None = None
    updated: Moment | None = None
    tags: tuple[Label, ...] = ()
    categories: tuple[Label, ...] = ()
    authors: tuple[Label, ...] = ()
    series: tuple[Label, ...] = ()
    aliases: tuple[str, ...] = ()
    draft: bool = False
    publish_date: Moment | None = None
    expires: Moment | None = None
    lang: str = ""
    translation_of: str = ""
    weight: int = 0
    template: str = ""
    bundle: bool = False  # its folder's other files go beside its page
    related: tuple[RelatedLink, ...] = ()
    pictured: bool = False  # it names a picture of its own


class Card(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What other pages show of an article. `summary` is plain text."""

    id: str
    kind: Kind
    url: str
    title: str
    summary: str = ""
    date: Moment | None = None
    updated: Moment | None = None
    tags: tuple[Label, ...] = ()
    categories: tuple[Label, ...] = ()
    authors: tuple[Label, ...] = ()
    series: tuple[Label, ...] = ()
    image: Image | None = None
    lang: str = ""
    dir: Direction = "ltr"
    minutes: int = 1  # reading time
    draft: bool = False
    future: bool = False  # shown only where future articles are asked for; set by the catalogue, never when parsing


class Body(msgspec.Struct, frozen=True, kw_only=True):
    r"""What only an article's own page and the full feeds show.

    `html` holds a slot for each of `refs`: the number of the ref between two NULs (`\0` + `3` + `\0`). No article's
    text can hold a NUL: CommonMark replaces it.
    """

    html: str
    refs: tuple[Ref, ...] = ()
    headings: tuple[Heading, ...] = ()
    words: int = 0
    standfirst: str = ""  # the summary as its author wrote it; "" where it was taken from the text
    source: dict[str, Any] = {}  # provenance, as `import` wrote it
    extra: dict[str, Any] = {}  # front matter that sitegen does not know, for themes


class Terms(msgspec.Struct, frozen=True, array_like=True):
    """An article's words and word pairs, counted, for `related`; packed, because a site may hold 100,000 of these.

    A term is a word, or a pair of words that stand side by side; the words come first, all by their first place.
    `words` are separated by spaces, as a reader may see them. `hashes` holds 32 bits a term, `counts` 8 bits (the
    highest says that the term stands in the title), `pairs` the two places in `words`, 16 bits each, of every pair;
    numbers are unsigned and little-endian. `content/terms.py` makes these, `catalog/related.py` reads them.
    """

    words: str = ""
    hashes: bytes = b""
    counts: bytes = b""
    pairs: bytes = b""


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One parsed source. `warnings` are what was doubtful but did not break it."""

    id: str
    keys: Keys
    card: Card
    body: Body
    terms: Terms
    warnings: tuple[Problem, ...] = ()


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A source that could not be read; a value too, so that it is counted, shown and never stops the rest."""

    id: str
    source: str
    problems: tuple[Problem, ...]


class Output(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One file of the site: where it goes, what makes it, and the source to name when two outputs clash.

    `path` is relative to the output folder, "/"-separated; `url` is the site path that a reader asks for. `kind` names
    the renderer, `key` its arguments.
    """

    path: str
    url: str
    kind: str
    key: tuple[str | int, ...] = ()
    source: str = ""
