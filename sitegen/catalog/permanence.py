"""Addresses are promises: which of those ever published would break, and which the next deployment adds.

Invariant: pure. `urls.txt` is a source like any other: a site path a line, "#" before a comment; only `deploy` adds to
it. Addresses that move by nature are no promise: files with a digest in their name, further pages of lists, pictures
that are made of others or of titles, 404.html.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

from sitegen.errors import Problem, Where
from sitegen.notation.words import near
from sitegen.regex import regex

URLS = "urls.txt"
HEADER = "# Every address that was ever published; `sitegen deploy` adds to it. A line that goes is a promise broken.\n"

LONG_NAME = 8  # letters: names of fewer are near to others by chance
NEAR_LOOKS = 20  # broken addresses that near names are looked up for: each compares with every article's name
_MOVES = regex(
    r"/assets/(?:.*/)?[^/]+\.[0-9a-f]{8}(?:\.[^/]*)?"  # a digest in the name
    r"|/(?:.*/)?page/[0-9]+/"  # a window on a list, which moves with every article
    r"|/pictures/[0-9a-f]{12}/[0-9]+\.[a-z]+|/.*social-card\.png"  # copies of a picture; what an own picture replaces
    r"|/404\.html|/sitemap-[0-9]+\.xml|/pagefind/.*|/CNAME|/\.nojekyll",
    re.DOTALL,
)
_ESCAPED = "%#\x7f"  # besides white space and what does not print


def promised(paths: Iterable[str]) -> list[str]:
    """The addresses (site paths, in order) that publishing these output paths promises to keep."""
    found = {"/" + (path[: -len("index.html")] if path.rpartition("/")[2] == "index.html" else path) for path in paths}
    return sorted(url for url in found if not _MOVES.fullmatch(url))


def is_lasting(path: str) -> bool:
    """Whether publishing this output path promises an address; those that move by nature are no promise."""
    return bool(promised((path,)))


def read_urls(content: bytes) -> dict[str, int]:
    """Each address in `urls.txt` with its line, from 1. Comments, empty lines and what is no site path are left out."""
    found: dict[str, int] = {}
    for number, line in enumerate(content.decode("utf-8-sig", "replace").split("\n"), start=1):
        text = line.strip()
        if text.startswith("/"):
            found.setdefault(unquote(text), number)
    return found


def added_urls(content: bytes, paths: Iterable[str]) -> bytes:
    """`urls.txt` with the addresses of these outputs that it does not have yet, after all that it has."""
    known = read_urls(content)
    new = [url for url in promised(paths) if url not in known]
    if not new:
        return content
    before = content or HEADER.encode()
    if not before.endswith(b"\n"):
        before += b"\n"
    return before + "".join(f"{_line(url)}\n" for url in new).encode()


class Broken(NamedTuple):
    """A published address where nothing would stand: its line in `urls.txt`, and the address that took its place.

    The heir is `sure` when it has the same name, or nearly the same long name at the same place.
    """

    url: str
    line: int
    heir: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the heir may be named in an article without asking its author."""
        if not self.heir:
            return False
        own, other = _name(self.url), _name(self.heir)
        same_place = self.url.rstrip("/")[: -len(own)] == self.heir.rstrip("/")[: -len(other)]
        return own == other or (same_place and min(len(own), len(other)) >= LONG_NAME)


def broken_addresses(content: bytes, paths: Iterable[str], articles: Iterable[str]) -> list[Broken]:
    """Each address in `urls.txt` at which none of the outputs `paths` stands, in order of line.

    `articles` are the addresses of published articles, of which an heir is one. Cost: linear.
    """
    if not content:
        return []
    there = set(promised(paths))
    broken = [(url, line) for url, line in read_urls(content).items() if url not in there and not _MOVES.fullmatch(url)]
    if not broken:
        return []
    by_name: dict[str, list[str]] = {}
    for url in sorted(articles):
        by_name.setdefault(_name(url), []).append(url)
    return [Broken(url, line, _heir(url, by_name, look=count < NEAR_LOOKS)) for count, (url, line) in enumerate(broken)]


def broken_urls(
    content: bytes, paths: Iterable[str], articles: Mapping[str, str], mend: Callable[[str], str] = lambda _: ""
) -> list[Problem]:
    """A warning for each broken address; `articles` gives for each published article's address the source that an
    alias would go into, and `mend` the way to mend an address that no article can take; "" for any other.
    """
    return [
        _broken(each.url, each.line, mend(each.url) or _mend(each.url, each.heir, articles))
        for each in broken_addresses(content, paths, articles)
    ]


def _heir(url: str, by_name: Mapping[str, list[str]], *, look: bool) -> str:
    """The address that probably took the place of another: the same name elsewhere, or, with `look`, a near one."""
    name = _name(url)
    found = by_name.get(name, []) if name else []
    if not found and name and look:
        found = by_name.get(near(name, by_name), [])
    return found[0] if len(found) == 1 else ""


def _name(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _mend(url: str, heir: str, articles: Mapping[str, str]) -> str:
    shown = _line(url)
    if heir:
        return f"add  aliases: [{shown}]  to the front matter of {articles[heir]}, which is now at {heir}"
    if url.endswith(("/", ".html")):
        taken = f"add  aliases: [{shown}]  to the front matter of the article that took its place"
        return f"{taken}; when it went for good, take the line out"
    return "put the file back, or take the line out of urls.txt when nobody will miss it"


def _broken(url: str, line: int, help: str) -> Problem:
    shown = _line(url)
    return Problem(
        code="urls.broken",
        where=Where(URLS, line, 1),
        message="was published, and nothing would stand there any more",
        excerpt=shown,
        width=len(shown),
        help=help,
        severity="warning",
    )


def _line(url: str) -> str:
    """An address as a line: readable, but for what a line cannot hold."""
    return "".join(
        quote(letter) if letter in _ESCAPED or letter.isspace() or not letter.isprintable() else letter
        for letter in url
    )
