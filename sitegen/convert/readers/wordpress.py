"""The reader of WordPress exports (WXR): posts and pages with all that belongs to them, an article an item.

Two passes: the first learns the library of files, the reusable blocks and the names; the second gives the articles.
Invariant: whatever is not surely public becomes a draft; every element of an item is in its ledger, and items that are
no articles are counted in a message.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

import msgspec

from sitegen.content.slugs import explicit_slug
from sitegen.convert.document import Block, Document, Fate, Field, Markup, Picture, Source
from sitegen.convert.exports.body import body_from
from sitegen.convert.exports.document import assets_beside, exports_of
from sitegen.convert.formats import Reading
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.convert.wordpress.body import leaves_of_post
from sitegen.convert.wordpress.comments import comments_of
from sitegen.convert.wordpress.fields import Names, fields_of, meta_fate, stated, term_fate
from sitegen.convert.wordpress.library import Attachment, Library
from sitegen.convert.wordpress.tree import address_of
from sitegen.convert.wordpress.wxr import Channel, Fault, Item, declared, export_text, read_items
from sitegen.errors import Problem, Where

# Types of items that WordPress and its plugins keep for themselves.
_INNER: Final = frozenset(
    "attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request wp_block wp_template "
    "wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face feedback elementor_library "
    "acf-field acf-field-group shop_order shop_coupon wpcf7_contact_form scheduled-action jp_mem_plan".split()
)
_UNPUBLISHED: Final = frozenset({"trash", "auto-draft", "inherit"})
_WORDS: Final = {
    "attachment": "library files", "nav_menu_item": "menu items", "revision": "revisions",
    "wp_block": "reusable blocks", "wp_navigation": "menus", "wp_global_styles": "style sheets",
    "custom_css": "style sheets",
}  # fmt: skip
BOOKKEEPING: Final = "WordPress's own bookkeeping"


class Survey(msgspec.Struct):
    """What the first pass learns. `left_out` counts the items that become no article, by what they are."""

    channel: Channel
    library: Library
    reusable: dict[str, str]
    pages: dict[str, tuple[str, str]]  # id of each page -> its slug and its parent's id
    left_out: Counter[str]


def read(given: SourceFile | Tree, reading: Reading) -> Iterator[Document | Problem]:
    """The reader of the format wordpress."""
    yield from exports_of(given, reading.format, _export)


def _export(file: SourceFile) -> Iterator[Document | Problem]:
    file = msgspec.structs.replace(file, digest=file.sha256)  # once, and not for every item
    text, notes = export_text(file.content)
    text, undeclared = declared(text)
    survey = _survey(text)
    for note in notes:
        yield problem(file.path, note, code="import.encoding", warning=True)
    for fault in undeclared:
        yield _problem(file, fault, "warning")
    count = 0
    for item in read_items(text, Channel(authors={}, categories={})):
        if isinstance(item, Fault):
            yield _problem(file, item, "error")
        elif _is_article(item):
            count += 1
            yield _document(file, item, survey)
    if left := _left_out(survey):
        yield problem(file.path, left, code="import.left-out", warning=True)
    if not count:
        yield problem(
            file.path,
            "the export holds no posts and no pages",
            "export again, with  All content",
            code="import.wordpress",
        )


def _problem(file: SourceFile, fault: Fault, severity: Literal["error", "warning"]) -> Problem:
    where = Where(file.path, fault.line, fault.column)
    return Problem(code="import.wordpress", where=where, message=fault.message, help=fault.help, severity=severity)


def _is_article(item: Item) -> bool:
    return item.kind not in _INNER and item.status not in _UNPUBLISHED


def _left_out(survey: Survey) -> str:
    said = ", ".join(f"{name}: {count}" for name, count in sorted(survey.left_out.items()))
    return f"items of the export that are no articles, and were left out ({said})" if said else ""


def _survey(text: str) -> Survey:
    survey = Survey(Channel(authors={}, categories={}), Library({}, {}, {}), {}, {}, Counter())
    for item in read_items(text, survey.channel):
        if isinstance(item, Fault):
            break
        if item.kind == "attachment":
            _note_attachment(item, survey.library)
        elif item.kind == "wp_block":
            survey.reusable[item.id] = item.text("content")
        elif item.kind == "page":
            survey.pages[item.id] = (_slug(item) or f"page-{item.id}", item.text("post_parent"))
        if not _is_article(item):
            named = _WORDS.get(item.kind) or (f"of the type {item.kind}" if item.kind in _INNER else "")
            survey.left_out[named or f"{item.kind}s in the trash"] += 1
    for files in survey.library.by_parent.values():
        files.sort(key=lambda one: (one.order, int(one.id) if one.id.isdigit() else 0))
    return survey


def _note_attachment(item: Item, library: Library) -> None:
    order = item.text("menu_order")
    found = Attachment(
        id=item.id, url=item.text("attachment_url") or item.text("guid"), title=stated(item.text("title")),
        caption=item.text("excerpt").strip(), alt=item.said("_wp_attachment_image_alt"),
        parent=item.text("post_parent"), order=int(order) if order.lstrip("-").isdigit() else 0, page=item.text("link"),
    )  # fmt: skip
    library.by_id[found.id] = found
    library.by_parent.setdefault(found.parent, []).append(found)
    if found.page and address_of(found.page) != address_of(found.url):
        library.by_page.setdefault(address_of(found.page), found)


def _slug(item: Item) -> str:
    return explicit_slug(unquote(item.text("post_name")).replace("/", "-"))


# ---- one article


def _document(file: SourceFile, item: Item, survey: Survey) -> Document:
    link = item.text("link")
    url = link if link.startswith(("http://", "https://")) else ""
    host = (urlsplit(url or survey.channel.url).hostname or "").removeprefix("www.")
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
    fields, notes = fields_of(item, Names(survey.channel.authors, survey.channel.categories), _slug(item))
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
        addresses=tuple(dict.fromkeys(filter(None, (url, item.text("guid"), _short(survey.channel.url, item.id))))),
        comments=comments, assets=assets_beside(file, [picture.src for picture in pictures]),
    )  # fmt: skip


def _short(site: str, id: str) -> str:
    return f"{site.rstrip('/')}/?p={id}" if site and id else ""


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
