"""How an article is cited: BibTeX, RIS, CSL-JSON, Highwire tags, and what schema.org calls a NewsArticle.

Invariant: pure; whatever a title holds, each format reads it back as it was written (`tests/machines` parses them).
A name is given as its author writes it: which part of it is the family's is not ours to guess.
Sources: biblatex, RIS (refman), citationstyles.org's JSON schema, Google Scholar's inclusion guidelines, schema.org.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from sitegen.digest import digest_bytes
from sitegen.model import Card, Moment
from sitegen.regex import regex


class Cited(msgspec.Struct, frozen=True):
    """What a citation says of an article. `url` is a full address; `language` is "" where it is not known."""

    card: Card
    slug: str
    url: str
    site: str
    language: str


def citation(format: str, cited: Cited) -> str:
    """A citation as a file. `format` is one of catalog.outputs.CITATION_FILES."""
    return {"bibtex": _bibtex, "ris": _ris, "csl": _csl}[format](cited)


_CONTROLS = regex(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    }
)  # fmt: skip


def _line(text: str) -> str:
    """A text in one line."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _tex(text: str) -> str:
    return _line(text).translate(_TEX)


def _keywords(card: Card) -> list[str]:
    return list(dict.fromkeys(_line(label.name) for label in (*card.categories, *card.tags)))


def _bibtex(cited: Cited) -> str:
    card = cited.card
    stem = re.sub(r"[^A-Za-z0-9-]+", "", cited.slug) or digest_bytes(card.id.encode()).hex()[:8]
    fields = {
        "title": f"{{{_tex(card.title)}}}",  # the second pair keeps the capitals as they are
        "author": " and ".join(_tex_name(author.name) for author in card.authors),
        "journal": _tex(cited.site),
        **(
            {"year": f"{card.date.year:04}", "month": str(card.date.month), "day": str(card.date.day),
             "date": card.date.date} if card.date else {}
        ),
        "url": cited.url,
        "language": cited.language,
        "keywords": _tex(", ".join(name.replace(",", " ") for name in _keywords(card))),
        "abstract": _tex(card.summary),
    }  # fmt: skip
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@article{{{stem}{f'-{card.date.year}' if card.date else ''},\n" + ",\n".join(lines) + "\n}\n"


def _tex_name(name: str) -> str:
    """One name; braces hold together what BibTeX would take for several names, or for a name turned round."""
    plain = _tex(name)
    return f"{{{plain}}}" if "," in plain or re.search(r"\band\b", plain, re.IGNORECASE) else plain


def _ris(cited: Cited) -> str:
    card = cited.card
    lines = [("TY", "NEWS"), ("TI", card.title), *(("AU", author.name) for author in card.authors), ("T2", cited.site)]
    if card.date:
        lines += [("PY", f"{card.date.year:04}"), ("DA", f"{card.date.date.replace('-', '/')}/")]
    lines += [("UR", cited.url), ("LA", cited.language), *(("KW", name) for name in _keywords(card))]
    lines += [("AB", card.summary), ("ID", cited.slug)]
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _csl(cited: Cited) -> str:
    card = cited.card
    value: dict[str, Any] = {
        "id": card.id,
        "type": "article-newspaper",
        "title": _line(card.title),
        "author": [{"literal": _line(author.name)} for author in card.authors],
        "container-title": _line(cited.site),
        "issued": _parts(card.date),
        "URL": cited.url,
        "language": cited.language,
        "abstract": _line(card.summary),
        "keyword": ", ".join(_keywords(card)),
    }
    kept = {name: each for name, each in value.items() if each}
    return msgspec.json.format(msgspec.json.encode([kept]), indent=1).decode() + "\n"


def _parts(date: Moment | None) -> dict[str, Any]:
    return {"date-parts": [[date.year, date.month, date.day]]} if date else {}


def highwire(cited: Cited) -> tuple[tuple[str, str], ...]:
    """Names and contents of the meta elements that scholarly search engines read."""
    card = cited.card
    found: Iterable[tuple[str, str]] = (
        ("citation_title", card.title),
        *(("citation_author", author.name) for author in card.authors),
        ("citation_publication_date", card.date.date.replace("-", "/") if card.date else ""),
        ("citation_journal_title", cited.site),
        ("citation_language", cited.language),
        ("citation_keywords", "; ".join(_keywords(card))),
        ("citation_public_url", cited.url),
    )
    return tuple((name, value) for name, value in found if value)


def news_article(
    cited: Cited, *, description: str, words: int, image: dict[str, Any], publisher: dict[str, Any],
    authors: Iterable[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    """An article as schema.org has it, for JSON-LD. `authors` are names, each with the address of a page about them or
    ""; one without authors is its publisher's.
    """
    card = cited.card
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": card.title,
        "description": description,
        "url": cited.url,
        "mainEntityOfPage": {"@type": "WebPage", "@id": cited.url},
        "inLanguage": cited.language,
        "isAccessibleForFree": True,
        "datePublished": card.date.iso if card.date else "",
        "dateModified": (card.updated or card.date).iso if card.updated or card.date else "",  # type: ignore[union-attr]
        "author": [{"@type": "Person", "name": name, "url": url} for name, url in authors] or [publisher],
        "publisher": publisher,
        "image": [image] if image else [],
        "articleSection": [label.name for label in card.categories],
        "keywords": [label.name for label in card.tags],
        "wordCount": words,
    }
