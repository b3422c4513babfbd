"""How terms are weighed and rows are ranked, in plain numbers: what every way to compute related articles goes by.

Invariant: whole numbers, or one IEEE operation deep, and no two ways to write them; imports nothing that is large.
"""

from functools import cache
from math import exp, floor, log
from typing import Final

from sitegen.content.terms import IN_TITLE

KEPT: Final = 10  # neighbours of a row in a table
REASONS: Final = 3  # words or phrases shown for a neighbour

UNIT: Final = 800  # the length of a vector; its square, and half again, must stay below 2**20
TITLE_UNIT: Final = int(UNIT * 0.3)  # what a title adds to what its article offers: to share its words says more
COMMON: Final = 2048  # articles: a term in so many weighs nothing, or the cost would be quadratic
SMALL_BUCKET: Final = 2  # up to 4 articles a term may stand in half of them and weigh
COUNT_WEIGHTS: Final = (  # 16 · (1 + ln n) for a term that stands n times: the tenth time says less
    *(0, 16, 27, 34, 38, 42, 45, 47, 49, 51, 53, 54, 56, 57, 58, 59),
    *(round(16 * (1 + log(n))) for n in range(16, IN_TITLE)),
)
FEW_PART: Final = 8  # more edits, or rows to compute again, than this part of all: building anew is as fast
LATE: Final = 1 << 14  # slots changed by edits, some 50 of them, before a table of frequencies is copied

DAY_S: Final = 86_400
NEAR_DAYS: Final = 365  # how fast nearness in date fades: a subject stays one for about a year
NEAR_SHARE: Final = 0.05  # of a full match, for two articles of one day
LEAST: Final = int(UNIT * UNIT * 0.02)  # of a full match; to have less in common is chance
NO_DATE: Final = -(1 << 63)

# A neighbour is one number: what is better is smaller. Score, then days, and the neighbour's row.
ROW_BITS: Final = 20
DAY_BITS: Final = 15
SCORE_BITS: Final = 20
MAX_ROWS: Final = 1 << ROW_BITS
TOP_SCORE: Final = (1 << SCORE_BITS) - 1
FAR: Final = (1 << DAY_BITS) - 1  # days; also how far an undated article is from all others

_FADED: Final = 11 * NEAR_DAYS  # days from which nearness in date adds nothing


def size_bucket(size: int) -> int:
    """The power of two that a collection's size is rounded up to."""
    return max(size - 1, 0).bit_length()


@cache
def rarities(whole: int) -> tuple[int, ...]:
    """The weight of a term's rarity by the number of articles that hold it (0 to COMMON), in a collection of this
    bucket: a step less with each doubling. 0 for what only one article holds, and for what stands in about half of
    them or in thousands.
    """
    buckets = [count.bit_length() - 1 for count in range(COMMON + 1)]
    most = min(buckets[COMMON], whole - (whole > SMALL_BUCKET))
    return tuple([whole - bucket + 1 if 0 < bucket < most else 0 for bucket in buckets])


def telling_rarity(size: int) -> int:
    """From which weight of rarity a reader learns from a word: in less than an eighth of the articles."""
    return max(min(5, size_bucket(size) - 1), 2)


def terms_kept(size: int) -> int:
    """By how many of its heaviest terms an article is compared: all up to 512 articles, then fewer, 24 in the end.

    More terms find better neighbours, but the cost grows with the square of how many articles hold each.
    """
    return (512, 128, 64, 48, 32, 32, 24)[min(max(size_bucket(size) - 9, 0), 6)]


@cache
def nearness() -> tuple[int, ...]:
    """What nearness in date adds to a score, by days up to FAR. Cost: 1 ms, once."""
    near = [floor(UNIT * UNIT * NEAR_SHARE * exp(-days / NEAR_DAYS)) for days in range(_FADED)]
    return (*near, *([0] * (FAR + 1 - _FADED)))
