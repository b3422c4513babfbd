"""The reader of Ghost's exports: posts and pages with their authors, tags, pictures and state.

Invariant: pure; only a published post that everybody could read becomes public, and a tag that Ghost keeps to itself
(`#newsletter`) is dropped with its reason.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sitegen.content.slugs import explicit_slug
from sitegen.convert.document import Document, Source
from sitegen.convert.exports.document import Article, document_of, exports_of
from sitegen.convert.exports.footnotes import leaves_with_notes, without_marks
from sitegen.convert.exports.ghost_cards import html_of, settle_cards
from sitegen.convert.formats import Reading
from sitegen.convert.html.tree import parsed
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.convert.web_address import address_parts
from sitegen.convert.wordpress.fields import stated
from sitegen.errors import Problem

HERE: Final = "__GHOST_URL__"  # what Ghost writes for the address of its own site
_STATES: Final = {"draft": "is a draft", "scheduled": "was scheduled", "sent": "was only sent by mail"}
_Row = dict[str, Any]


class Tables(msgspec.Struct):
    """The parts of an export that posts point to, by the id that they point with."""

    tags: dict[str, list[_Row]]  # of each post, in order
    authors: dict[str, list[_Row]]
    meta: dict[str, _Row]


def read(given: SourceFile | Tree, reading: Reading) -> Iterator[Document | Problem]:
    """The reader of the format ghost."""
    yield from exports_of(given, reading.format, _posts)


def _posts(file: SourceFile) -> Iterator[Document | Problem]:
    try:
        found = msgspec.json.decode(decode(file.content).text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        yield problem(file.path, f"this is not valid JSON: {error}", "export it again", code="import.ghost")
        return
    file = msgspec.structs.replace(file, digest=file.sha256)  # once, and not for every post
    tables, posts = _unpacked(found)
    if not posts:
        yield problem(file.path, "the export holds no posts", "export it again", code="import.ghost")
    for row, post in enumerate(posts):
        yield document_of(_article(post, tables), _source(file, post, row), file)


def _unpacked(found: Any) -> tuple[Tables, list[_Row]]:
    """The tables and posts of an export: of Ghost itself, or of its migration tools, which nest them."""
    if isinstance(found, dict) and isinstance(found.get("db"), list) and found["db"]:
        found = found["db"][0]
    data = found.get("data", found) if isinstance(found, dict) else {}
    posts = _rows(data, "posts")
    if posts and isinstance(posts[0].get("data"), dict):  # {"url": …, "data": {…}}
        posts = [{**one["data"], "url": one.get("url")} for one in posts if isinstance(one.get("data"), dict)]
        posts = [{**one, "id": str(n)} for n, one in enumerate(posts)]
        people = {one["id"]: _nested(one, "authors") or _nested(one, "author") for one in posts}
        return Tables({one["id"]: _nested(one, "tags") for one in posts}, people, {}), posts
    tags, users = ({str(one.get("id")): one for one in _rows(data, name)} for name in ("tags", "users"))
    # an export of old names one author in the post itself
    single = {str(one.get("id")): [user] for one in posts if (user := users.get(str(one.get("author_id"))))}
    several = _joined(_rows(data, "posts_authors"), "author_id", users)
    meta = {str(one.get("post_id")): one for one in _rows(data, "posts_meta")}
    return Tables(_joined(_rows(data, "posts_tags"), "tag_id", tags), several or single, meta), posts


def _rows(data: Any, name: str) -> list[_Row]:
    found = data.get(name) if isinstance(data, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _nested(post: _Row, name: str) -> list[_Row]:
    found = post.get(name)
    several = found if isinstance(found, list) else [found]
    return [one.get("data", one) for one in several if isinstance(one, dict) and isinstance(one.get("data", one), dict)]


def _joined(pairs: list[_Row], key: str, rows: dict[str, _Row]) -> dict[str, list[_Row]]:
    out: dict[str, list[_Row]] = {}

    def order(pair: _Row) -> int:
        return pair["sort_order"] if isinstance(pair.get("sort_order"), int) else 0

    for pair in sorted(pairs, key=order):
        row = rows.get(str(pair.get(key)))
        if row is not None:
            out.setdefault(str(pair.get("post_id")), []).append(row)
    return out


def _said(row: _Row, name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _own(text: str) -> str:
    """An address of the old site as one of the new."""
    return text.replace(HERE, "")


def _source(file: SourceFile, post: _Row, row: int) -> Source:
    url = next((one for name in ("canonical_url", "url") if (one := _said(post, name)).startswith("http")), "")
    host = (address_parts(url).hostname or "").removeprefix("www.")
    return Source(
        path=file.path, name=file.name, format="ghost", sha256=file.sha256, group=host or file.path, url=url, row=row
    )


def _article(post: _Row, tables: Tables) -> Article:
    id = str(post.get("id"))
    meta = {**tables.meta.get(id, {}), **{key: value for key, value in post.items() if value is not None}}
    root = parsed(f"<div>{without_marks(_own(html_of(post)))}</div>")
    dropped = settle_cards(root) if root is not None else []
    page = _said(post, "type") == "page" or post.get("page") in (1, True)
    slug = explicit_slug(_said(post, "slug"))
    slug = "" if slug == "untitled" else slug
    tags = [_said(tag, "name") for tag in tables.tags.get(id, [])]
    dropped += [(tag, "tag that Ghost keeps to itself") for tag in tags if tag.startswith("#")]
    image = {
        "src": _own(_said(meta, "feature_image")), "alt": _said(meta, "feature_image_alt"),
        "caption": stated(_said(meta, "feature_image_caption")),
    }  # fmt: skip
    date = _said(post, "published_at") or _said(post, "created_at")
    updated = _said(post, "updated_at")
    public = _said(post, "status") in ("published", "")
    values = {
        "date": "" if page else date, "updated": updated if updated[:10] > date[:10] else "",
        "authors": [name for one in tables.authors.get(id, []) if (name := _said(one, "name"))],
        "tags": list(dict.fromkeys(tag for tag in tags if tag and not tag.startswith("#"))), "slug": slug,
        "summary": _said(meta, "custom_excerpt") or _said(meta, "meta_description"),
        "image": {key: value for key, value in image.items() if value} if image["src"] else {},
        "lang": _said(post, "locale"), "aliases": [f"/{slug}/"] if slug and public else [],
        "extra": {"featured": True} if post.get("featured") in (1, True) else {},
        "publish_date": date if _said(post, "status") == "scheduled" else "",
    }  # fmt: skip
    return Article(
        title=_said(post, "title"), stated=values, leaves=leaves_with_notes(root, (), ""), dropped=dropped,
        why_draft=_reasons(post), page=page, place=f"pages/{slug}" if page and slug else "",
        addresses=(f"/{slug}/", f"/p/{_said(post, 'uuid')}/", _said(post, "url").replace(HERE, "")),
    )  # fmt: skip


_READERS: Final = {"members": "members", "paid": "paying members"}


def _reasons(post: _Row) -> list[str]:
    status, visibility = _said(post, "status") or "published", _said(post, "visibility") or "public"
    out = [] if status == "published" else [_STATES.get(status, f"has the status {status}")]
    if visibility != "public":
        out.append(f"was for {_READERS.get(visibility, 'some readers')} only")
    return out
