"""What a collection proves about its sites: which lines recur, how dates are written, what follows titles.

Invariant: pure and compact: counts, and no document. It answers for any line, also of a document it never saw.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final
from zlib import crc32

from sitegen.convert.inference.dates import Order
from sitegen.convert.inference.lines import Line

GRAM: Final = 4  # words of a shingle, by which lines recur although a name in them changes
MIN_GRAM_WORDS: Final = 8
GRAM_SHARE: Final = 0.6  # of a line's shingles must recur
SHORT: Final = 5  # words; shorter lines must recur in a larger share, as headings such as "Background" do
_WORDS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
TITLE_BARS = re.compile(r"\s+(?:[|–—·•:»-]|::)\s+")


def key_of(text: str) -> str:
    """A line as evidence counts it: case, spaces, punctuation and numbers do not matter."""
    words = " ".join(_WORDS.findall(text.casefold()))
    return _DIGITS.sub("#", words) if words else text.strip()


def grams_of(text: str) -> set[int]:
    """Checksums of a line's shingles: the same in every process, whatever its hash seed."""
    words = _WORDS.findall(_DIGITS.sub("#", text.casefold()))
    if len(words) < MIN_GRAM_WORDS:
        return set()
    return {crc32(" ".join(words[i : i + GRAM]).encode()) for i in range(len(words) - GRAM + 1)}


class Evidence:
    """Counts over one site's documents. Of no documents, or one, it proves nothing and says so."""

    def __init__(self) -> None:
        self.size = 0
        self.order: Order = ""
        self._lines: Counter[str] = Counter()
        self._exact: Counter[str] = Counter()
        self._grams: Counter[int] = Counter()
        self._dates: Counter[str] = Counter()
        self._endings: dict[str, set[str]] = {}
        self._openings: dict[str, set[str]] = {}
        self._above: Counter[str] = Counter()
        self._below: Counter[str] = Counter()

    def recurs(self, line: Line) -> bool:
        """Whether the line is the site's rather than the article's."""
        if self.size < 2:
            return False
        if line.date_role == "whole":
            return False
        counted = self._exact[line.text] if line.caption or line.byline else self._lines[key_of(line.text)]
        if line.label and line.label.title:
            return counted >= max(3, self.size * 0.5)
        if counted >= self._needed(line.words):
            return True
        grams = grams_of(line.text)
        if self.size < 3 or not grams:
            return False
        needed = self._needed(MIN_GRAM_WORDS)
        return sum(self._grams[gram] >= needed for gram in grams) >= GRAM_SHARE * len(grams)

    def share(self, text: str) -> float:
        """The share of documents that have this line."""
        return self._lines[key_of(text)] / self.size if self.size else 0.0

    def usual(self, text: str) -> float:
        """The same where there are documents enough to say so; else 0."""
        return self.share(text) if self.size >= 4 else 0.0

    def dated(self, day: str) -> float:
        """The share of documents that name this day in a date line; a date in most of them is the site's."""
        return self._dates[day] / self.size if self.size >= 4 else 0.0

    def without_ending(self, title: str) -> str:
        """A title without what the site's titles have in common after or before a bar: its name, mostly."""
        parts = TITLE_BARS.split(title)
        if len(parts) > 1 and len(self._endings.get(key_of(parts[-1]), ())) >= self._needed(1):
            title = title[: title.rindex(parts[-1])].rstrip(" |–—·•:»-")
        if len(parts) > 1 and len(self._openings.get(key_of(parts[0]), ())) >= max(4.0, self.size * 0.5):
            title = title[len(parts[0]) :].lstrip(" |–—·•:»-")
        return title

    def see_title(self, above: str, below: str) -> None:
        """Counts what stands above and below the title of one document."""
        self._above[above] += 1
        self._below[below] += 1

    def in_title_place(self, above: str, below: str) -> float:
        """How usual it is on this site that a title stands between these two, 0 to 1."""
        seen = self._above.total()
        return (self._above[above] + self._below[below]) / (2 * seen) if seen >= 4 else 0.0

    def _needed(self, words: int) -> float:
        if self.size <= 3:
            return max(2, self.size)
        share = max(3.0, self.size * 0.2)
        return share if words < SHORT else min(share, 8.0)

    def add(self, lines: Sequence[Line]) -> None:
        self.size += 1
        named = [line for line in lines if not (line.label and line.label.title)]  # they name other articles' titles
        self._lines.update({key_of(line.text) for line in lines})
        self._exact.update({line.text for line in lines})
        self._dates.update({found.moment.day for line in lines if line.date_role == "whole" for found in line.moments})
        grams: set[int] = set()
        for line in named:
            grams |= grams_of(line.text)
            parts = TITLE_BARS.split(line.text) if len(line.text) < 200 else []
            if len(parts) > 1:
                self._endings.setdefault(key_of(parts[-1]), set()).add(key_of(parts[0]))
                self._openings.setdefault(key_of(parts[0]), set()).add(key_of(parts[-1]))
        self._grams.update(grams)
