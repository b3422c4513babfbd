"""The reader of other generators' sites: content folders of Hugo, Jekyll, Pelican, Zola and Nikola, and single files of
Markdown with front matter.

Invariant: pure but for the files of the tree that it was given; what a generator did with a file (its address, its
date, whether it was a draft) follows from the file, its name and the site's config alone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from posixpath import join, normpath
from typing import Any, Final

import msgspec

from sitegen.convert.document import Asset, Block, Document, Fate, Field, Markup, Picture, Source
from sitegen.convert.formats import Reading
from sitegen.convert.generators.bodies import translated
from sitegen.convert.generators.fields import fields_of
from sitegen.convert.generators.matter import Matter, read_dotted, read_matter
from sitegen.convert.generators.passing_html import safe_html
from sitegen.convert.generators.sites import Dated, Page, Place, dialect_of, place_of
from sitegen.convert.inference.figcaptions import read_figcaption
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.errors import Problem

MAX_CHARACTERS: Final = 8_000_000
_MARKDOWN: Final = (".md", ".markdown", ".mdown", ".mkd", ".mmark", ".mdx")
_READ: Final = (*_MARKDOWN, ".html", ".htm", ".rst")
_UNREAD: Final = (".org", ".adoc", ".asciidoc", ".textile", ".ipynb", ".wiki", ".pandoc", ".haml", ".slim", ".txt")
_PICTURE = re.compile(
    r'!\[(?P<alt>(?:[^\[\]\\]|\\.)*)\]\((?P<src><[^<>\n]*>|[^\s()]+)(?:\s+"(?P<said>(?:[^"\\]|\\.)*)")?\s*\)'
)
_LINKED = re.compile(r'\]\(\s*(<[^<>\n]*>|[^\s()]+)|\s(?:src|href|poster)="([^"]+)"|^\[[^\]]+\]:\s+(\S+)', re.MULTILINE)
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")


def read(given: SourceFile | Tree, reading: Reading) -> Iterator[Document | Problem]:
    """The reader of the formats hugo, jekyll, pelican, zola, nikola (trees) and markdown (files)."""
    if isinstance(given, SourceFile):
        place = Place(dialect_of(decode(given.content).text))
        yield _document(given, Page.alone(given.name), place)
        return
    place, problems = place_of(given, reading.format)
    yield from problems
    pages: list[tuple[Page, SourceFile]] = []
    for name in place.content(given.names):
        if name.endswith(_UNREAD):
            yield problem(
                given.store.shown(given.prefix + name),
                f"this is {name.rsplit('.', 1)[-1]}, a markup that import does not read",
                "convert it to Markdown first, or leave it out",
                code="import.format",
            )
        elif name.endswith(_READ):
            file = given.file(name)
            if isinstance(file, Problem):
                yield file
            else:
                pages.append((place.page(name, _matter_of(file, place.format, given)), file))
    place.learn([page for page, _ in pages])
    for page, file in pages:
        if page.skipped:
            yield problem(file.path, page.skipped, "nothing of it was imported", code="import.skipped", warning=True)
        else:
            yield _document(file, page, place, given)


def _matter_of(file: SourceFile, format: str, tree: Tree | None = None) -> Matter:
    """The front matter of a file. Nikola keeps it in a file of its own where the text holds none."""
    matter = _in_file(file, format)
    name = re.sub(r"\.\w+$", ".meta", file.inside)
    if matter.values or tree is None or name not in tree.store.names():
        return matter
    told = read_dotted(decode(tree.store.read(name)).text.replace("\r\n", "\n"))
    return Matter(told.values, dict.fromkeys(told.values, 1), matter.body, matter.body_line)


def _in_file(file: SourceFile, format: str) -> Matter:
    text = decode(file.content).text.replace("\r\n", "\n")
    if file.name.endswith(".rst") and not text.lstrip().startswith((".. ", "---", "+++", "<!--")):
        from sitegen.convert.generators.restructured import matter_of  # noqa: PLC0415 -- docutils, which few sources need

        return matter_of(text)
    return read_matter(text, file.path, colons=format == "pelican")


def _document(file: SourceFile, page: Page, place: Place, tree: Tree | None = None) -> Document | Problem:
    decoded = decode(file.content)
    if len(decoded.text) > MAX_CHARACTERS:
        return problem(
            file.path, f"the text is longer than {MAX_CHARACTERS // 1_000_000} million characters", "split it"
        )
    matter = page.matter or _matter_of(file, place.format)
    if matter.broken:
        return next(each for each in matter.problems if each.is_error)
    source = Source(
        path=file.path, name=file.name, format=place.format, sha256=file.sha256,
        group=tree.path if tree is not None else file.folder,
        url=place.origin + page.address if place.origin and page.address else "",
    )  # fmt: skip
    fields, heads = fields_of(matter, words=place.format == "jekyll")
    _complete(fields, page)
    body, blocks, notes = _body(file, matter, place, page)
    if not body.strip() and not heads:
        return problem(file.path, "the file holds no text", "leave it out of the sources")
    pictures = _pictures(body)
    if page.address:
        known = (fields["aliases"].value if "aliases" in fields else []) + [page.address]
        fields["aliases"] = Field(list(dict.fromkeys(known)), 0.95, "old address")
    return Document(
        source=source,
        blocks=tuple(block for block, _ in (*heads, *blocks)),
        notes=(*decoded.notes, *notes),
        markup=Markup(body, tuple(fate for _, fate in (*heads, *blocks)), pictures),
        fields=fields,
        kind=page.kind,
        place=page.place,
        addresses=page.names,
        assets=tuple(_assets(file, tree, place, body, fields)),
    )


def _complete(fields: dict[str, Field], page: Page) -> None:
    """What the file's name and place say, where its front matter says nothing."""
    for name, value in page.implied.items():
        fields.setdefault(name, Field(value, 0.9, "file name" if name in Dated else "folder"))
    if "title" not in fields:
        fields["title"] = Field(
            page.heading or page.stem.replace("-", " ").replace("_", " ").capitalize(), 0.6, "file name"
        )


