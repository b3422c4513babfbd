"""What a story is called: by the words that bind its articles, as their titles write them.

Invariant: the name follows from bonds and titles of the story's own articles; ties are broken by the words themselves.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sitegen.catalog.bonds import Bond
from sitegen.model import Label

TERMS: Final = 2  # of which a name is made
IN_TITLES: Final = 2  # times as much counts a term that a title holds
AGREED: Final = 2  # bonds that must agree on a term, but in the smallest stories; one alone is chance

OWN_PART: Final = 3, 2  # a tag is a story's own when at least this part of its articles (2 of 3) carry it ...
OWN_TIMES: Final = 2  # ... and it is on no more than so many times as many articles of the whole site


def story_tag(
    labels: Sequence[Sequence[Label]], titles: Iterable[str], counts: Mapping[str, int], *, own: bool = False
) -> str:
    """The tag that names a story whose articles carry these: with `own` one that hardly stands elsewhere, else the
    rarest of those on all of them; "" without one. `counts` is how many articles of the site carry each, by slug.
    """
    size = len(labels)
    carried = Counter(slug for each in labels for slug in {label.slug for label in each})
    whole, part = OWN_PART
    fitting = [
        (-carried[slug] if own else 0, counts.get(slug, size), slug)
        for slug in carried
        if (carried[slug] * whole >= size * part and counts.get(slug, size) <= OWN_TIMES * size if own else
            carried[slug] == size)
    ]  # fmt: skip
    if not fitting:
        return ""
    slug = min(fitting)[2]
    names = Counter(label.name for each in labels for label in each if label.slug == slug)
    name = min(names.items(), key=lambda item: (-item[1], item[0]))[0]
    return _capital(_written(name.casefold(), Counter((name,)), [f" {title} " for title in sorted(titles)]))


def story_name(bonds: Sequence[Bond], titles: Iterable[str]) -> str:
    """The one or two terms that most bonds have in common, the heaviest first; "" where bonds say nothing."""
    votes: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for bond in bonds:
        for word in bond.words:
            votes[word.casefold()] += 1
            forms.setdefault(word.casefold(), Counter())[word] += 1
    said = [f" {title} " for title in sorted(titles)]
    folded = [title.casefold() for title in said]
    weights = {}
    for term, count in votes.items():
        titled = sum(term in title for title in folded)
        if count >= AGREED or titled >= AGREED or len(bonds) < AGREED:
            weights[term] = (count + min(titled, count)) * (IN_TITLES if titled else 1) * (2 if " " in term else 1)
    chosen: list[str] = []
    for term, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if len(chosen) == TERMS or (chosen and weight * 3 < weights[chosen[0]]):
            break
        if not any(_alike(term, other) for other in chosen):
            chosen.append(term)
    return _capital(", ".join(_written(term, forms[term], said) for term in chosen))


def _alike(one: str, other: str) -> bool:
    """Whether two terms say the same: a shared word, or one the beginning of the other, as in "bakers" and "baker"."""
    return any(a[:5] == b[:5] for a in one.split() for b in other.split())


def _written(term: str, forms: Counter[str], titles: Sequence[str]) -> str:
    """A term as titles write it, else as most articles do."""
    in_titles: Counter[str] = Counter()
    for title in titles:
        at = title.casefold().find(term)
        if at >= 0 and len(title.casefold()) == len(title):
            in_titles[title[at : at + len(term)]] += 1
    return min((in_titles or forms).items(), key=lambda item: (-item[1], item[0]))[0]


def _capital(name: str) -> str:
    """With a capital at its beginning, unless a name such as iPhone has one already."""
    first = name.split(" ", maxsplit=1)[0].rstrip(",")
    return name[:1].upper() + name[1:] if first == first.lower() else name
