"""The reader of WordPress exports (WXR): posts and pages with all that belongs to them, an article an item.

Invariant: whatever is not surely public becomes a draft; every element of an item is in its ledger, and items that are
no articles are counted in a message.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import msgspec

from sitegen.convert.document import Block, Document, Fate, Field, Markup, Picture, Source
from sitegen.convert.exports.body import body_from
from sitegen.convert.exports.document import assets_beside, exports_of
from sitegen.convert.formats import Reading
from sitegen.convert.sources.files import SourceFile, Tree
from sitegen.convert.web_address import address_parts
from sitegen.convert.wordpress.body import leaves_of_post
from sitegen.convert.wordpress.comments import comments_of
from sitegen.convert.wordpress.cutting import closing_words, fault_problem, items_of, items_of_piece, surveyed
from sitegen.convert.wordpress.fields import Names, fields_of, meta_fate, stated, term_fate
from sitegen.convert.wordpress.library import Attachment
from sitegen.convert.wordpress.survey import Survey, is_article, slug_of
from sitegen.convert.wordpress.wxr import Fault, Item
from sitegen.errors import Problem

BOOKKEEPING: Final = "WordPress's own bookkeeping"


def read(given: SourceFile | Tree, reading: Reading) -> Iterator[Document | Problem]:
    """The reader of the format wordpress."""
    yield from exports_of(given, reading.format, _export)


def _export(file: SourceFile) -> Iterator[Document | Problem]:
    file = msgspec.structs.replace(file, digest=file.sha256)  # once, and not for every item
    if file.context:
        context, items = items_of_piece(file)
        yield from _documents(file, context.survey, items)
        return
    found, problems = surveyed(BytesIO(file.content), file)
    yield from problems
    if found is not None:
        yield from _documents(file, found.survey, items_of(BytesIO(file.content), found))
        yield from closing_words(file, found.survey)


def _documents(file: SourceFile, survey: Survey, items: Iterator[Item | Fault]) -> Iterator[Document | Problem]:
    for item in items:
        if isinstance(item, Fault):
            yield fault_problem(file, item)
        elif is_article(item):
            yield _document(file, item, survey)


# ---- one article


def _document(file: SourceFile, item: Item, survey: Survey) -> Document:
    link = item.text("link")
    url = link if link.startswith(("http://", "https://")) else ""
    host = (address_parts(url or survey.channel.url).hostname or "").removeprefix("www.")
    source = Source(
        path=file.path, name=file.name, format="wordpress", sha256=file.sha256, group=host or file.path, url=url,
        row=item.row,
    )  # fmt: skip
    leaves, counted = leaves_of_post(
        item.text("content"), item.id, survey.library, survey.reusable, survey.channel.url, item.said("footnotes")
    )
    line = next((child.line for child in item.children if child.name == "content"), item.line)
    body = body_from(leaves, counted.dropped, line)
    comments, comment_fates = comments_of(item)
    fields, notes = fields_of(item, Names(survey.channel.authors, survey.channel.categories), slug_of(item))
    featured = survey.library.by_id.get(item.said("_thumbnail_id"))
    pictures = body.pictures
    if featured:
        fields["image"] = Field(_image(featured), 0.99, "featured image")
        pictures = (Picture(stated(featured.caption), "", 0, featured.url, featured.alt), *pictures)
    notes += counted.notes
    if counted.unknown:
        said = ", ".join(f"{name} ({count})" for name, count in sorted(counted.unknown.items()))
        notes.append(f"shortcodes that nobody here knows stay in the text: {said}")
    blocks, fates = _head(item, bool(featured))
    blocks += [Block(comment.content, comment.line) for comment in item.comments]
    page = item.kind == "page"
    return Document(
        source=source, blocks=(*blocks, *body.blocks), notes=tuple(notes),
        markup=Markup(body.markdown, (*fates, *comment_fates, *body.fates), pictures), fields=fields,
        kind="page" if page else "article", place=_place(item, survey) if page else "",
        addresses=tuple(dict.fromkeys(filter(None, (url, item.text("guid"), *_short(survey.channel.url, item.id))))),
        comments=comments, assets=assets_beside(file, [picture.src for picture in pictures]),
    )  # fmt: skip


def _short(site: str, id: str) -> list[str]:
    """The addresses that name an item by its number."""
    return [f"{site.rstrip('/')}/?{name}={id}" for name in ("p", "page_id")] if site and id else []


def _image(featured: Attachment) -> dict[str, str]:
    return {"src": featured.url, "alt": featured.alt, "caption": stated(featured.caption)}


def _place(item: Item, survey: Survey) -> str:
    """Where a page goes: below the pages above it."""
    parts = [survey.pages[item.id][0]]
    above, seen = item.text("post_parent"), {item.id}
    while above in survey.pages and above not in seen:
        seen.add(above)
        slug, parent = survey.pages[above]
        parts.append(slug)
        above = parent
    return "/".join(["pages", *reversed(parts)])


def _head(item: Item, featured: bool) -> tuple[list[Block], list[Fate]]:
    """Every element of the item but its body and comments, with what became of it."""
    blocks: list[Block] = []
    fates: list[Fate] = []

    def add(text: Any, line: int, fate: Fate) -> None:
        if str(text).strip():
            blocks.append(Block(" ".join(str(text).split())[:500], line))
            fates.append(fate)

    for child in item.children:
        if child.name != "content":
            add(child.text, child.line, _CHILDREN.get(child.name, Fate("dropped", BOOKKEEPING)))
    for term in item.terms:
        add(term.name or term.slug, term.line, term_fate(term))
    for entry in item.meta:
        add(f"{entry.name}: {entry.text}", entry.line, meta_fate(entry.name, featured=featured))
    return blocks, fates


_CHILDREN: Final = {
    "title": Fate("field", "title"), "link": Fate("field", "aliases"), "pubDate": Fate("field", "date"),
    "post_date": Fate("field", "date"), "post_date_gmt": Fate("field", "date"),
    "post_modified": Fate("field", "updated"), "post_modified_gmt": Fate("field", "updated"),
    "creator": Fate("field", "authors"), "excerpt": Fate("field", "summary"), "post_name": Fate("field", "slug"),
    "status": Fate("field", "draft"), "post_password": Fate("field", "draft"), "is_sticky": Fate("field", "extra"),
    "post_parent": Fate("field", "place"), "post_id": Fate("field", "source"), "post_type": Fate("field", "kind"),
}  # fmt: skip