def _body(
    file: SourceFile, matter: Matter, place: Place, page: Page
) -> tuple[str, list[tuple[Block, Fate]], tuple[str, ...]]:
    """The body as Markdown, its blocks with their fates, and what is to be said about it."""
    if file.name.endswith((".html", ".htm", ".rst")):
        return _marked_up(file, matter, page)
    body = translated(
        matter.body.strip("\n") + "\n" if matter.body.strip() else "", place.format, place.find(page), place.site_url
    )
    markdown, tags = safe_html(body.markdown)
    markdown = markdown.rstrip() + "\n" if markdown.strip() else ""
    first = matter.body_line + len(matter.body) - len(matter.body.lstrip("\n"))
    blocks = [(block, Fate("body")) for block in paragraphs(matter.body.strip("\n"), first)]
    for reason, count in (
        body.dropped + Counter({f"<{name}>, which import does not let pass": n for name, n in tags.items()})
    ).items():
        blocks += [(Block(reason, first), Fate("dropped", reason))] * count
    notes = []
    if body.unknown:
        said = ", ".join(f"{name} ({count})" for name, count in sorted(body.unknown.items()))
        notes.append(f"shortcodes that are not known stay in the text as code: {said}")
    return markdown, blocks, tuple(notes)


def _marked_up(file: SourceFile, matter: Matter, page: Page) -> tuple[str, list[tuple[Block, Fate]], tuple[str, ...]]:
    """A body that is HTML, or reStructuredText made HTML, by the walk that reads every page."""
    from sitegen.convert.html.fields import Facts  # noqa: PLC0415 -- lxml is loaded for HTML alone
    from sitegen.convert.readers.html import fragment_document  # noqa: PLC0415

    html: str = matter.body
    notes: tuple[str, ...] = ()
    if file.name.endswith(".rst"):
        from sitegen.convert.generators.restructured import html_of  # noqa: PLC0415

        html, notes = html_of(matter.body)
    made = fragment_document(html, Facts(url=""), Source(path="", name="", format="", sha256="", group=""))
    if made is None or made.markup is None:
        return "", [], notes
    page.heading = page.heading or (made.hints["title"].value if "title" in made.hints else "")
    return made.markup.markdown, list(zip(made.blocks, made.markup.fates, strict=True)), (*notes, *made.notes)


def paragraphs(text: str, first_line: int) -> Iterator[Block]:
    """The blocks of a Markdown text for the ledger: what blank lines separate; a fenced block is one."""
    start, fenced, run = 0, False, list[str]()
    for number, line in enumerate([*text.split("\n"), ""]):
        if _FENCE.match(line):
            fenced = not fenced
        if line.strip() or (fenced and run):
            if not run:
                start = number
            run.append(line)
        elif run:
            yield Block("\n".join(run).strip(), first_line + start, gap=True)
            run = []
    if run:
        yield Block("\n".join(run).strip(), first_line + start, gap=True)


def _pictures(markdown: str) -> tuple[Picture, ...]:
    found = []
    for match in _PICTURE.finditer(markdown):
        text = re.sub(r"\\(.)", r"\1", match["said"] or "")
        said = read_figcaption(text)
        found.append(Picture(said.caption, said.credit, 0, match["src"].strip("<>"), match["alt"]))
    return tuple(found)


def _assets(
    file: SourceFile, tree: Tree | None, place: Place, markdown: str, fields: dict[str, Field]
) -> Iterator[Asset]:
    """The files of the site that the article shows or links to, by the names that it calls them."""
    image: dict[str, Any] = fields["image"].value if "image" in fields else {}
    linked = [next(filter(None, match.groups())) for match in _LINKED.finditer(markdown)]
    for address in dict.fromkeys([*(each.strip("<>") for each in linked), image.get("src", "")]):
        path = address.partition("#")[0].partition("?")[0]
        if not path or "://" in address or address.startswith("//") or path.endswith((*_READ, "/")):
            continue
        asset = file.asset(path) if not path.startswith("/") else None
        if asset is None and tree is not None:
            for root in place.statics:
                name = normpath(join(root, path.lstrip("/")))
                if not name.startswith("..") and (asset := tree.asset(name, address)) is not None:
                    break
        if asset is not None:
            yield msgspec.structs.replace(asset, src=address)
