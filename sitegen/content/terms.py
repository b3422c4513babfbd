"""An article's words and word pairs, counted and packed: what `related` compares.

Invariant: the same article always gives the same bytes, whatever was parsed before it. The table of known words only
remembers what each says; emptying it changes nothing but time.
No stop words of any language are listed: how common a word is shows over the whole collection, and weighs there.
"""

import re
import sys
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise, starmap
from typing import Final, NamedTuple, TypeVar, cast
from zlib import crc32

from sitegen.model import Terms

TITLE_COUNT: Final = 3  # a word of the title counts as if it stood three times in the text
SUMMARY_COUNT: Final = 4  # and one of a summary that somebody wrote: four times
SHORTEST: Final = 3  # letters; shorter words are particles in every alphabet, but for capitals such as EU
MAX_WORDS: Final = 400  # distinct words kept of one article, the most frequent: 4 kB at most in usual text
MAX_PAIRS: Final = 200  # word pairs kept of one article
MAX_LETTERS: Final = 100_000  # of a text that are read, some 16,000 words: no article's subject starts later
MAX_TOKEN: Final = 40  # letters between spaces; longer ones are addresses or scripts without spaces, and not remembered
MEMO_WORDS: Final = 1 << 16  # words remembered, about 8 MB; then the table starts afresh
HASH_MASK: Final = 0xFFFFFFFF
PAIR_FACTOR: Final = 0x9E3779B1  # makes the hash of "a b" another than that of "b a"
MAX_COUNT: Final = 127  # the eighth bit says that the term stands in the title
IN_TITLE: Final = 128

