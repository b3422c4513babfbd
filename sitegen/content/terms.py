"""An article's words and word pairs, counted and packed: what `related` compares.

Invariant: the same article always gives the same bytes, whatever was parsed before it. The table of known words only
remembers what each says; emptying it changes nothing but time.
No stop words of any language are listed: how common a word is shows over the whole collection, and weighs there.
"""

import sys
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise, starmap
from typing import Final, NamedTuple, TypeVar
from zlib import crc32

from sitegen.model import Terms
from sitegen.regex import regex

TITLE_COUNT: Final = 3  # a word of the title counts as if it stood three times in the text
SUMMARY_COUNT: Final = 4  # and one of a summary that somebody wrote: four times
SHORTEST: Final = 3  # letters; shorter words are particles in every alphabet, but for capitals such as EU or 5G
MAX_WORDS: Final = 400  # distinct words kept of one article, the most frequent: 4 kB at most in usual text
MAX_PAIRS: Final = 200  # word pairs kept of one article
MAX_LETTERS: Final = 100_000  # of a text that are read, some 16,000 words: no article's subject starts later
MAX_TOKEN: Final = 40  # letters between spaces; longer ones are addresses or scripts without spaces, and not remembered
MEMO_TOKENS: Final = 1 << 15  # of other scripts that are remembered, about 10 MB; then the table starts afresh
HASH_MASK: Final = 0xFFFFFFFF
PAIR_FACTOR: Final = 0x9E3779B1  # makes the hash of "a b" another than that of "b a"
MAX_COUNT: Final = 127  # the eighth bit says that the term stands in the title
IN_TITLE: Final = 128

