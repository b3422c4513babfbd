"""Related lines find the articles that they name, over the whole collection.

Invariant: pure; needs the title and address of every article and nothing else of them. What matches nothing stays
wanted, and so links itself once its article arrives.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

import msgspec

from sitegen.convert.calendar_words import plain
from sitegen.convert.document import Article, Link

NEAR: Final = 0.9  # likeness of two titles, from which they are the same
CANDIDATES: Final = 8  # titles that are compared in full for a near match
_WORD = re.compile(r"\w+")


def resolve(articles: Sequence[Article]) -> list[Article]:
    """The articles with the targets of their links set, in their order. Cost: near linear in titles and links."""
    titles = _Titles(articles)
    out = []
    for article in articles:
        links = tuple(_resolved(link, article, titles) for link in article.links)
        out.append(msgspec.structs.replace(article, links=_distinct(links)) if links else article)
    return out


def _resolved(link: Link, article: Article, titles: "_Titles") -> Link:
    own = article.source
    found = titles.find(link, own.group, own.target)
    return msgspec.structs.replace(link, target=found) if found else link


def _distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each title once, the first of them."""
    kept: dict[str, Link] = {}
    for link in links:
        kept.setdefault(folded(link.title), link)
    return tuple(kept.values())


def folded(title: str) -> str:
    """A title as it is compared: without case, marks, punctuation and doubled spaces."""
    return " ".join(_WORD.findall(plain(title)))


def bare_url(url: str) -> str:
    """An address without scheme, "www", query and closing slash."""
    return re.sub(r"^\w+://(?:www\.)?", "", url).split("#")[0].split("?")[0].rstrip("/")


class _Titles:
    """Titles and addresses of a collection, with the words that lead to them."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._by_title: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._by_url: dict[str, str] = {}
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for article in articles:
            key = folded(article.title.value)
            if not key:
                continue
            if key not in self._by_title:
                for word in set(key.split()):
                    self._by_word[word].append(key)
            self._by_title[key].append((article.source.group, article.source.target))
            if article.source.url:
                self._by_url.setdefault(bare_url(article.source.url), article.source.target)

    def find(self, link: Link, group: str, own: str) -> str:
        """The article that a link means; one of its own site before others. Empty when there is none."""
        if link.url and (target := self._by_url.get(bare_url(link.url), "")) != own and target:
            return target
        key = folded(link.title)
        keys = [key] if key in self._by_title else self._near(key)
        for candidate in keys:
            targets = [entry for entry in self._by_title[candidate] if entry[1] != own]
            if targets:
                return min(targets, key=lambda entry: entry[0] != group)[1]
        return ""

    def _near(self, key: str) -> list[str]:
        words = [word for word in set(key.split()) if word in self._by_word]
        rare = sorted(words, key=lambda word: (len(self._by_word[word]), word))[:4]
        counts = Counter(title for word in rare for title in self._by_word[word][:500])
        likely = sorted(counts, key=lambda title: (-counts[title], title))[:CANDIDATES]
        scored = [(SequenceMatcher(None, key, title, autojunk=False).ratio(), title) for title in likely]
        return [title for ratio, title in sorted(scored, reverse=True) if ratio >= NEAR]
