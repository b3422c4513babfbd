"""Invented news articles for benchmarks: the same seed and count give the same bytes on any machine.

The shape is that of a news archive: articles of about 400 words (log-normal, 80 to 3,000), three to five of 400 tags
each by Zipf's law, a vocabulary per tag so that articles of one tag are alike, headings in half of them, a quotation
in half, a list in two fifths, code in one of twenty, and inline emphasis, links and code in half of the sentences.

Invariant: nothing but the seed decides; words are made up of syllables, so no text is anyone's.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

COMMON = """the a and of in to that it on with as was for by at from but not they this have had are were be been will
would which their there when who more out up then about than into over after before under while where again still
every some other such only also even much many most few new old long first last next same own off down through across
between against during without because though until since however perhaps almost always never often here now soon once
twice well quite rather""".split()
OPENINGS = "b br d dr f fl g gr h k kl l m n p pr r s sk sl st t tr v w z".split()
VOWELS = "a a e e i i o o u ai ea oa ou".split()
CLOSINGS = [*"l m n r s t d k x ll nd nt rn st sk".split(), *[""] * 9]
GIVEN_NAMES = "Ada Bram Cleo Dov Edda Finn Greta Hal Ivo June Kit Lena Milo Nia Otto Pia Rolf Suri Tess Udo".split()
FAMILY_NAMES = (
    "Ash Birk Cole Dorn Elm Frey Gale Holt Iver Joss Kern Lund Moor Nash Oak Pell Rook Sand Thorn Vale".split()
)
PROGRAMS = (
    ("python", "def count(lines):\n    return sum(1 for line in lines if line.strip())\n"),
    ("sql", "SELECT year, sum(copies) FROM issue GROUP BY year ORDER BY year;\n"),
    ("sh", 'for page in *.txt; do\n  wc -w "$page"\ndone\n'),
)
VOCABULARY, TAGS, AUTHORS, WORDS_OF_A_TAG = 7000, 400, 45, 60
FIRST_DAY, DAYS = datetime(2010, 1, 1, tzinfo=UTC), 15 * 365.25
MEDIAN_WORDS, SPREAD, SHORTEST, LONGEST = 315, 0.5, 80, 3000


class Draft(NamedTuple):
    """One article before any generator's layout; `body` is Markdown."""

    slug: str
    title: str
    date: datetime
    tags: tuple[str, ...]
    author: str
    summary: str
    body: str


def zipf(count: int, shift: int) -> list[float]:
    """Cumulative weights 1 / (rank + shift): without the shift, one word would be everywhere."""
    return list(accumulate(1 / (rank + shift) for rank in range(count)))