# Scripts without spaces, and Hangul, whose particles stick to words, are compared by pairs of characters:
# Thai and Lao, Myanmar, Khmer, kana, Han, Hangul, and Han beyond the first plane.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs are no letters to `\w`; without them every Indic word would fall apart.
_MARKS: Final = "\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
_AROUND: Final = ".,:;!?()[]{}<>\"'`*_~|/\\-–—…“”„‘’‚«»‹›¡¿،؛؟۔।"
_PUNCTUATION: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"  # of ASCII
_SEPARATING: Final = dict.fromkeys(map(ord, "–—…“”„‘’‚«»‹›"), " ")  # no part of a word, in whatever form
_apostrophe = re.compile("['’]")
_ascii_words = re.compile(r"[a-z0-9]+").findall


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Runs of one kind of script, and one character of a script without spaces. Compiled for the first text that is not
    plain ASCII: a tenth of the time that all imports of the parser take.
    """
    return re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+"), re.compile(rf"[{_UNSPACED}]")


# Vowel points, the stretching stroke and invisible marks are written or left out at will; Arabic and Persian keyboards
# give two letters for one yeh and one kaf, and hamza on alef is as often missing as not.
_UNWRITTEN: Final = dict.fromkeys(
    chain(
        (0x00AD, 0x0640, 0x0670, 0x2060, 0xFEFF),
        *starmap(range, [(0x0591, 0x05C8), (0x0610, 0x061B), (0x064B, 0x0660), (0x06D6, 0x06EE)]),
        *starmap(range, [(0x200B, 0x2010), (0x202A, 0x202F), (0x2066, 0x206A)]),
    )
)
_FOLDED: Final = _UNWRITTEN | str.maketrans("يىكأإآ", "ییکااا")


class _Several:
    """A run of characters between spaces that says several words, such as "re-read": each word and its number."""

    __slots__ = ("numbers", "words")

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.numbers = [_number(word) for word in words]


_Said = int | _Several


def _number(word: str) -> int:
    """A word's 32-bit hash, which stands for it; the same in every process. 0 would be none: one word in 4e9.

    Equal numbers are one object as a rule: that compares at sight, and the table of known words stays small.
    """
    if len(_same) >= MEMO_WORDS:
        _same.clear()
    number = crc32(word.encode("utf-8", "surrogatepass"))
    return _same.setdefault(number, number)


_same: dict[int, int] = {}


class _Numbers(dict[str, _Said]):
    """What a run of characters between spaces says: the number of its folded word; 0 where it says none."""

    def __missing__(self, token: str) -> _Said:
        said = _said(token)
        if len(token) <= MAX_TOKEN:
            if len(self) >= MEMO_WORDS:
                self.clear()
            self[token] = said
        return said


def _said(token: str) -> _Said:
    """What a token says, found out. Most are one plain word in punctuation, which `_fold` would give as well."""
    word = token.lower().strip(_PUNCTUATION) if token.isascii() else ""
    if len(word) >= SHORTEST and word.isalnum():
        return _number(word)
    words = list(_fold(token))
    if len(words) > 1:
        return _Several(words)
    return _number(words[0]) if words else 0


Term = TypeVar("Term")

_numbers = _Numbers()


def weigh(
    title: str,
    summary: str,
    text: str,
    tags: Sequence[str],
    lang: str = "",
    names: Sequence[str] = (),
    *,
    excerpt: str = "",
    tokens: list[str] | None = None,
) -> Terms:
    """The article's terms: every word, and every pair of neighbours that stands twice or outside the running text.

    `summary` is what somebody wrote; without one, an `excerpt` is read before the text as a part of it. `names` are
    authors, categories, series: whatever else articles can have in common. `tokens` are what stands between the spaces
    of the text, from whom knows it. Order: words by first place, then pairs by first place. `lang` is not looked at:
    the script decides how a text is taken apart.
    Cost: about 150 µs for 500 words; of a text `MAX_LETTERS` are read.
    """
    del lang
    if tokens is None or len(text) > MAX_LETTERS:
        tokens = text[:MAX_LETTERS].split()
    words, forms = _read([*excerpt.split(), *tokens] if excerpt else tokens)
    counts = Counter(words)
    every = Counter(pairwise(words))
    pairs = {pair: n for pair, n in every.items() if n > 1}
    if excerpt:
        excerpted = words[: len(_read(excerpt.split())[0])]
        pairs = {pair: every[pair] for pair in pairwise(excerpted)} | pairs
    if summary:
        _add(_read(summary.split()), SUMMARY_COUNT, counts, pairs, forms)
    for part in (*tags, *names):
        _add(_read_name(part), 1, counts, pairs, forms)
    title_read = _read(title.split())
    _add(title_read, TITLE_COUNT, counts, pairs, forms)
    forms.pop(0, None)
    if _Several in map(type, forms):
        for several in [each for each in forms if isinstance(each, _Several)]:
            for number, word in zip(several.numbers, several.words, strict=True):
                forms.setdefault(number, word)  # it never stood alone
    return _packed(_most(counts, MAX_WORDS), _most(pairs, MAX_PAIRS), forms, title_read[0])


_Read = tuple[list[int], dict[_Said, str]]


def _read(tokens: list[str]) -> _Read:
    """The numbers of the folded words of a text, given between spaces, and how the token of each was written last."""
    said = list(map(_numbers.__getitem__, tokens))
    forms = dict(zip(said, tokens, strict=True))
    if _Several not in map(type, forms):
        return list(filter(None, cast("list[int]", said))), forms
    return [
        number for each in said if each for number in (each.numbers if isinstance(each, _Several) else (each,))
    ], forms


@lru_cache(maxsize=4096)
def _read_name(name: str) -> _Read:
    """`_read` of a tag or an author, which come again."""
    return _read(name.split())


class NamedTerms(NamedTuple):
    """The hashes of a name's words, and of each two that stand side by side."""

    words: tuple[int, ...]
    pairs: tuple[int, ...]


