"""An article as a Markdown file: YAML front matter that reads back as it was, then the body.

Invariant: pure; the same article gives the same bytes. Every text is double-quoted, so no title can break its file.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sitegen.content.slugs import slug_of
from sitegen.convert.document import Article, Field, Link
from sitegen.convert.escape import to_markdown

_UNFIT = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"\\\\]')
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """A YAML double-quoted scalar on one line."""
    return '"' + _UNFIT.sub(lambda match: _SHORT.get(match[0], f"\\u{ord(match[0]):04x}"), text) + '"'


def markdown_file(article: Article) -> str:
    """The whole file, front matter and body."""
    return f"---\n{front_matter(article)}---\n\n{article.markdown or to_markdown(article.body)}"


def front_matter(article: Article) -> str:
    """The YAML between the fences. Doubtful fields are left out, but for the title, which a page cannot lack."""
    out = [f"title: {quoted(article.title.value)}"]
    if (date := kept(article.date)) is not None:
        out.append(f"date: {date}")
    if authors := kept(article.authors):
        out.append("authors:")
        out += [f"  - {quoted(name)}" for name in authors]
    if tags := kept(article.tags):
        out.append("tags:")
        out += [f"  - {quoted(tag)}" for tag in tags]
    if summary := kept(article.summary):
        out.append(f"summary: {quoted(summary)}")
    if lang := kept(article.lang):
        out.append(f"lang: {quoted(lang)}")
    if article.pictures:
        out += _lead(article)
    if article.links:
        out += ["related:", *(line for link in article.links for line in _related(link))]
    out += _source(article)
    if len(article.pictures) > 1 and not article.markdown:  # in Markdown they stand in the body
        out += ["extra:", "  images:"]
        for picture in article.pictures[1:]:
            first, *rest = _picture(picture.caption, picture.credit, "      ")
            out += [f"    - {first.strip()}", *rest]
    return "\n".join(out) + "\n"


def kept(field: Field | None) -> Any:
    """A field's value when it is sure enough to be written."""
    return None if field is None or field.doubtful else field.value


def _lead(article: Article) -> list[str]:
    lead = article.pictures[0]
    where = [f"  {key}: {quoted(value)}" for key, value in (("src", lead.src), ("alt", lead.alt)) if value]
    lines = [*where, *_picture(lead.caption, lead.credit, "  ")]
    return ["image:", *lines] if lines else []


def _picture(caption: str, credit: str, indent: str) -> list[str]:
    pairs = (("caption", caption), ("credit", credit))
    return [f"{indent}{key}: {quoted(value)}" for key, value in pairs if value]


def _related(link: Link) -> list[str]:
    out = [f"  - title: {quoted(link.title)}", f"    label: {quoted(link.label)}"]
    return [*out, f"    url: {quoted(link.url)}"] if link.url else out


def _source(article: Article) -> list[str]:
    source = article.source
    out = [
        "source:",
        f"  format: {source.format}",
        f"  name: {quoted(source.name)}",
        f"  sha256: {quoted(source.sha256)}",
    ]
    if source.url:
        out.append(f"  url: {quoted(source.url)}")
    if source.row is not None:
        out.append(f"  row: {source.row}")
    return out


def place_of(article: Article) -> str:
    """`2024/a-title.md` or `undated/a-title.md`, before it is made unique."""
    date = kept(article.date)
    folder = str(date)[:4] if date else "undated"
    return f"{folder}/{slug_of(article.title.value)}.md"


def unique(place: str, taken: Mapping[str, Any] | Iterable[str]) -> str:
    """The place, or with `-2`, `-3` … where case-folded it is taken."""
    stem, count, found = place.removesuffix(".md"), 1, place
    while folded_place(found) in taken:
        count += 1
        found = f"{stem}-{count}.md"
    return found


def folded_place(place: str) -> str:
    """A path as file systems that ignore case and normal forms see it."""
    return unicodedata.normalize("NFC", place).casefold()