class Press:
    """Writes articles one after the other; `seed` alone decides what they say."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = self.invent(VOCABULARY)
        self.word_weights = zipf(VOCABULARY, 8)
        self.common_weights = zipf(len(COMMON), 3)
        self.tags = self.invent(TAGS)
        self.tag_weights = zipf(TAGS, 6)  # the foremost tag is on some 15 % of the articles
        self.subjects = [self.chance.sample(self.words[200:], WORDS_OF_A_TAG) for _ in self.tags]
        names = [f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES]
        self.authors = self.chance.sample(names, AUTHORS)

    def invent(self, count: int) -> list[str]:
        """So many different words of one to three syllables, none of them a common one."""
        found: dict[str, None] = {}
        while len(found) < count:
            syllables = self.chance.choice((1, 2, 2, 2, 3, 3))
            word = "".join(
                self.chance.choice(OPENINGS) + self.chance.choice(VOWELS) + self.chance.choice(CLOSINGS)
                for _ in range(syllables)
            )
            if len(word) > 3 and word not in COMMON:
                found[word] = None
        return list(found)

    def articles(self, count: int) -> Iterator[Draft]:
        """`count` articles, oldest first, spread evenly over fifteen years."""
        for number in range(count):
            yield self.article(number, count)

    def article(self, number: int, count: int) -> Draft:
        chance = self.chance
        tags = self.pick_tags(chance.randint(3, 5))
        subjects = [self.subjects[tag] for tag in tags]
        title = self.title(subjects)
        length = chance.lognormvariate(math.log(MEDIAN_WORDS), SPREAD)
        body = self.body(subjects, int(min(LONGEST, max(SHORTEST, length))))
        days = (number + chance.random()) / count * DAYS
        return Draft(
            slug=f"{re.sub(r'[^a-z]+', '-', title.lower())}-{number:06d}",
            title=title,
            date=(FIRST_DAY + timedelta(days=days)).replace(second=0, microsecond=0),
            tags=tuple(self.tags[tag] for tag in tags),
            author=chance.choice(self.authors),
            summary=re.sub(r"[*`\"\[]|\]\([^)]*\)", "", self.sentence(subjects)),
            body=body,
        )

    def pick_tags(self, count: int) -> list[int]:
        found: dict[int, None] = {}
        while len(found) < count:
            found[self.chance.choices(range(TAGS), cum_weights=self.tag_weights)[0]] = None
        return list(found)

    def title(self, subjects: Sequence[Sequence[str]]) -> str:
        return " ".join(
            self.chance.choice(self.chance.choice(subjects)) if self.chance.random() < 0.55 else self.rare()
            for _ in range(self.chance.randint(4, 9))
        ).capitalize()

    def rare(self) -> str:
        return self.chance.choices(self.words, cum_weights=self.word_weights)[0]

    def sentence(self, subjects: Sequence[Sequence[str]]) -> str:
        """Some 18 words: half common, a third of the language, the rest of the article's subjects."""
        chance = self.chance
        count = max(5, int(chance.gauss(18, 6)))
        common = chance.choices(COMMON, cum_weights=self.common_weights, k=count)
        rare = chance.choices(self.words, cum_weights=self.word_weights, k=count)
        words = []
        for position in range(count):
            die = chance.random()
            subject = chance.choice(chance.choice(subjects))
            words.append(common[position] if die < 0.46 else rare[position] if die < 0.78 else subject)
        place = chance.randrange(1, count - 2)
        words[place : place + 2] = self.decorated(words[place], words[place + 1])
        if count > 9 and chance.random() < 0.55:
            words[0] += ","
        text = " ".join(words)
        return text[0].upper() + text[1:] + chance.choice("......?!")

    def decorated(self, first: str, second: str) -> list[str]:
        """Two words, in half of the sentences with the marks that Markdown has for them."""
        die = self.chance.random()
        if die < 0.16:
            return [f"**{first} {second}**"]
        if die < 0.32:
            return [f"*{first}*", second]
        if die < 0.50:
            return [f"[{first} {second}](https://example.org/{self.rare()}/{self.chance.randrange(1000)})"]
        if die < 0.52:
            return [f"`{first}`", second]
        return [f'"{first}"' if die < 0.56 else first, second]

    def paragraph(self, subjects: Sequence[Sequence[str]], least_words: int) -> str:
        sentences: list[str] = []
        while sum(sentence.count(" ") + 1 for sentence in sentences) < least_words:
            sentences.append(self.sentence(subjects))
        return " ".join(sentences)

    def body(self, subjects: Sequence[Sequence[str]], length: int) -> str:
        """Paragraphs up to `length` words, and what breaks them up, each at its place in the article."""
        chance = self.chance
        breaks: list[tuple[float, str]] = []  # the part of the article before it, and its Markdown
        if chance.random() < 0.55:
            count = chance.randint(3, 5)
            marks = ["## " if part == 0 or chance.random() < 0.7 else "### " for part in range(count)]
            breaks += [((part + 1) / (count + 1), mark + self.title(subjects)) for part, mark in enumerate(marks)]
        if chance.random() < 0.5:
            breaks.append((0.3, "> " + self.paragraph(subjects, 25)))
        if chance.random() < 0.4:
            mark = "1. " if chance.random() < 0.3 else "- "
            items = "\n".join(mark + self.sentence(subjects) for _ in range(chance.randint(3, 6)))
            breaks.append((0.55, items))
        if chance.random() < 0.05:
            language, program = chance.choice(PROGRAMS)
            breaks.append((0.7, f"```{language}\n{program}```"))
        breaks.sort()
        blocks: list[str] = []
        words = 0
        while words < length:
            while breaks and words >= breaks[0][0] * length:
                blocks.append(breaks.pop(0)[1])
            blocks.append(self.paragraph(subjects, chance.randint(45, 95)))
            words += blocks[-1].count(" ") + 1
        return "\n\n".join(blocks) + "\n"
