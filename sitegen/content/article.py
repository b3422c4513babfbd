"""One source -> one article: front matter, body, addresses, direction, reading time, terms.

Invariant: a pure function of the path, the bytes, the settings and the rules of the time zone; a fault never raises,
it makes a `Broken`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, tzinfo
from posixpath import normpath
from typing import Final

import msgspec

from sitegen.content.decode import Parts, decode_source, split_source
from sitegen.content.frontmatter import FrontMatter, read_front_matter
from sitegen.content.markdown import Rendered, render_markdown
from sitegen.content.names import SUFFIX, Names, date_from, names_of, slug_from, title_from
from sitegen.content.parsing import ParseSettings
from sitegen.content.permalinks import Permalinks, fill
from sitegen.content.script import direction_of_language, direction_of_text
from sitegen.content.slugs import slug_of
from sitegen.content.terms import weigh
from sitegen.errors import Problem, Where
from sitegen.model import Article, Body, Broken, Card, Direction, Image, Keys, Label, Moment, Ref
from sitegen.plugins import Extensions
from sitegen.regex import regex

WORDS_A_MINUTE: Final = 220  # silent reading of prose lies at 200 to 260
CHARACTERS_A_MINUTE: Final = 500  # of Chinese and Japanese

_UNSPACED: Final = (
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fa1f]"  # dear to compile: when needed
)
_FIRST_HEADING = regex(r"\s*(?:^[ ]{0,3}#[ \t]+[^\n]*|^[ ]{0,3}\S[^\n]*\n[ ]{0,3}=+[ \t]*)(?=\n|\Z)", re.MULTILINE)
_ABSOLUTE = regex(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def parse_article(
    source: str,
    text: bytes,
    settings: ParseSettings,
    *,
    zone: tzinfo | None = None,
    extensions: Extensions | None = None,
) -> Article | Broken:
    """Parses one source; `source` is its path below the content folder, "/"-separated, ending in `.md`.

    `zone` holds the rules of `settings.timezone`; only UTC needs none. Cost: about 60 µs beside Markdown and terms.
    Raises: ValueError when `zone` is missing, which is a fault of the caller.
    """
    try:
        return _parse(source, text, settings, zone, extensions)
    except Exception as error:
        names = names_of(source)
        doing = f"reading {settings.content_dir}/{source}"
        problem = extensions.fault(error, doing) if extensions is not None else None
        if problem is None:
            raise
        return Broken(id=names.id, source=source, problems=(problem,))


def _parse(
    source: str, text: bytes, settings: ParseSettings, zone: tzinfo | None, extensions: Extensions | None
) -> Article | Broken:
    if zone is None:
        if settings.timezone != "UTC":
            raise ValueError(f"the rules of the time zone {settings.timezone} are missing")
        zone = UTC
    names = names_of(source)
    path = f"{settings.content_dir}/{source}"
    parts = _parts(text, path)
    if isinstance(parts, Problem):
        return Broken(id=names.id, source=source, problems=(parts,))
    problems: list[Problem] = []
    matter = _NO_MATTER
    if parts.block is not None:
        matter, sheet = read_front_matter(parts.block, path, parts.block_line, zone)
        problems += sheet.problems
    title, body, body_line = _title(matter, parts, settings, extensions)
    lang = matter.lang or settings.language
    markdown = settings.markdown
    if markdown.language != lang:
        markdown = msgspec.structs.replace(markdown, language=lang)
    folder = source.rpartition("/")[0]
    rendered = render_markdown(body, markdown, folder=folder, path=path, first_line=body_line, extensions=extensions)
    problems += rendered.problems
    title = title or next((heading.text for heading in rendered.headings if heading.level == 1), "")
    date = matter.date or date_from(names, zone)
    if any(problem.is_error for problem in problems):  # what else is missing may only have been misread
        return Broken(id=names.id, source=source, problems=tuple(sorted(problems, key=_place)))
    title = title or title_from(names, path, problems)
    if date is None and names.kind == "article":
        problems.append(_undated(path))
    below = _below_the_title(rendered)
    return _assemble(source, names, settings, matter, below, title, date, tuple(sorted(problems, key=_place)))


_HEADING_TAG = regex(r"<(/?)h([1-6])(?=[\s>])")


def _below_the_title(rendered: Rendered) -> Rendered:
    """The body with its headings below the title, which the theme prints, and none more than one level below the last.

    A page has one first heading, and readers who hear it go by its levels; which heading stands below which stays as
    it was written.
    """
    html = rendered.html
    opened = [heading.level for heading in rendered.headings]
    if html.count("<h") != len(opened):  # some stand in raw HTML, or there are rules
        opened = [int(level) for closing, level in _HEADING_TAG.findall(html) if not closing]
    levels = _outline(opened)
    if levels == opened:
        return rendered
    turn = iter(levels)
    level = 0

    def tag(match: re.Match[str]) -> str:
        nonlocal level
        level = (level or int(match[2])) if match[1] else next(turn)  # a stray closing tag stays as it is
        return f"<{match[1]}h{level}"

    html = _HEADING_TAG.sub(tag, html)
    placed = {found[2]: int(found[1]) for found in _HEADING_ID.finditer(html)}
    headings = tuple(
        msgspec.structs.replace(heading, level=placed.get(heading.id, heading.level)) for heading in rendered.headings
    )
    return msgspec.structs.replace(rendered, html=html, headings=headings)


_HEADING_ID = regex(r'<h([1-6])[^>]*? id="([^"]*)"')


def _outline(levels: list[int]) -> list[int]:
    """Heading levels from 2 on without a gap; a heading that stood below another still does."""
    out, above = [], list[tuple[int, int]]()
    for level in levels:
        while above and above[-1][0] >= level:
            above.pop()
        placed = min((above[-1][1] if above else 1) + 1, 6)
        above.append((level, placed))
        out.append(placed)
    return out


_NO_MATTER: Final = FrontMatter()


def _parts(text: bytes, path: str) -> Parts | Problem:
    decoded = decode_source(text, path)
    return decoded if isinstance(decoded, Problem) else split_source(decoded, path)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.where.line, problem.where.column


def _assemble(
    source: str,
    names: Names,
    settings: ParseSettings,
    matter: FrontMatter,
    rendered: Rendered,
    title: str,
    date: Moment | None,
    warnings: tuple[Problem, ...],
) -> Article:
    slug = matter.slug or slug_from(names, title)
    lang, direction = _language(matter, settings, title, rendered.text)
    url = matter.url or _url(names, settings.permalinks, slug, date, lang)
    authors = _labels([_author(author, settings) for author in matter.authors])
    tags, categories, series = (
        _labels([Label(name, slug_of(name)) for name in names])
        for names in (matter.tags, matter.categories, matter.series)
    )
    image, refs = _image(matter.image, source, url, rendered.refs, bundle=names.bundle)
    summary = matter.summary or rendered.summary
    keys = Keys(
        id=names.id,
        source=source,
        kind=names.kind,
        url=url,
        slug=slug,
        date=date,
        updated=matter.updated,
        tags=tags,
        categories=categories,
        authors=authors,
        series=series,
        aliases=tuple(alias for alias in matter.aliases if alias != url),  # it is there already
        draft=matter.draft,
        publish_date=matter.publish_date,
        expires=matter.expires,
        lang=lang,
        translation_of=matter.translation_of.removesuffix(SUFFIX),
        weight=matter.weight,
        template=matter.template,
        bundle=names.bundle,
        related=matter.related,
        pictured=bool(image and image.src),
    )
    card = Card(
        id=names.id,
        kind=names.kind,
        url=url,
        title=title,
        summary=summary,
        date=date,
        updated=matter.updated,
        tags=tags,
        categories=categories,
        authors=authors,
        series=series,
        image=image,
        lang=lang,
        dir=direction,
        minutes=_minutes(rendered),
        draft=matter.draft,
    )
    body = Body(
        html=rendered.html,
        refs=refs,
        headings=rendered.headings,
        words=rendered.words,
        standfirst=matter.summary,
        source=matter.source,
        extra=matter.extra,
    )
    terms = weigh(
        title,
        matter.summary,
        rendered.text,
        matter.tags,
        lang,
        excerpt="" if matter.summary else rendered.summary,
    )
    return Article(id=names.id, keys=keys, card=card, body=body, terms=terms, warnings=warnings)


def _url(names: Names, permalinks: Permalinks, slug: str, date: Moment | None, lang: str) -> str:
    pattern = permalinks.page if names.kind == "page" else permalinks.article
    if date is None and names.kind == "article":
        pattern = permalinks.undated
    return fill(pattern, slug=slug, folders=names.folders, date=date, lang=lang)


def _author(author: str, settings: ParseSettings) -> Label:
    """An author by id, or by the name that an id stands for; the page goes by the id, which is shorter."""
    name = settings.authors.get(author)
    if name is not None:
        return Label(name, slug_of(author))
    id = next((id for id, known in settings.authors.items() if known == author), author)
    return Label(author, slug_of(id))


def _labels(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Labels in the order given; of two that share a slug the first stays."""
    found: dict[str, Label] = {}
    for label in labels:
        found.setdefault(label.slug, label)
    return tuple(found.values())


