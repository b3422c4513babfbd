"""The article of a document that has its body already: what `infer` is for plain lines.

Invariant: pure; a field that the reader states (`Document.fields`) wins over a hint, and nothing is added to either.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo

import msgspec

from sitegen.content.fields import is_dangerous
from sitegen.convert.document import FIELDS, FLAG_BELOW, Article, Document, Field, Hint
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.one_line import clean

_OWN = ("title", "date", "authors", "summary", "tags", "lang")  # fields that an `Article` has attributes for


def page_article(document: Document, zone: tzinfo, without_ending: Callable[[str], str] | None = None) -> Article:
    """The article of a document that has `markup`. `without_ending` takes the site's name off a title."""
    markup = document.markup
    assert markup is not None
    doubts: list[str] = []
    stated = {name: _as_declared(name, field, zone, doubts) for name, field in document.fields.items()}
    hints = document.hints
    return Article(
        source=document.source,
        title=stated.get("title") or _title(document, doubts, without_ending),
        date=stated.get("date") or _moment(hints.get("date"), zone, doubts),
        authors=stated.get("authors") or _several(hints.get("authors")),
        summary=stated.get("summary") or _one(hints.get("summary")),
        tags=stated.get("tags") or _several(hints.get("tags")),
        lang=stated.get("lang") or _one(hints.get("lang")),
        pictures=markup.pictures,
        links=document.links,
        markdown=markup.markdown,
        fates=markup.fates,
        doubts=tuple(doubts),
        more={name: field for name, field in stated.items() if field is not None and name not in _OWN},
        kind=document.kind,
        place=document.place,
        assets=document.assets,
        comments=document.comments,
    )


def with_stated(article: Article, document: Document, zone: tzinfo = UTC) -> Article:
    """An inferred article with what its reader states beside: fields win, links and files are added."""
    if not (document.fields or document.links or document.assets or document.comments or document.place):
        return article
    doubts: list[str] = []
    stated = {name: _as_declared(name, field, zone, doubts) for name, field in document.fields.items()}
    return msgspec.structs.replace(
        article,
        **{name: field for name, field in stated.items() if name in _OWN and field is not None},
        more={name: field for name, field in stated.items() if field is not None and name not in _OWN},
        links=(*article.links, *document.links), assets=document.assets, comments=document.comments,
        kind=document.kind, place=document.place, doubts=(*article.doubts, *doubts),
    )  # fmt: skip


def harmless(article: Article) -> Article:
    """The article without the addresses of pictures that a browser would run; its doubts name them.

    The build refuses front matter with such an address, so one hostile post would stop a whole site.
    """
    lead = article.more.get("image")
    cover = str(lead.value.get("src") or "") if lead is not None and isinstance(lead.value, dict) else ""
    bad = [src for src in dict.fromkeys([cover, *(one.src for one in article.pictures)]) if is_dangerous(src.strip())]
    if not bad:
        return article
    more = article.more
    if lead is not None and cover in bad:
        more = {**more, "image": Field({**lead.value, "src": ""}, lead.confidence, lead.origin)}
    pictures = tuple(msgspec.structs.replace(one, src="") if one.src in bad else one for one in article.pictures)
    said = tuple(f"the picture's address {src[:60]} is not allowed and was left out" for src in bad)
    return msgspec.structs.replace(article, more=more, pictures=pictures, doubts=(*article.doubts, *said))


def _as_declared(name: str, field: Field, zone: tzinfo, doubts: list[str]) -> Field | None:
    """The field in the shape that `FIELDS` says; a date as ISO 8601. None for an empty one or a date that is none."""
    if name not in FIELDS:
        raise ValueError(f"a reader states {name}, which is no field of front matter; it belongs into extra")
    if FIELDS[name] == "date":
        return _moment(Hint(str(field.value), field.confidence, field.origin), zone, doubts)
    if FIELDS[name] in ("text", "list", "mapping") and not field.value:
        return None
    return field


def _title(document: Document, doubts: list[str], without_ending: Callable[[str], str] | None) -> Field:
    hint = document.hints.get("title")
    if hint and (text := clean(hint.value)):
        if without_ending and hint.origin not in ("h1", "h2"):
            text = without_ending(text) or text
        return Field(text, hint.confidence, hint.origin)
    assert document.markup is not None
    doubts.append("the page states no title")
    fates = document.markup.fates
    words = next((block.text for block, fate in zip(document.blocks, fates, strict=True) if fate.kind == "body"), "")
    return Field(" ".join(words.split()[:12]) or "Untitled", 0.1, "first words")


def _moment(hint: Hint | None, zone: tzinfo, doubts: list[str]) -> Field | None:
    found = find_moments(hint.value) if hint else []
    if not hint or not found:
        return None
    sure = min(hint.confidence, 0.45) if found[0].ambiguous else hint.confidence
    field = Field(found[0].moment.iso(zone), sure, hint.origin)
    if sure < FLAG_BELOW:
        doubts.append(f"the date {field.value} ({field.origin}) is doubtful and was left out")
    return field


def _one(hint: Hint | None) -> Field | None:
    return Field(hint.value, hint.confidence, hint.origin) if hint and hint.value else None


def _several(hint: Hint | None) -> Field | None:
    values = [part.strip() for part in hint.value.split(";") if part.strip()] if hint else []
    return Field(values, hint.confidence, hint.origin) if hint and values else None


def site_endings(documents: Sequence[Document]) -> Iterator[str]:
    """The page titles of a site, from which its name is learnt."""
    for document in documents:
        if document.markup and document.markup.page_title:
            yield document.markup.page_title
