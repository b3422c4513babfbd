"""What the path of a source alone says: id, kind, folders, slug, date, and a title where nothing else gives one.

Invariant: a function of the path; a bundle goes by its folder, a page by its path below pages/.
"""

import re
from datetime import tzinfo
from typing import Final

import msgspec

from sitegen.content.dates import date_in_file_name, parse_moment
from sitegen.content.slugs import MAX_BYTES, slug_of, slugify
from sitegen.errors import Problem, Where
from sitegen.model import Kind, Moment
from sitegen.notation.quoting import shown

SUFFIX: Final = ".md"
PAGES: Final = "pages/"  # the folder below the content folder whose articles are undated pages
INDEX: Final = "index"


class Names(msgspec.Struct, frozen=True):
    """What a path says. `stem` gives slug and date, and is "" for pages/index.md; `folders` begin {path}."""

    id: str
    kind: Kind
    stem: str
    folders: tuple[str, ...]
    bundle: bool


def names_of(source: str) -> Names:
    id = source.removesuffix(SUFFIX)
    folder, _, stem = id.rpartition("/")
    bundle = stem == INDEX and bool(folder)
    if bundle:
        id = folder
        folder, _, stem = id.rpartition("/")
    if source.startswith(PAGES):
        inner = folder.removeprefix("pages").lstrip("/")
        stem = "" if id == "pages" else stem
        return Names(id, "page", stem, tuple(inner.split("/")) if inner else (), bundle)
    return Names(id, "article", stem, tuple(folder.split("/")) if folder else (), bundle)


def slug_from(names: Names, title: str) -> str:
    """From the file's name without its date, else from the title; "" for the page that is its folder."""
    if not names.stem:
        return ""
    _, rest = date_in_file_name(names.stem)
    # A file's name is cut only where a file system would: two files whose names differ late must not share an address.
    return slugify(rest, MAX_BYTES) or slug_of(title, names.id)


def date_from(names: Names, zone: tzinfo) -> Moment | None:
    written, _ = date_in_file_name(names.stem)
    return parse_moment(written, zone) if written else None


def title_from(names: Names, path: str, problems: list[Problem]) -> str:
    """A title made of the file's name, with a warning."""
    _, rest = date_in_file_name(names.stem)
    words = re.sub(r"[-_\s]+", " ", rest or names.stem or names.id).strip() or names.id
    title = words[:1].upper() + words[1:]
    problems.append(
        Problem(
            code="front-matter.title",
            where=Where(path, 1, 1),
            message=f'the title is missing; the file\'s name gives "{shown(title)}"',
            help='add  title: "…"  to the front matter, or a heading at the top of the text',
            severity="warning",
        )
    )
    return title
