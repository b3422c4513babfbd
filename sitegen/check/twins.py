"""Articles that say the same: equal titles, equal texts, and texts that share most of their words in a row.

Invariant: near linear: texts meet only where they share a sketch's number, and numbers that many share say nothing.
"""

from collections.abc import Iterator

import numpy as np

from sitegen.catalog.links import fold
from sitegen.check.looking import Looked
from sitegen.check.places import key_place, problem_at
from sitegen.check.sketch import unpacked
from sitegen.errors import Problem, Where

SHARED = 0.7  # of the shorter text's sketch; press agencies' copy that two papers cut differently has more
FEWEST = 12  # numbers of a sketch: about 35 words, below which texts are alike by chance
COMMON = 30  # texts that share a number: more is a phrase of the house


def twin_problems(looked: Looked) -> list[Problem]:
    """A problem for each pair of titles, and each pair of texts, that are the same or nearly."""
    return [*_titles(looked), *_texts(looked)]


def _titles(looked: Looked) -> Iterator[Problem]:
    first: dict[tuple[str, str, str], str] = {}
    for head in looked.site.published:
        if head.keys.kind != "article":
            continue
        key = (fold(head.card.title), head.keys.lang, ",".join(label.slug for label in head.keys.series))
        other = first.setdefault(key, head.keys.source)
        if other != head.keys.source:
            text = looked.source_text(head.keys.source)
            message = f'title: "{head.card.title}" is also the title of {looked.content}/{other}'
            help = "give one of the two another title, or delete it and name its address in the other's  aliases:"
            path = f"{looked.content}/{head.keys.source}"
            yield problem_at(path, text, key_place(text, ("title",)), "duplicate.title", message, help)


def _texts(looked: Looked) -> Iterator[Problem]:
    sources = sorted(head.keys.source for head in looked.site.published)
    sketches = [unpacked(looked.texts[source].text) for source in sources]
    for first, second, share in near_pairs(sketches):
        same = looked.texts[sources[first]] == looked.texts[sources[second]]
        where = Where(f"{looked.content}/{sources[second]}")
        other = f"{looked.content}/{sources[first]}"
        message = f"has the same text as {other}" if same else f"shares {share:.0%} of its text with {other}"
        help = "keep one, and name the other's address in its  aliases:"
        yield Problem(
            code="duplicate.text" if same else "duplicate.near",
            where=where,
            message=message,
            help=help if same else f"{help} ; or leave both, when readers need both",
            severity="warning" if same else "note",
        )


def near_pairs(sketches: list["np.ndarray"]) -> list[tuple[int, int, float]]:
    """Places of texts that share at least `SHARED` of the shorter one, with the share, in order.

    Cost: sorting all numbers: 0.2 s for 5,000 texts of 1,000 words.
    """
    sizes = np.array([len(each) for each in sketches], np.int64)
    if not sizes.sum():
        return []
    numbers = np.concatenate(sketches)
    owners = np.repeat(np.arange(len(sketches), dtype=np.int64), sizes)
    order = np.argsort(numbers, kind="stable")
    numbers, owners = numbers[order], owners[order]
    starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
    lengths = np.diff(np.r_[starts, len(numbers)])
    shared = (lengths > 1) & (lengths <= COMMON)
    pairs = []
    for length in np.unique(lengths[shared]):
        rows = owners[starts[shared & (lengths == length)][:, None] + np.arange(length)]
        left, right = np.triu_indices(int(length), 1)
        pairs.append(rows[:, left].ravel() * len(sketches) + rows[:, right].ravel())
    if not pairs:
        return []
    keys, counts = np.unique(np.concatenate(pairs), return_counts=True)
    first, second = keys // len(sketches), keys % len(sketches)
    smaller = np.minimum(sizes[first], sizes[second])
    share = counts / smaller
    found = np.flatnonzero((share >= SHARED) & (smaller >= FEWEST))
    return [(int(first[n]), int(second[n]), float(share[n])) for n in found]
