"""The reader of Medium's exports: a zip with a page a story in `posts/`.

Invariant: pure; a story that was never published, and an answer to somebody else's story, become drafts. What else the
archive holds (bookmarks, claps, sessions, the profile) is the account's, is not opened, and is counted in a message.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

from sitegen.content.slugs import explicit_slug
from sitegen.convert.document import Document, Source
from sitegen.convert.exports.document import Article, document_of
from sitegen.convert.exports.footnotes import leaves_with_notes, without_marks
from sitegen.convert.formats import Reading
from sitegen.convert.html.tree import parsed
from sitegen.convert.one_line import key
from sitegen.convert.readers.html import page_text
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.convert.web_address import address_parts
from sitegen.errors import Problem

_ID = re.compile(r"-?([0-9a-f]{8,16})$")
_OWN_HOSTS: Final = ("medium.com",)


def read(tree: Tree, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format medium."""
    stories = [name for name in tree.names if name.startswith("posts/") and name.endswith(".html")]
    ids = frozenset(found[1] for name in stories if (found := _ID.search(name.removesuffix(".html"))))
    for name in stories:
        file = tree.file(name)
        yield file if isinstance(file, Problem) else read_story(file, ids)
    others = len(tree.names) - len(stories)
    if others:
        said = f"files of the export that hold no story, and were left out: {others}"
        yield problem(tree.path, said, code="import.left-out", warning=True)


def read_story(file: SourceFile, ids: frozenset[str] = frozenset()) -> Document | Problem:
    """The story of one page. `ids` are the numbers of all stories in the export, which links to them end in."""
    text, notes = page_text(file.content)
    root = parsed(without_marks(text))
    body = _find(root, "section", "e-content") if root is not None else None
    if root is None or body is None:
        said = "the page is no story of a Medium export"
        return problem(file.path, said, "give it alone, as a saved web page", code="import.medium")
    url = _href(root, "p-canonical")
    slug = _slug(url, file.name)
    title = _words(_find(root, "h1", "p-name"))
    subtitle = _words(_find(root, "section", "p-summary"))
    response = _is_response(body, title)
    dropped = _settle(body, title, subtitle)
    for link in body.iter("a"):
        found = _ID.search(address_parts(link.get("href") or "").path)
        if found and found[1] in ids:  # however it is written
            link.set("href", f"https://medium.com/p/{found[1]}")
    time = _find(root, "time", "dt-published")
    date = (time.get("datetime") or "") if time is not None else ""
    host = (address_parts(url).hostname or "").removeprefix("www.")
    own = not any(host == one or host.endswith("." + one) for one in _OWN_HOSTS)
    why = [] if url or date else ["is a draft"]
    if response:
        why.append("looks like an answer to somebody else's story")
    source = Source(
        path=file.path, name=file.name, format="medium", sha256=file.sha256, group=host or file.folder, url=url
    )
    stated = {
        "date": date, "authors": [name for one in _all(root, "a", "p-author") if (name := _words(one))],
        "tags": [name for one in _all(root, "a", "p-tag") if (name := _words(one))], "summary": subtitle,
        "slug": slug, "aliases": [address_parts(url).path.rstrip("/") + "/"] if url and own and not why else [],
    }  # fmt: skip
    addresses = (url, *(f"https://medium.com/p/{found[1]}" for found in [_ID.search(url or file.name[:-5])] if found))
    article = Article(
        title=title, stated=stated, leaves=leaves_with_notes(body, (), url), dropped=dropped, why_draft=why,
        notes=list(notes), addresses=addresses,
    )  # fmt: skip
    return document_of(article, source, file)


def _all(root: HtmlElement, tag: str, name: str) -> list[HtmlElement]:
    return [one for one in root.iter(tag) if name in (one.get("class") or "").split()]


def _find(root: HtmlElement, tag: str, name: str) -> HtmlElement | None:
    return next(iter(_all(root, tag, name)), None)


def _words(element: HtmlElement | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _href(root: HtmlElement, name: str) -> str:
    found = _find(root, "a", name)
    href = (found.get("href") or "") if found is not None else ""
    return href if href.startswith(("http://", "https://")) else ""


def _slug(url: str, name: str) -> str:
    """The words of an address, without the number that Medium puts at its end."""
    path = address_parts(url).path.rstrip("/").rpartition("/")[2] if url else ""
    stem = re.sub(r"^(?:draft|\d{4}-\d\d-\d\d)_", "", name.rpartition("/")[2].removesuffix(".html"))
    words = _ID.sub("", path) or _ID.sub("", stem)
    return explicit_slug(words.strip("-").lower())


def _is_response(body: HtmlElement, title: str) -> bool:
    """Whether the "title" is only the beginning of the text, as it is where nobody gave one."""
    first = next((one for one in body.iter("p") if _words(one)), None)
    headed = next((one for one in body.iter("h1", "h2", "h3", "h4", "figure")), None)
    if first is None or headed is not None or len(key(title)) < 8:
        return False
    return key(_words(first)).startswith(key(title.rstrip(".… ")))


def _settle(body: HtmlElement, title: str, subtitle: str) -> list[tuple[str, str]]:
    """Takes out what the head says again; the rule that opens every section stays between sections alone."""
    dropped: list[tuple[str, str]] = []
    rules = [one for one in body.iter("hr") if "section-divider" in (one.get("class") or "")]
    for rule in rules[:1]:
        rule.getparent().remove(rule)
    for element in list(body.iter("h1", "h2", "h3", "h4")):
        named = (element.get("class") or "").split()
        said = key(_words(element))
        if said == key(title) and "graf--title" in named:
            dropped.append((_words(element), "title repeated"))
        elif said == key(subtitle) and "graf--subtitle" in named:
            dropped.append((_words(element), "summary repeated"))
        else:
            continue
        element.getparent().remove(element)
    for code in body.iter("pre"):
        _tidy_code(code)
    for frame in list(body.iter("a")):
        _mixtape(frame, dropped)
    return dropped


def _tidy_code(code: HtmlElement) -> None:
    """Lines stand apart by `<br>`; the ends of lines round them belong to the file, not to the code."""
    for line_break in code.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "").lstrip("\n")
    for inner in code.iter("code"):
        inner.tail = (inner.tail or "").strip() or None
    for line_break in list(code.iter("br")):
        line_break.drop_tag()
    code.text = (code.text or "").strip() or None
    for inner in list(code.iter("code")):
        text = "".join(inner.itertext()).strip("\n")
        lines = text.split("\n")
        lines[0], lines[-1] = lines[0].lstrip() if not code.text else lines[0], lines[-1].rstrip()
        for child in list(inner):
            inner.remove(child)
        inner.text = "\n".join(lines).rstrip()


def _mixtape(card: HtmlElement, dropped: list[tuple[str, str]]) -> None:
    """A card that links to another page: its title stays as the link, its picture is the other page's."""
    if "markup--mixtapeEmbed-anchor" not in (card.get("class") or ""):
        return
    strong = next(card.iter("strong"), None)
    said = _words(strong) or _words(card)
    if strong is not None and (rest := _words(card).removeprefix(said).strip()):
        dropped.append((rest, "description of a linked page"))
    for child in list(card):
        card.remove(child)
    card.text = said
    holder = card.getparent()
    for image in [one for one in holder if one.tag == "a" and "mixtapeImage" in (one.get("class") or "")]:
        dropped.append((image.get("href") or "", "picture of a linked page"))
        holder.remove(image)
    etree.strip_elements(holder, "script", with_tail=False)
