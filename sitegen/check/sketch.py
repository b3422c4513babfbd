"""Texts as small sets of numbers, so that what two texts have in common is found without keeping either.

Eight words in a row make a shingle; of every four neighbours the one with the least hash is kept (winnowing:
Schleimer, Wilkerson, Aiken, SIGMOD 2003). Invariant: two texts that share `SURE_RUN` words in a row share a number,
whatever stands around them; the numbers depend on the words alone.
"""

import re
from hashlib import blake2b

import numpy as np

from sitegen.regex import regex

SHINGLE = 8  # words
WINDOW = 4  # shingles, of which one is kept
SURE_RUN = SHINGLE + WINDOW - 1  # words in a row that cannot be missed

# Chinese and Japanese are written without spaces: there each character counts as a word.
_WORD = regex(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_PLAIN_WORD = regex(r"\w+", re.ASCII)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: odd, with well-mixed bits
_KEPT_WORDS = 500_000  # hashes kept a process; a language has fewer common words

Sketch = np.ndarray  # of uint32, in order, each once


class _Hashes(dict[str, int]):
    """The hash of each word, made when it is first asked for."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _KEPT_WORDS:
            self.clear()
        found = self[word] = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())
        return found


_hash = _Hashes().__getitem__


def words_of(text: str) -> list[str]:
    """The words of a text without case and punctuation."""
    return (_PLAIN_WORD if text.isascii() else _WORD).findall(text.casefold())


def sketch(words: list[str]) -> Sketch:
    """The numbers of a text; none for fewer than eight words. Cost: about 0.1 µs a word."""
    count = len(words) - SHINGLE + 1
    if count < 1:
        return np.empty(0, np.uint32)
    single = np.fromiter(map(_hash, words), np.uint64, len(words))
    with np.errstate(over="ignore"):
        mixed = np.zeros(count, np.uint64)
        for at in range(SHINGLE):
            mixed = mixed * _MULTIPLIER + single[at : at + count]
        mixed ^= mixed >> np.uint64(29)
        mixed *= _MULTIPLIER
    shingles = (mixed >> np.uint64(32)).astype(np.uint32)
    least = shingles[: max(1, count - WINDOW + 1)]
    for at in range(1, min(WINDOW, count)):
        least = np.minimum(least, shingles[at : at + len(least)])
    return np.unique(least)


def packed(numbers: Sketch) -> bytes:
    """A sketch as bytes, little-endian."""
    return numbers.astype("<u4").tobytes()


def unpacked(content: bytes) -> Sketch:
    """A sketch from `packed`."""
    return np.frombuffer(content, "<u4").astype(np.uint32, copy=False)


def label_of(text: str) -> int:
    """A number for a short text such as a title, the same for any spacing and case."""
    plain = " ".join(text.split()).casefold()
    return int.from_bytes(blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest())


LABEL_WORDS = 3  # a title of fewer words stands in other texts by chance