# The alphabets of Europe and what stands between their words: each character is its own compatible form, so that a
# word is a run of letters and figures, and `casefold` alone makes spellings one.
_EUROPEAN: Final = (
    "\x00-\x7f\x85\xa0-§©«¬®°±¶·»¿-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0180-\u01c3ΆΈ-ΊΌΎ-ΡΣ-ώЀ-\u0481\u048a-\u052f"
    "\u1e00-\u1e99\u1e9e-\u1eff\u2000-\u200a\u2010-\u2016\u2018-\u2023\u2026-\u2029\u202f-\u2032\u2039\u203a€№"
)
# Scripts without spaces, and Hangul, whose particles stick to words, are compared by pairs of characters:
# Thai and Lao, Myanmar, Khmer, kana, Han, Hangul, and Han beyond the first plane.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs are no letters to `\w`; without them every Indic word would fall apart.
_MARKS: Final = "\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
_AROUND: Final = ".,:;!?()[]{}<>\"'`*_~|/\\-–—…“”„‘’‚«»‹›¡¿،؛؟۔।"
_BETWEEN: Final = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)  # words in ASCII
_apostrophe = regex("['’]")
_letters = regex(r"[^\W_]+")
_foreign = regex(rf"[^{_EUROPEAN}]")
_unspaced = regex(rf"[{_UNSPACED}]")
_runs = regex(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+")  # of one kind of script

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


class _Read(NamedTuple):
    """The words of a text in its order, by their numbers, and how each was written last."""

    numbers: list[int]
    forms: dict[int, str]


Term = TypeVar("Term")


def weigh(
    title: str,
    summary: str,
    text: str,
    tags: Sequence[str],
    lang: str = "",
    names: Sequence[str] = (),
    *,
    excerpt: str = "",
) -> Terms:
    """The article's terms: every word, and every pair of neighbours that stands twice or outside the running text.

    `summary` is what somebody wrote; without one, an `excerpt` is read before the text as a part of it. `names` are
    authors, categories, series: whatever else articles can have in common. Order: words by first place, then pairs by
    first place. `lang` is not looked at: the script decides how a text is taken apart.
    Cost: about 150 µs for 500 words; of a text `MAX_LETTERS` are read.
    """
    del lang
    words, forms = _read(text[:MAX_LETTERS])
    excerpted: list[int] = []
    if excerpt:
        excerpted, before = _read(excerpt)
        words, forms = excerpted + words, before | forms
    counts = Counter(words)
    every = Counter(pairwise(words))
    pairs = {pair: n for pair, n in every.items() if n > 1}
    if excerpted:
        pairs = {pair: every[pair] for pair in pairwise(excerpted)} | pairs
    if summary:
        _add(_read(summary), SUMMARY_COUNT, counts, pairs, forms)
    for part in (*tags, *names):
        _add(_read_name(part), 1, counts, pairs, forms)
    title_read = _read(title)
    _add(title_read, TITLE_COUNT, counts, pairs, forms)
    return _packed(_most(counts, MAX_WORDS), _most(pairs, MAX_PAIRS), forms, title_read.numbers)


def _read(text: str) -> _Read:
    """The words of a text. In the alphabets of Europe all are found at once, and no table of words is asked: it would
    be larger than the processor's own memory, and to wait for that is slower than to count a checksum anew.
    """
    fold = str.casefold
    if text.isascii():
        runs, fold = text.encode().translate(_BETWEEN).decode().split(), str.lower  # the same here, and quicker
    elif _foreign.search(text) is None:
        runs = _letters.findall(text)
    else:
        said = list(map(_said.__getitem__, text.split()))
        numbers = list(chain.from_iterable([each.numbers for each in said]))
        return _Read(numbers, dict(zip(numbers, chain.from_iterable([each.forms for each in said]), strict=True)))
    written = [run for run in runs if len(run) >= SHORTEST or (len(run) == SHORTEST - 1 and run.isupper())]
    numbers = list(map(crc32, fold(" ".join(written)).encode().split()))
    return _Read(numbers, dict(zip(numbers, written, strict=True)))


class _Said(NamedTuple):
    """A run of characters between spaces: its words' numbers, and each as a reader may see it."""

    numbers: tuple[int, ...]
    forms: tuple[str, ...]


class _Known(dict[str, _Said]):
    """What is said by the runs of characters that were seen in texts of other scripts."""

    def __missing__(self, token: str) -> _Said:
        words = list(_words(token))
        said = _Said(tuple(_number(word) for word, _ in words), tuple(form for _, form in words))
        if len(token) <= MAX_TOKEN:
            if len(self) >= MEMO_TOKENS:
                self.clear()
            self[token] = said
        return said


_said = _Known()


def _number(word: str) -> int:
    """A word's 32-bit hash, which stands for it; the same in every process."""
    return crc32(word.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=4096)
def _read_name(name: str) -> _Read:
    """`_read` of a tag or an author, which come again."""
    return _read(name)


class NamedTerms(NamedTuple):
    """The hashes of a name's words, and of each two that stand side by side."""

    words: tuple[int, ...]
    pairs: tuple[int, ...]


def named_terms(name: str) -> NamedTerms:
    """The terms that a tag of this name adds to an article, as `Terms.hashes` holds them."""
    hashes = _read_name(name).numbers
    pairs = [(first * PAIR_FACTOR + second) & HASH_MASK for first, second in pairwise(hashes)]
    return NamedTerms(tuple(hashes), tuple(pairs))


def _add(
    part: _Read, times: int, counts: dict[int, int], pairs: dict[tuple[int, int], int], forms: dict[int, str]
) -> None:
    """Counts a title or tag that often; its forms give way to those of running text."""
    words, written = part
    for word in words:
        counts[word] = counts.get(word, 0) + times
    if len(words) > 1:
        for pair in pairwise(words):
            pairs[pair] = pairs.get(pair, 0) + times
    for word, form in written.items():
        forms.setdefault(word, form)


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
    counts: dict[int, int], pairs: dict[tuple[int, int], int], forms: dict[int, str], title_words: Sequence[int]
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
    is_whole = len(forms) == len(counts)  # nothing was left out: then both have the same order
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
    return not word.isascii() and _unspaced.match(word) is not None


def _words(token: str) -> Iterator[tuple[str, str]]:
    """The words of a run of characters between spaces, as they compare, and each as a reader may see it."""
    if _foreign.search(token) is None:
        for run in _letters.findall(token):
            if len(run) >= SHORTEST or (len(run) == SHORTEST - 1 and run.isupper()):
                yield run.casefold(), run
        return
    words = []
    for run in _runs.findall(unicodedata.normalize("NFKC", token).casefold().translate(_FOLDED)):
        if unspaced(run):
            words += [run[at : at + 2] for at in range(max(len(run) - 1, 1))]
        elif len(run) >= SHORTEST or (len(run) == SHORTEST - 1 and run.isalpha() and run.upper() in token):
            words.append(run)
    yield from ((word, token if len(words) == 1 else word) for word in words)
