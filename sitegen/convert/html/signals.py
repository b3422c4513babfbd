"""What speaks for and against each leaf of a page being the article's: a row of numbers a leaf.

Invariant: pure, and blind to what the leaf says but for common phrases: length, links, place, the names of what holds
it, and how much of what stands near it an extractor took for the article. No site, host or file name is looked at.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log1p
from typing import Any, Final

import numpy as np

from sitegen.convert.html.leaf import Leaf
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.inference.names import is_name, read_byline
from sitegen.convert.inference.phrases import furniture, opens_the_end

SHORT: Final = 24  # letters; a shorter block is found in any text by chance
KINDS: Final = ("text", "heading", "item", "row", "code", "caption")
ZONES: Final = (
    "comments", "related articles", "share buttons", "newsletter", "advertisement", "cookie notice", "navigation",
    "about the author", "article data", "footer", "screen readers", "aside", "form", "hidden",
)  # fmt: skip
# The names of signals that come in rows; put together once, not for each leaf.
_KINDS: Final = tuple((kind, f"kind {kind}") for kind in KINDS)
_ZONES: Final = tuple((zone, f"in {zone}") for zone in ZONES)
_NO_ZONE: Final = dict.fromkeys((name for _, name in _ZONES), False)
_KIN: Final = tuple(
    (f"{name} evidence", f"{name} linked", f"{name} size", back)
    for name, back in (("parent", 2), ("grandparent", 3), ("third", 4))
)
_BESIDE: Final = tuple(
    (f"{name} sure", f"{name} words", f"{name} linked", step) for name, step in (("last", -1), ("next", 1))
)
_REACH: Final = tuple(
    (f"evidence {reach} {name}", f"linked {reach} {name}", f"size {reach} {name}", before, after)
    for reach in (2, 5, 12)
    for name, before, after in (("before", -reach, 0), ("after", 1, 1 + reach))
)
_LETTERS = re.compile(r"[\W_]+")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")


def letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


class Signals:
    """The signals of one page. `rows` has one mapping of name to number for each leaf. Cost: about 15 µs a leaf."""

    def __init__(self, leaves: Sequence[Leaf], witness: str) -> None:
        self.leaves = leaves
        self.spoken = [letters(leaf.text) for leaf in leaves]
        evidence = letters(witness)
        self.found = [bool(own) and own in evidence for own in self.spoken]
        self.sure = [yes and len(own) >= SHORT for own, yes in zip(self.spoken, self.found, strict=True)]
        self.weight = [len(own) for own in self.spoken]
        self.rows: list[dict[str, float]] = [{} for _ in leaves]
        self._own()
        self._marks()
        self._place()
        self._kin()
        self._near()
        self._groups()
        self._sections()

    @property
    def names(self) -> list[str]:
        return list(self.rows[0]) if self.rows else []

    def table(self) -> Any:
        """The rows as a matrix, a column a name."""
        return np.array([list(row.values()) for row in self.rows], dtype=float)

    def _own(self) -> None:
        times = Counter(self.spoken)
        for leaf, row, own, found, sure in zip(self.leaves, self.rows, self.spoken, self.found, self.sure, strict=True):
            words = len(leaf.text.split())
            for kind, name in _KINDS:
                row[name] = leaf.kind == kind
            row["words"] = log1p(words)
            row["letters a word"] = min(len(leaf.text) / max(1, words), 20)
            row["linked"] = leaf.linked / max(1, len(leaf.text))
            row["level"] = leaf.level if leaf.kind == "heading" else 0
            row["ends a sentence"] = bool(_ENDS_SENTENCE.search(leaf.text))
            row["commas"] = min(leaf.text.count(",") / max(1, words), 0.5)
            row["digits"] = sum(map(str.isdigit, leaf.text)) / max(1, len(leaf.text))
            row["quoted"] = len(leaf.quotes) > 0
            row["found"] = found
            row["sure"] = sure
            row["repeated"] = min(times[own] - 1, 3)
            row["furniture"] = bool(furniture(leaf.text))
            row["ends the article"] = opens_the_end(leaf.text)
            row["dated"] = bool(len(leaf.text) < 160 and find_moments(leaf.text))
            row["signed"] = bool(len(leaf.text) < 160 and (read_byline(leaf.text) or is_name(leaf.text)))
            row["lists"] = min(len(leaf.lists), 3)
            row["home"] = min(leaf.home, 4)

    def _marks(self) -> None:
        total = sum(w for w, yes in zip(self.weight, self.sure, strict=True) if yes) or 1
        inside: Counter[str] = Counter()
        for leaf, size, yes in zip(self.leaves, self.weight, self.sure, strict=True):
            if yes:
                inside.update(dict.fromkeys(leaf.marks, size))
        for leaf, row in zip(self.leaves, self.rows, strict=True):
            row.update(_NO_ZONE)
            trusted = {mark for mark in leaf.marks if inside[mark] < 0.4 * total} if leaf.marks else leaf.marks
            if trusted:
                for zone, name in _ZONES:
                    row[name] = zone in trusted
            row["marks"] = min(len(trusted), 3)
            row["evidence in marks"] = min((inside[mark] / total for mark in leaf.marks), default=1.0)

    def _place(self) -> None:
        count = len(self.leaves)
        at = [i for i, yes in enumerate(self.sure) if yes]
        first, last = (at[0], at[-1]) if at else (0, count - 1)
        sums = [0]
        for size in self.weight:
            sums.append(sums[-1] + size)
        title = next((i for i, leaf in enumerate(self.leaves) if leaf.kind == "heading" and leaf.level == 1), -1)
        end = -1
        for i, (leaf, row) in enumerate(zip(self.leaves, self.rows, strict=True)):
            row["place"] = i / max(1, count)
            row["within"] = first <= i <= last
            row["before"] = log1p(sums[first] - sums[i + 1]) if i < first else 0
            row["after"] = log1p(sums[i] - sums[last + 1]) if i > last else 0
            row["leaves after"] = log1p(max(0, i - last))
            row["leaves before"] = log1p(max(0, first - i))
            row["through"] = (sums[i] - sums[first]) / max(1, sums[last + 1] - sums[first])
            row["above the title"] = i < title
            if row["ends the article"] and i > first and leaf.kind in ("heading", "text") and row["through"] > 0.4:
                end = i
            row["since the end"] = log1p(i - end) if end >= 0 else 0
            row["said the end"] = end >= 0

    def _kin(self) -> None:
        """What the elements that hold a leaf hold besides."""
        total: Counter[int] = Counter()
        found: Counter[int] = Counter()
        linked: Counter[int] = Counter()
        depth: dict[int, int] = {}
        for leaf, size, yes in zip(self.leaves, self.weight, self.sure, strict=True):
            for level, ancestor in enumerate(leaf.ancestors):
                total[ancestor] += size
                linked[ancestor] += leaf.linked
                depth[ancestor] = level
                if yes:
                    found[ancestor] += size
        whole = found[self.leaves[0].ancestors[0]] if self.leaves and self.leaves[0].ancestors else 0
        holder = max((one for one, size in found.items() if size >= 0.85 * whole), key=depth.__getitem__, default=-1)
        forms: Counter[str] = Counter()
        sure_forms: Counter[str] = Counter()
        for leaf, size, yes in zip(self.leaves, self.weight, self.sure, strict=True):
            forms[leaf.form] += size
            sure_forms[leaf.form] += size if yes else 0
        for leaf, row, size, yes in zip(self.leaves, self.rows, self.weight, self.sure, strict=True):
            own = size if yes else 0
            row["held"] = holder in leaf.ancestors
            row["below the holder"] = len(leaf.ancestors) - depth.get(holder, 0) if row["held"] else -1
            for evidence, links, sized, back in _KIN:
                one = leaf.ancestors[-min(back, len(leaf.ancestors))]
                whole_of_it = total[one]
                row[evidence] = (found[one] - own) / max(1, whole_of_it - size) if whole_of_it > size else -1
                row[links] = linked[one] / max(1, whole_of_it)
                row[sized] = log1p(whole_of_it)
            rest = forms[leaf.form] - size
            row["form evidence"] = (sure_forms[leaf.form] - own) / rest if rest > 0 else -1
            row["form size"] = log1p(rest)
            shared = [one for one in leaf.ancestors if found[one] - own > 0.5 * whole]
            row["climb to the article"] = len(leaf.ancestors) - len(shared)

    def _near(self) -> None:
        count = len(self.leaves)
        found, total, linked = [0], [0], [0]
        for leaf, size, yes in zip(self.leaves, self.weight, self.sure, strict=True):
            found.append(found[-1] + (size if yes else 0))
            total.append(total[-1] + size)
            linked.append(linked[-1] + leaf.linked)
        for i, row in enumerate(self.rows):
            for sure, words, links, step in _BESIDE:
                j = i + step
                inside = 0 <= j < count
                row[sure] = self.sure[j] if inside else -1
                row[words] = self.rows[j]["words"] if inside else -1
                row[links] = self.rows[j]["linked"] if inside else -1
            for evidence, links, near_by, before, after in _REACH:
                a, b = max(0, i + before), min(count, i + after)
                near = total[b] - total[a] if b > a else 0
                row[evidence] = (found[b] - found[a]) / near if near else -1
                row[links] = (linked[b] - linked[a]) / near if near else -1
                row[near_by] = log1p(near)

    def _groups(self) -> None:
        """Of a list or table: how many entries, how long, how linked."""
        groups: dict[int, list[int]] = defaultdict(list)
        for i, leaf in enumerate(self.leaves):
            one = leaf.table or (leaf.lists[0][0] if leaf.lists else 0)
            if one:
                groups[one].append(i)
        for row in self.rows:
            row["entries"] = row["words of entries"] = row["linked entries"] = row["found entries"] = 0
        for members in groups.values():
            size = sum(self.weight[i] for i in members)
            link = sum(self.leaves[i].linked for i in members) / max(1, size)
            words = sum(self.rows[i]["words"] for i in members) / len(members)
            sure = sum(self.found[i] for i in members) / len(members)
            for i in members:
                self.rows[i].update(
                    {
                        "entries": log1p(len(members)),
                        "words of entries": words,
                        "linked entries": link,
                        "found entries": sure,
                    }
                )

    def _sections(self) -> None:
        """Of a heading: what stands below it, down to the next heading; of all others: their heading."""
        count = len(self.leaves)
        heading = -1
        bounds: dict[int, int] = {}
        for i, leaf in enumerate([*self.leaves, None]):
            if leaf is None or leaf.kind == "heading":
                if heading >= 0:
                    bounds[heading] = i
                heading = i
        for row in self.rows:
            row["section evidence"] = row["section linked"] = -1
            row["section size"] = 0
        starts = sorted(bounds)
        for start in starts:
            stop = bounds[start]
            size = sum(self.weight[start + 1 : stop])
            share = sum(w for w, y in zip(self.weight[start + 1 : stop], self.sure[start + 1 : stop], strict=True) if y)
            link = sum(leaf.linked for leaf in self.leaves[start + 1 : stop])
            for i in range(start, min(stop, count)):
                self.rows[i]["section evidence"] = share / size if size else -1
                self.rows[i]["section linked"] = link / size if size else -1
                self.rows[i]["section size"] = log1p(size)