def _image(
    image: Image | None, source: str, url: str, refs: tuple[Ref, ...], *, bundle: bool
) -> tuple[Image | None, tuple[Ref, ...]]:
    """The picture with its site path, and the refs with the local one that it means (which has no slot).

    A relative `src` lies beside the page of a bundle; of any other article, where its folder lies below the site.
    """
    if image is None or not image.src or _ABSOLUTE.match(image.src):
        return image, refs
    if image.src.startswith("/"):
        return image, (*refs, Ref(kind="site", target=image.src))
    target = normpath(image.src)
    folder = source.rpartition("/")[0]
    if target.startswith("..") or not bundle:
        place = normpath(f"/{folder.removeprefix('pages').lstrip('/')}/{target}")
    else:
        place = f"{url if url.endswith('/') else url.rpartition('/')[0] + '/'}{target}"
    return msgspec.structs.replace(image, src=place), (*refs, Ref(kind="file", target=target))


def _language(matter: FrontMatter, settings: ParseSettings, title: str, text: str) -> tuple[str, Direction]:
    """Language and direction: as written; else the site's, unless the script of the text says that it cannot be."""
    if matter.lang:
        return matter.lang, direction_of_language(matter.lang)
    usual = direction_of_language(settings.language)
    found = direction_of_text(f"{title}\n{text}") or usual
    return (settings.language if found == usual else ""), found


