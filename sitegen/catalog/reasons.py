"""Which words say why one article is near another.

Invariant: follows from the terms of both, and from how rare each is; whoever counted that.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from sitegen.catalog.measure import REASONS, telling_rarity
from sitegen.catalog.packed import Numbers, unpacked
from sitegen.content.function_words import function_words
from sitegen.content.terms import spoken, unspaced
from sitegen.model import Terms

IN_PHRASE: Final = 2  # steps of rarity by which the words of a phrase may be more common than one alone
CONSIDERED: Final = 3  # times as many shared terms are looked at, as phrases swallow words


class Rarity(Protocol):
    """Who knows how many of the articles of a collection hold each term."""

    @property
    def size(self) -> int:
        """How many articles there are."""
        ...

    def rarity(self, hashes: Numbers) -> list[int]:
        """The weight of the rarity of each term: see `measure.rarities`."""
        ...


def told_reasons(
    asks: Mapping[int, int],
    mine: Terms,
    others: Sequence[tuple[Iterable[tuple[int, int]], Terms]],
    frequencies: Rarity,
    n: int = REASONS,
) -> list[tuple[str, ...]]:
    """For each of these neighbours the words and phrases that it is near for, heaviest first; at most n. `asks` is what
    a row asks by term; each of the others comes with what it offers by term.

    A phrase stands for its words; numbers, words of many articles and words such as "the" are no reasons.
    Cost: about 40 µs, and 10 µs a neighbour.
    """
    readable = _Readable.of(mine, frequencies)
    found = []
    for offers, terms in others:
        adds = sorted((-asks[term] * offer, term) for term, offer in offers if term in asks)
        found.append(_named([term for _, term in adds[: n * CONSIDERED]], readable, terms.words, n))
    return found


class _Readable(NamedTuple):
    """The terms of an article unpacked: its words, the two words of each pair, and the number of each hash."""

    words: list[str]
    rarity: list[int]  # of each word
    telling: int  # the least rarity of a word that stands alone
    pairs: list[int]
    numbers: dict[int, int]
    hashes: list[int]

    @classmethod
    def of(cls, terms: Terms, frequencies: Rarity) -> "_Readable":
        hashes = unpacked("I", terms.hashes)
        words = terms.words.split(" ")
        rarity = frequencies.rarity(hashes[: len(words)])
        numbers = dict(zip(every := hashes.tolist(), range(len(hashes)), strict=True))
        ends = unpacked("H", terms.pairs).tolist()
        return cls(words, rarity, telling_rarity(frequencies.size), ends, numbers, every)

    def places(self, term: int) -> tuple[int, ...]:
        """Where the words of a term stand among the words; of a pair with a common word, only the other's place."""
        number = self.numbers[term]
        first = 2 * (number - len(self.words))
        ends = (number,) if first < 0 else (self.pairs[first], self.pairs[first + 1])
        idle = function_words()
        places = tuple(at for at in ends if self.hashes[at] not in idle)
        if len(places) > 1 and min(self.rarity[at] for at in places) >= self.telling - IN_PHRASE:
            return places
        return tuple(at for at in places if self.rarity[at] >= self.telling)


def _named(shared: list[int], mine: _Readable, others: str, n: int) -> tuple[str, ...]:
    """The first n of the shared terms as a reader may see them."""
    heaviest = [mine.places(term) for term in shared]
    paired = {at for place in heaviest if len(place) > 1 for at in place}
    named: list[str] = []
    used: set[int] = set()
    for place in heaviest:
        if len(named) == n:
            break
        if not place or used.intersection(place) or (len(place) == 1 and place[0] in paired):
            continue
        forms = [_form(mine.words[at], others) for at in place]
        if any(form.isdigit() for form in forms):
            continue
        used.update(place)
        named.append(_phrase(forms))
    return tuple(named)


def _form(token: str, others: str) -> str:
    """A word without what stands around it; small where the other article writes it so, for then it is no name."""
    form = spoken(token)
    small = form.lower()
    return small if small != form and f" {small} " in others else form


def _phrase(forms: list[str]) -> str:
    """The words side by side; pairs of characters overlap by one."""
    if len(forms) == 2 and unspaced(forms[0]) and forms[0][-1] == forms[1][0]:
        return forms[0] + forms[1][1:]
    return " ".join(forms)
