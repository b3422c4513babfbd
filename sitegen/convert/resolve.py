"""What articles call each other, found over the whole collection: by title, by a near title, by address.

Invariant: pure; needs the title and addresses of every article and nothing else of them. What matches nothing stays
wanted, and is linked once its article arrives.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from posixpath import dirname, join, normpath
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from sitegen.catalog.links import fold
from sitegen.convert.document import Link
from sitegen.convert.inference.calendar_words import plain

NEAR: Final = 0.9  # likeness of two titles, from which they are the same
CANDIDATES: Final = 8  # titles that are compared in full for a near match
COMMON: Final = 500  # titles of a word that are looked at
_WORD = re.compile(r"\w+")
_TRACKING = re.compile(r"(?:^|&)(?:utm_\w+|fbclid|gclid|mc_\w+|ref|source|share)=[^&]*", re.IGNORECASE)
_IDS = re.compile(r"(?:^|&)(?:p|page_id|id|post|attachment_id|article|story|nid)=[\w-]+", re.IGNORECASE)
_SHOWN_AS = re.compile(  # below an article's own address, which is more than a host
    r"(?<=[^/\s])/(?:feed(?:/(?:rss2?|atom|rdf))?|amp|embed|trackback|print|comment-page-\d{1,4})(?=\?|$)"
)


class Known(msgspec.Struct, frozen=True, gc=False):  # no circles: forked processes need not copy it
    """An article that others may mean: its place in the folder, its title, and how a report names it."""

    target: str
    title: str
    group: str
    place: str
    headings: tuple[str, ...] = ()


class Names:
    """Titles and addresses of a collection, with the words that lead to them."""

    def __init__(self) -> None:
        self._all: list[Known] = []
        self._by_title: dict[str, list[int]] = defaultdict(list)
        self._by_url: dict[str, int] = {}
        self._by_word: dict[str, list[str]] = defaultdict(list)

    def add(self, known: Known, addresses: Iterable[str]) -> None:
        """Takes an article in. Of two with one address the first is meant."""
        number = len(self._all)
        self._all.append(known)
        for address in addresses:
            if address:
                self._by_url.setdefault(_address_key(address, known.group), number)
        key = folded(known.title)
        if not key:
            return
        if key not in self._by_title:
            for word in set(key.split()):
                self._by_word[word].append(key)
        self._by_title[key].append(number)

    def at(self, address: str, group: str, base: str = "") -> Known | None:
        """The article at an address. A relative one is looked up in its own site, below `base` where that is a path.

        What only shows the same article in another way (its feed, its comments, a page of it) means the article.
        """
        keys = _keys(address, group, base)
        plainer = (_SHOWN_AS.sub("", key) for key in keys if "/" in _SHOWN_AS.sub("", key))
        for key in (*keys, *plainer):
            if (number := self._by_url.get(key)) is not None:
                return self._all[number]
        return None

    def named(self, title: str, group: str, own: str) -> Known | None:
        """The article that a title means; one of its own site before others."""
        key = folded(title)
        for candidate in [key] if key in self._by_title else self._near(key):
            found = [self._all[n] for n in self._by_title[candidate] if self._all[n].target != own]
            if found:
                return min(found, key=lambda one: one.group != group)
        return None

    def _near(self, key: str) -> list[str]:
        words = [word for word in set(key.split()) if word in self._by_word]
        rare = sorted(words, key=lambda word: (len(self._by_word[word]), word))[:4]
        counts = Counter(title for word in rare for title in self._by_word[word][:COMMON])
        likely = sorted(counts, key=lambda title: (-counts[title], title))[:CANDIDATES]
        scored = [(SequenceMatcher(None, key, title, autojunk=False).ratio(), title) for title in likely]
        return [title for ratio, title in sorted(scored, reverse=True) if ratio >= NEAR]


def resolved(links: Iterable[Link], names: Names, group: str, own: str) -> tuple[Link, ...]:
    """The links with their targets set, each title once.

    A link whose article has another title in the end gets that one, so that the site finds it by the same words.
    """
    kept: dict[str, Link] = {}
    for link in links:
        found = names.at(link.url, group) if link.url else None
        if found is None or found.target == own:
            found = names.named(link.title, group, own)
        if found is not None:
            title = link.title if fold(link.title) == fold(found.title) else found.title
            link = msgspec.structs.replace(link, title=title, target=found.target, url="")  # noqa: PLW2901
        kept.setdefault(folded(link.title) or link.url, link)
    return tuple(kept.values())


def folded(title: str) -> str:
    """A title as it is compared: without case, marks, punctuation and doubled spaces."""
    return " ".join(_WORD.findall(plain(title)))


def bare_url(url: str) -> str:
    """An address without scheme, "www", fragment and closing slash; of its query only what names an article."""
    path, _, query = re.sub(r"^\w+://(?:www\.)?", "", url).split("#")[0].partition("?")
    told = sorted(found[0].lstrip("&").lower() for found in _IDS.finditer(_TRACKING.sub("", query)))
    path = re.sub(r"/(?:index\.(?:html?|php))?$", "", unquote(path).replace("/index.php/", "/", 1))
    host, slash, rest = path.partition("/")
    return f"{host.casefold()}{slash}{rest}" + (f"?{'&'.join(told)}" if told else "")


def _address_key(address: str, group: str) -> str:
    return bare_url(address) if re.match(r"\w+://", address) else f"{group} {bare_url('/' + address.lstrip('/'))}"


def _keys(address: str, group: str, base: str) -> list[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return []
    if parts.scheme in ("http", "https"):
        same = (parts.hostname or "").removeprefix("www.") == group
        inside = [_address_key(parts.path + (f"?{parts.query}" if parts.query else ""), group)] if same else []
        return [bare_url(address), *inside]
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return []
    path = parts.path
    if not path.startswith("/") and base:
        path = normpath(join(dirname(base), path))
    whole = path + (f"?{parts.query}" if parts.query else "")
    return [_address_key(whole, group), _address_key(re.sub(r"\.(?:md|markdown|html?)$", "", whole), group)]