def _minutes(rendered: Rendered) -> int:
    """Reading time, at least one minute."""
    characters = 0 if rendered.text.isascii() else len(re.findall(_UNSPACED, rendered.text))
    words = max(0, rendered.words - characters)
    return max(1, round(words / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE))


def _title(
    matter: FrontMatter, parts: Parts, settings: ParseSettings, extensions: Extensions | None
) -> tuple[str, str, int]:
    """The title, and the body without the heading that gave it; "" where neither has one.

    A heading that opens the body of an untitled article is its title: the theme prints it, so it leaves the body.
    """
    if matter.title:
        return matter.title, parts.body, parts.body_line
    heading = _FIRST_HEADING.match(parts.body)
    if heading is None:
        return "", parts.body, parts.body_line
    rendered = render_markdown(heading[0], settings.markdown, folder="", extensions=extensions)
    title = rendered.headings[0].text if rendered.headings else ""
    if not title:
        return "", parts.body, parts.body_line
    return title, parts.body[heading.end() :], parts.body_line + heading[0].count("\n")


def _undated(path: str) -> Problem:
    return Problem(
        code="front-matter.date-missing",
        where=Where(path, 1, 1),
        message="the date is missing; the article is kept under /undated/, out of archives and feeds",
        help="add  date: 2024-05-14  to the front matter, or begin the file's name with the date",
        severity="warning",
    )
