"""What speaks for and against each leaf of a page being the article's: a column of numbers a signal.

Invariant: pure, and blind to what the leaf says but for common phrases: length, links, place, the names of what holds
it, and how much of what stands near it an extractor took for the article. No site, host or file name is looked at.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from math import log1p
from typing import Any, Final

import numpy as np

from sitegen.convert.html.leaf import Leaf
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.inference.phrases import furniture, opens_the_end
from sitegen.convert.one_line import key

SHORT: Final = 24  # letters; a shorter block is found in any text by chance
KINDS: Final = ("text", "heading", "item", "row", "code", "caption")
ZONES: Final = (
    "comments", "related articles", "share buttons", "newsletter", "advertisement", "cookie notice", "navigation",
    "about the author", "article data", "footer", "screen readers", "aside", "form", "hidden",
)  # fmt: skip
DATE_LINE: Final = 160  # characters; in a longer block a date is one of its text
FEWEST: Final = 2  # digits of a date, in any calendar
_KIN: Final = (("parent", 2), ("grandparent", 3), ("third", 4))  # elements that hold a leaf, from the leaf's own
_CLOSING: Final = "\"'”’»)]"
_ENDINGS: Final = frozenset(".!?…。！？।؟")
_DIGITS: Final = b"0123456789"

Column = Any  # an array of numbers, one a leaf


class Signals:
    """The signals of one page: `columns` has for each name an array with one number a leaf. Cost: some 30 µs a leaf,
    most of it for what the leaf says.
    """

    def __init__(self, leaves: Sequence[Leaf], witness: str) -> None:
        self.leaves = leaves
        self.spoken = [key(leaf.text) for leaf in leaves]
        evidence = key(witness)
        self.found = np.array([bool(own) and own in evidence for own in self.spoken], dtype=bool)
        self.size = np.array([len(own) for own in self.spoken], dtype=int)  # letters
        self.sure = self.found & (self.size >= SHORT)
        self.taken = np.where(self.sure, self.size, 0)  # letters of a leaf that the extractor took
        self.linked = np.array([leaf.linked for leaf in leaves], dtype=int)
        self.heading = np.array([leaf.kind == "heading" for leaf in leaves], dtype=bool)
        self.columns: dict[str, Column] = {}
        if leaves:
            for measure in (self._own, self._marks, self._place, self._kin, self._near, self._groups, self._sections):
                self.columns.update(measure())

    def table(self) -> Any:
        """All columns as a matrix, in the order of `columns`."""
        return np.stack([column.astype(float) for column in self.columns.values()], axis=1)

    def row(self, i: int) -> dict[str, float]:
        """All signals of one leaf."""
        return {name: float(column[i]) for name, column in self.columns.items()}

    def _own(self) -> dict[str, Column]:
        leaves = self.leaves
        texts = [leaf.text for leaf in leaves]
        kinds = [leaf.kind for leaf in leaves]
        words = np.array([len(text.split()) for text in texts])
        length = np.array([len(text) for text in texts])
        digits = [_digits(text) for text in texts]
        times = Counter(self.spoken)
        level = np.array([leaf.level for leaf in leaves])
        return {
            **{f"kind {one}": np.array([kind == one for kind in kinds]) for one in KINDS},
            "words": _logs(words),
            "letters a word": np.minimum(length / np.maximum(1, words), 20),
            "linked": self.linked / np.maximum(1, length),
            "level": np.where(self.heading, level, 0),
            "ends a sentence": np.array([text.rstrip(_CLOSING)[-1:] in _ENDINGS for text in texts]),
            "commas": np.minimum(np.array([text.count(",") for text in texts]) / np.maximum(1, words), 0.5),
            "digits": np.array(digits) / np.maximum(1, length),
            "quoted": np.array([len(leaf.quotes) > 0 for leaf in leaves]),
            "found": self.found,
            "sure": self.sure,
            "repeated": np.minimum([times[own] - 1 for own in self.spoken], 3),
            "furniture": np.array([bool(furniture(text)) for text in texts]),
            "ends the article": np.array([opens_the_end(text) for text in texts]),
            "dated": np.array([_dated(text, count) for text, count in zip(texts, digits, strict=True)]),
            "lists": np.minimum([len(leaf.lists) for leaf in leaves], 3),
            "home": np.minimum([leaf.home for leaf in leaves], 4),
        }

    def _marks(self) -> dict[str, Column]:
        """The zones that hold a leaf, but for those in which most of the evidence lies."""
        codes: dict[tuple[str, ...], int] = {}
        of = np.array([codes.setdefault(leaf.marks, len(codes)) for leaf in self.leaves])
        total = int(self.taken.sum()) or 1
        inside: Counter[str] = Counter()
        for marks, size in zip(codes, np.bincount(of, self.taken).tolist(), strict=True):
            inside.update(dict.fromkeys(marks, size))
        trusted = [{mark for mark in marks if inside[mark] < 0.4 * total} for marks in codes]
        least = [min((inside[mark] / total for mark in marks), default=1.0) for marks in codes]
        return {
            **{f"in {zone}": np.array([zone in marks for marks in trusted])[of] for zone in ZONES},
            "marks": np.minimum([len(marks) for marks in trusted], 3)[of],
            "evidence in marks": np.array(least)[of],
        }

    def _place(self) -> dict[str, Column]:
        count = len(self.leaves)
        at = np.arange(count)
        sure = np.flatnonzero(self.sure)
        first, last = (int(sure[0]), int(sure[-1])) if len(sure) else (0, count - 1)
        sums = _sums(self.size)
        title = next((i for i, leaf in enumerate(self.leaves) if leaf.kind == "heading" and leaf.level == 1), -1)
        through = (sums[:-1] - sums[first]) / max(1, sums[last + 1] - sums[first])
        line = np.array([leaf.kind in ("heading", "text") for leaf in self.leaves])
        ends = self.columns["ends the article"] & (at > first) & line & (through > 0.4)
        end = np.maximum.accumulate(np.where(ends, at, -1))
        return {
            "place": at / count,
            "within": (first <= at) & (at <= last),
            "before": _logs(np.where(at < first, sums[first] - sums[1:], 0)),
            "after": _logs(np.where(at > last, sums[:-1] - sums[last + 1], 0)),
            "leaves after": _logs(np.maximum(0, at - last)),
            "leaves before": _logs(np.maximum(0, first - at)),
            "through": through,
            "above the title": at < title,
            "since the end": _logs(np.where(end >= 0, at - end, 0)),
            "said the end": end >= 0,
        }

    def _kin(self) -> dict[str, Column]:
        """What the elements that hold a leaf hold besides."""
        above = [leaf.ancestors for leaf in self.leaves]
        deep = np.array([len(one) for one in above])
        flat = np.fromiter(chain.from_iterable(above), int, deep.sum())  # the ancestors of all leaves in one row,
        of = np.repeat(np.arange(len(above)), deep)  # the leaf of each,
        depth = np.arange(len(flat)) - np.repeat(np.cumsum(deep) - deep, deep)  # and how far it is from the root
        total, found, linked = (np.bincount(flat, one[of]) for one in (self.size, self.taken, self.linked))
        whole = found[above[0][0]]
        holding = (found[flat] > 0) & (found[flat] >= 0.85 * whole)
        at = int(np.argmax(np.where(holding, depth, -1)))  # the deepest element with most of the evidence
        held = np.zeros(len(above), dtype=bool)
        if holding[at]:
            held[of[flat == flat[at]]] = True
        columns = {"held": held, "below the holder": np.where(held, deep - depth[at], -1)}
        for name, back in _KIN:
            one = np.array([each[-min(back, len(each))] for each in above])
            rest = total[one] - self.size
            columns[f"{name} evidence"] = _share(found[one] - self.taken, rest)
            columns[f"{name} linked"] = linked[one] / np.maximum(1, total[one])
            columns[f"{name} size"] = _logs(total[one])
        forms: dict[str, int] = {}
        form = np.array([forms.setdefault(leaf.form, len(forms)) for leaf in self.leaves])
        rest = np.bincount(form, self.size)[form] - self.size
        columns["form evidence"] = _share(np.bincount(form, self.taken)[form] - self.taken, rest)
        columns["form size"] = _logs(rest)
        shared = np.bincount(of, found[flat] - self.taken[of] > 0.5 * whole)
        return columns | {"climb to the article": deep - shared}

    def _near(self) -> dict[str, Column]:
        count = len(self.leaves)
        at = np.arange(count)
        columns: dict[str, Column] = {}
        for name, step in (("last", -1), ("next", 1)):
            beside, inside = np.clip(at + step, 0, count - 1), (at + step >= 0) & (at + step < count)
            for signal, own in (("sure", "sure"), ("words", "words"), ("linked", "linked")):
                columns[f"{name} {signal}"] = np.where(inside, self.columns[own][beside], -1)
        total, found, linked = _sums(self.size), _sums(self.taken), _sums(self.linked)
        for reach in (2, 5, 12):
            for name, before, after in (("before", -reach, 0), ("after", 1, 1 + reach)):
                a, b = np.clip(at + before, 0, count), np.clip(at + after, 0, count)
                near = total[b] - total[a]
                columns[f"evidence {reach} {name}"] = _share(found[b] - found[a], near)
                columns[f"linked {reach} {name}"] = _share(linked[b] - linked[a], near)
                columns[f"size {reach} {name}"] = _logs(near)
        return columns

    def _groups(self) -> dict[str, Column]:
        """Of a list or table: how many entries, how long, how linked."""
        each = [leaf.table or (leaf.lists[0][0] if leaf.lists else 0) for leaf in self.leaves]
        inside = np.array(each) != 0
        _, of, count = np.unique(each, return_inverse=True, return_counts=True)
        words, found = (np.bincount(of, one) / count for one in (self.columns["words"], self.found))
        link = np.bincount(of, self.linked) / np.maximum(1, np.bincount(of, self.size))
        named = {"entries": _logs(count), "words of entries": words, "linked entries": link, "found entries": found}
        return {name: np.where(inside, column[of], 0) for name, column in named.items()}

    def _sections(self) -> dict[str, Column]:
        """Of a heading: what stands below it, down to the next heading; of all others: their heading."""
        starts = np.flatnonzero(self.heading)
        stops = np.append(starts[1:], len(self.leaves))
        size, taken, linked = (
            np.append(sums[stops] - sums[starts + 1], 0) for sums in map(_sums, (self.size, self.taken, self.linked))
        )  # the last is of no section
        of = np.cumsum(self.heading) - 1
        return {
            "section evidence": _share(taken, size)[of],
            "section linked": _share(linked, size)[of],
            "section size": _logs(size)[of],
        }


def _logs(numbers: Column) -> Column:
    """The same logarithms on every machine, which numpy's own are not."""
    return np.array([log1p(number) for number in numbers.tolist()])


def _sums(numbers: Column) -> Column:
    """The sums of all numbers before each, and of all."""
    return np.concatenate(([0], np.cumsum(numbers)))


def _share(part: Column, whole: Column) -> Column:
    """A part of a whole; -1 where the whole is nothing."""
    return np.where(whole > 0, part / np.maximum(1, whole), -1)


def _digits(text: str) -> int:
    if not text.isascii():
        return sum(map(str.isdigit, text))
    packed = text.encode()
    return len(packed) - len(packed.translate(None, _DIGITS))


def _dated(text: str, digits: int) -> bool:
    return digits >= FEWEST and len(text) < DATE_LINE and bool(find_moments(text))
