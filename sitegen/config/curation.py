"""`stories.yaml`: what editors say of stories that their texts do not. Read as strictly as the config.

Invariant: frozen values; which articles a name means is for the catalogue to say, since articles come and go.
"""

from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta

from sitegen.content.decode import decode_source
from sitegen.content.slugs import slugify
from sitegen.errors import Problem
from sitegen.notation.nodes import Path, Value
from sitegen.notation.shape import Check, read_struct, schema_of
from sitegen.notation.typed import name_of
from sitegen.notation.yaml import Sheet, read_yaml

FILE: Final = "stories.yaml"
FOLDER: Final = "/stories/"  # site path of all stories


def _says(description: str) -> Meta:
    return Meta(description=description)


class CuratedStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story as an editor wants it, under the last part of its address."""

    __shorthand__: ClassVar[str] = "name"

    name: Annotated[str, _says("What the story is called; without it, its terms name it.")] = ""
    summary: Annotated[str, _says("A few sentences for the story's page.")] = ""
    articles: Annotated[
        tuple[str, ...], _says("Articles that belong to it whatever their texts say: ids, slugs, titles or addresses.")
    ] = ()
    closed: Annotated[bool, _says("Whether no other article may join the articles named.")] = False
    merge: Annotated[tuple[str, ...], _says("Other stories that are part of this one; their addresses lead here.")] = ()
    aliases: Annotated[tuple[str, ...], _says("Earlier addresses of this story, which lead here.")] = ()
    hide: Annotated[bool, _says("Whether the story has no page.")] = False


class Curation(msgspec.Struct, frozen=True, kw_only=True):
    """All of `stories.yaml`. `lines` says where each name stands, for those who find fault with it."""

    stories: Annotated[dict[str, CuratedStory], _says("Stories by the last part of their address.")] = {}
    exclude: Annotated[tuple[str, ...], _says("Articles that belong to no story.")] = ()


class Named(msgspec.Struct, frozen=True):
    """Where `stories.yaml` names an article or a story: line and column from 1, the line, how wide the name is."""

    name: str
    key: str  # of the story; "" in `exclude`
    of: str  # articles, merge, exclude or key
    line: int
    column: int
    excerpt: str
    width: int


def load_curation(content: bytes) -> tuple[Curation, tuple[Named, ...], tuple[Problem, ...]]:
    """What `stories.yaml` says, where it names things, and every fault of it, in order of place. Cost: 0.2 ms."""
    text = decode_source(content, FILE)
    if isinstance(text, Problem):
        return Curation(), (), (text,)
    sheet = read_yaml(text.removeprefix("\ufeff"), FILE, code="stories")
    found = read_struct(sheet, sheet.value, Curation, _CHECKS)
    _empty_entries(sheet)
    return found, tuple(_named(sheet)), tuple(sorted(sheet.problems, key=lambda problem: problem.where))


def curation_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `stories.yaml`, with a description on every key."""
    return schema_of(Curation, title=FILE, description="What editors say of the stories of a site made with sitegen.")


def alias_slug(text: str) -> str:
    """The slug in an alias, which may be the whole address."""
    return text.strip().removeprefix(FOLDER).strip("/")


def _story(sheet: Sheet, at: Path, story: CuratedStory) -> CuratedStory | None:
    key = str(at[-1])
    if slugify(key) != key:
        mended = slugify(key)
        help = f"write  {mended}:  and  name: {key}  below it" if mended else "write letters, digits and hyphens"
        message = f'{name_of(at)}: expected the last part of an address, found "{key}"'
        sheet.fault(at, "slug", message, help=help, key=True)
        return None
    if story.closed and not story.articles:
        message = f"{name_of(at)}: a closed story needs the articles that it holds"
        sheet.fault(at, "missing", message, help="add  articles: [first, second]  or take  closed  out", key=True)
    return story


def _alias(sheet: Sheet, at: Path, text: str) -> str | None:
    slug = alias_slug(text)
    if slug and slugify(slug) == slug:
        return slug
    message = f'{name_of(at)}: expected the address of a story, found "{text}"'
    sheet.fault(at, "alias", message, help=f"write  {FOLDER}old-name/  or  old-name")
    return None


_CHECKS: dict[Path, Check] = {
    ("stories", "*"): _story,
    ("stories", "*", "aliases", "*"): _alias,
    ("stories", "*", "merge", "*"): _alias,
}


def _empty_entries(sheet: Sheet) -> None:
    stories = sheet.value.get("stories") if isinstance(sheet.value, dict) else None
    for key, value in stories.items() if isinstance(stories, dict) else ():
        if value is None:
            message = f"stories.{key}: nothing is said of this story"
            help = f"write  {key}: its name  or delete the line"
            sheet.fault(("stories", key), "missing", message, help=help, key=True)


def _named(sheet: Sheet) -> list[Named]:
    value: Value = sheet.value
    if not isinstance(value, dict):
        return []
    found = _names_at(sheet, ("exclude",), value.get("exclude"), "", "exclude")
    stories = value.get("stories")
    for key, story in stories.items() if isinstance(stories, dict) else ():
        found += [_place(sheet, ("stories", key), key, key, "key", key=True)]
        for of in ("articles", "merge") if isinstance(story, dict) else ():
            found += _names_at(sheet, ("stories", key, of), story.get(of), key, of)
    return found


def _names_at(sheet: Sheet, at: Path, value: Value, key: str, of: str) -> list[Named]:
    if isinstance(value, str):
        return [_place(sheet, at, str(value), key, of)]
    items = value if isinstance(value, list) else []
    return [
        _place(sheet, (*at, n), str(item), key, of) for n, item in enumerate(items) if isinstance(item, str) and item
    ]


def _place(sheet: Sheet, at: Path, name: str, story: str, of: str, *, key: bool = False) -> Named:
    span = sheet.place(at, key=key)
    width = span.end_column - span.column if span.end_line == span.line else len(name)
    return Named(name.strip(), story, of, span.line + 1, span.column + 1, sheet.line(span.line), width)