def named_terms(name: str) -> NamedTerms:
    """The terms that a tag of this name adds to an article, as `Terms.hashes` holds them."""
    hashes = _read_name(name)[0]
    pairs = [(first * PAIR_FACTOR + second) & HASH_MASK for first, second in pairwise(hashes)]
    return NamedTerms(tuple(hashes), tuple(pairs))


def _add(
    part: _Read, times: int, counts: dict[int, int], pairs: dict[tuple[int, int], int], forms: dict[_Said, str]
) -> None:
    """Counts a title or tag that often; its forms give way to those of running text."""
    words, written = part
    for word in words:
        counts[word] = counts.get(word, 0) + times
    if len(words) > 1:
        for pair in pairwise(words):
            pairs[pair] = pairs.get(pair, 0) + times
    for said, form in written.items():
        forms.setdefault(said, form)


def _most(counts: dict[Term, int], most: int) -> dict[Term, int]:
    """The most frequent, in the order of their first place; of equals, the first."""
    if len(counts) <= most:
        return counts
    least = sorted(counts.values(), reverse=True)[most - 1]
    room = most - sum(count > least for count in counts.values())
    kept = {}
    for term, count in counts.items():
        if count > least or (count == least and room > 0):
            room -= count == least
            kept[term] = count
    return kept


def _packed(
    counts: dict[int, int], pairs: dict[tuple[int, int], int], forms: dict[_Said, str], title_words: Sequence[int]
) -> Terms:
    """The counted terms as bytes; pairs of which a word was not kept are left out."""
    if len(counts) == MAX_WORDS:
        pairs = {pair: count for pair, count in pairs.items() if pair[0] in counts and pair[1] in counts}
    hashes = [*counts, *[(first * PAIR_FACTOR + second) & HASH_MASK for first, second in pairs]]
    asked = {*chain.from_iterable(pairs), *title_words}
    place = {word: at for at, word in enumerate(counts) if word in asked}
    numbers = _capped([*counts.values(), *pairs.values()])
    if title_words:
        at_pair = dict(zip(pairs, range(len(counts), len(numbers)), strict=True))
        named = [place.get(word) for word in title_words] + [at_pair.get(pair) for pair in pairwise(title_words)]
        for at in named:
            if at is not None:
                numbers[at] |= IN_TITLE
    is_whole = len(forms) == len(counts)  # nothing was left out, and none says several: then both have the same order
    return Terms(
        words=" ".join(forms.values() if is_whole else map(forms.__getitem__, counts)),
        hashes=_little_endian(array("I", hashes)),
        counts=bytes(numbers),
        pairs=_little_endian(array("H", map(place.__getitem__, chain.from_iterable(pairs)))),
    )


def _capped(numbers: list[int]) -> list[int]:
    """Counts that leave the eighth bit free; nearly always all do."""
    try:
        if bytes(numbers).isascii():
            return numbers
    except ValueError:  # one is above 255
        pass
    return [min(number, MAX_COUNT) for number in numbers]


def _little_endian(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def spoken(token: str) -> str:
    """One of the `words` of `Terms` as a reader may see it: without what stands around it and without 's or l'."""
    return max(_apostrophe.split(token.strip(_AROUND)), key=len)


def unspaced(word: str) -> bool:
    """Whether a word is of a script without spaces, and so a pair of characters."""
    return not word.isascii() and _patterns()[1].match(word) is not None


def _fold(token: str) -> Iterator[str]:
    """The words of a run of characters between spaces, as they compare."""
    plain = token if token.isascii() else token.translate(_SEPARATING)
    if plain.isascii():
        runs = _ascii_words(plain.lower())
    else:
        runs = _patterns()[0].findall(unicodedata.normalize("NFKC", token).casefold().translate(_FOLDED))
    for run in runs:
        if unspaced(run):
            yield from [run[at : at + 2] for at in range(max(len(run) - 1, 1))]
        elif len(run) >= SHORTEST or (len(run) == SHORTEST - 1 and run.isalpha() and run.upper() in token):
            yield run
