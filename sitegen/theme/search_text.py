"""An article as the search index reads it: its text, and what a search can be narrowed and sorted by.

Invariant: pure, and the same in every theme: what a page shows around its article (menus, related articles, the next
and the previous one) is never found, and moves no index. The attributes are Pagefind's (pagefind.app/docs).
"""

from collections.abc import Iterable

from markupsafe import escape

from sitegen.model import Body, Card, Ref
from sitegen.regex import regex

_SLOT = regex("\0([0-9]+)\0")
UNDATED = -(10**12)  # sorts before every date: Pagefind leaves out of a sorted list what has no value


def search_text(card: Card, body: Body, language: str) -> str:
    """A small HTML document; `language` is the site's, for an article that names none. Cost: about 10 µs."""
    lang = card.lang or language
    day = card.date.date if card.date else ""
    year = [str(card.date.year)] if card.date else []
    return "".join(
        [
            f'<!doctype html><html lang="{escape(lang)}"><head><title>{escape(card.title)}</title></head><body>',
            f'<p data-pagefind-sort="date">{card.date.epoch if card.date else UNDATED}</p>',
            *_marked("filter", "tag", (label.name for label in card.tags)),
            *_marked("filter", "author", (label.name for label in card.authors)),
            *_marked("filter", "year", year),
            *_marked("filter", "language", [lang]),
            *_marked("meta", "date", [day] if day else []),
            *_marked("meta", "author", [", ".join(label.name for label in card.authors)] if card.authors else []),
            *_marked("meta", "tags", [", ".join(label.name for label in card.tags)] if card.tags else []),
            *_marked("meta", "language", [lang]),
            f'<main data-pagefind-body><h1 data-pagefind-meta="title">{escape(card.title)}</h1>',
            f"<p>{escape(body.standfirst)}</p>" if body.standfirst else "",
            f"<p>{escape(card.image.caption)} {escape(card.image.credit)}</p>" if card.image else "",
            plain_slots(body.html, body.refs),
            "</main></body></html>\n",
        ]
    )


def _marked(what: str, name: str, values: Iterable[str]) -> list[str]:
    return [f'<p data-pagefind-{what}="{name}">{escape(value)}</p>' for value in values]


def plain_slots(html: str, refs: tuple[Ref, ...]) -> str:
    """A body's HTML without its addresses: where a link leads is nothing to be found."""
    if not refs:
        return html
    return _SLOT.sub(lambda match: refs[int(match[1])].label if refs[int(match[1])].kind == "wiki" else "", html)
