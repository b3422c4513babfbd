"""What stands round the title of a page: the lines that are its title, its date and its byline, and not its text.

Invariant: pure but for the fates and facts that it is given; a date that machines are told yields to one that is shown.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date as calendar
from typing import Final

from sitegen.convert.document import Fate, Hint
from sitegen.convert.html.fields import UNSEEN, Facts
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.inference.dates import Found, find_moments
from sitegen.convert.inference.lines import says_updated
from sitegen.convert.inference.names import names_beside, read_byline, read_names
from sitegen.convert.one_line import key

HEAD_LEAVES: Final = 6  # blocks round the title in which a date or byline may stand
MAX_HEAD_LINE: Final = 160  # characters of such a block
MAX_DATE_WORDS: Final = 14
LOGIN: Final = 0.55  # confidence of an author who is known by what looks like a login alone
ACCOUNT: Final = 0.4  # of one who is called as the site's address is, or whom no structured statement names
BESIDE: Final = 3  # blocks from the title within which a date is the article's, whatever the zone is called
WHOLE: Final = 0.7  # share of a heading that a date takes, when it is a date line
MOSTLY: Final = 0.3  # share of a line that a date takes, when it is a date line
_PUBLISHED = re.compile(
    r"\W*(?:first |originally |article )?(?:published|posted|veröffentlicht|erschienen|erstellt|publié|paru|publicado|"
    r"pubblicato|gepubliceerd|geplaatst|publicerad|publisert|udgivet|julkaistu|opublikowano|опубликован\w*|"
    r"發布|发布|公開|게시|نشر|منتشر)\b",
    re.IGNORECASE,
)


def mark_title(leaves: Sequence[Leaf], fates: list[Fate], title: str, shorter: Mapping[str, str]) -> None:
    """The heading that is the title is the field; the same words above the first paragraph are its repetition."""
    own, told = key(title), False
    for i, leaf in enumerate(leaves):
        said = key(leaf.text)
        longer = leaf.kind == "heading" and leaf.level == 1 and len(own) > 14 and said.endswith(own)
        if leaf.kind in ("heading", "text") and (said == own or longer or key(shorter.get(said, "")) == own):
            if not told and leaf.kind == "heading":
                fates[i], told = Fate("field", "title"), True
            elif fates[i].kind == "body":
                fates[i] = Fate("dropped", "title repeated")


def mark_head(leaves: Sequence[Leaf], fates: list[Fate], facts: Facts, start: int) -> None:
    """Date lines and bylines at the head of the article are fields, and not its text."""
    title = next((i for i, fate in enumerate(fates) if fate == Fate("field", "title")), start)
    top = max(0, min(title, start) - HEAD_LEAVES)
    for i in range(top, min(len(leaves), max(start, title) + HEAD_LEAVES)):
        leaf = leaves[i]
        beside = abs(i - title) <= BESIDE
        if len(leaf.text) > MAX_HEAD_LINE or fates[i].kind == "field":
            continue
        if leaf.kind not in ("text", "item", "heading") and not (beside and leaf.kind == "caption"):
            continue
        if leaf.zone.startswith(("related", "comment")) and not beside:
            continue
        moments = find_moments(leaf.text)
        share = (moments[0].end - moments[0].start) / len(leaf.text) if moments else 0
        names = read_byline(leaf.text) or _names_round(leaf.text, moments)
        alone = title < i <= title + 3 and leaf.kind != "heading" and not names and fates[i].kind != "body"
        names = names or (read_names(leaf.text) if alone else ())
        if leaf.kind == "heading" and share < WHOLE:
            continue
        stated = facts.authors is not None and key(leaf.text) and key(leaf.text) in key(facts.authors.value)
        if moments and (share > MOSTLY or (len(leaf.text.split()) <= MAX_DATE_WORDS and i > title - 4)):
            if share > MOSTLY:
                fates[i] = Fate("field", "date")
            if not moments[0].ambiguous and (facts.date is None or facts.date.confidence == UNSEEN):
                facts.date = Hint(leaf.text, 0.75, f"block {i + 1}")
        elif (names or stated) and len(leaf.text.split()) <= MAX_DATE_WORDS:
            fates[i] = Fate("field", "authors")


def said_when(leaves: Sequence[Leaf], fates: list[Fate], start: int, stop: int) -> Hint | None:
    """A line that says when the article was published, wherever it stands, or a date line just below the article."""
    for i, leaf in enumerate(leaves):
        if len(leaf.text) > MAX_HEAD_LINE or leaf.zone.startswith(("related", "comment", "footer", "nav")):
            continue
        moments = find_moments(leaf.text)
        if not moments or moments[0].ambiguous:
            continue
        share = (moments[0].end - moments[0].start) / len(leaf.text)
        published = _PUBLISHED.match(leaf.text) and moments[0].start < 40 and i > start - 20
        if published or (stop - 2 <= i <= stop + 3 and share > MOSTLY):
            if share > MOSTLY and fates[i].kind != "field":
                fates[i] = Fate("field", "date")
            return Hint(leaf.text[: moments[0].end], 0.65 if published else 0.55, f"block {i + 1}")
    return None


def shown_instead(date: Hint, leaves: Sequence[Leaf], fates: Sequence[Fate], start: int) -> Hint:
    """The day that the head of the article shows, where the page tells another one to machines alone.

    A day on which the article was changed counts where the page shows no other: that is how people date such a page.
    What machines are told may be in the zone of Greenwich: then the day before or after, if the page shows that, is the
    one of its place.
    """
    stated = find_moments(date.value)[:1]
    days = {found.moment.day for found in stated}
    same = days | {_swapped(day) for day in days}
    title = next((i for i, fate in enumerate(fates) if fate == Fate("field", "title")), start)
    other: Hint | None = None
    changed: Hint | None = None
    for i, leaf in enumerate(leaves):
        moments = find_moments(leaf.text) if len(leaf.text) < MAX_HEAD_LINE else []
        if any(found.moment.day in same for found in moments):
            return date
        near = title - BESIDE <= i <= max(title, start) + HEAD_LEAVES and not leaf.zone.startswith(
            ("related", "comment")
        )
        if other is None and near and moments and not moments[0].ambiguous and len(leaf.text.split()) <= MAX_DATE_WORDS:
            round_it = leaf.text[: moments[0].start] + leaf.text[moments[0].end :]
            said = Hint(leaf.text, 0.8, f"block {i + 1}")
            if says_updated(round_it):
                changed = changed or said
                continue
            other = said
            if any(_next_to(moments[0].moment.day, day) for day in days):
                return other
    return other or changed or date


def _next_to(day: str, other: str) -> bool:
    return abs((calendar.fromisoformat(day[:10]) - calendar.fromisoformat(other[:10])).days) == 1


def _swapped(day: str) -> str:
    """A day of ISO 8601 with its month and its day of the month the other way round."""
    return f"{day[:5]}{day[8:10]}-{day[5:7]}"


def seen_date(date: Hint, leaves: Sequence[Leaf], reasons: Sequence[str]) -> Hint:
    """A date that the head alone states is surer when the article or what stands round it shows the same day."""
    days = {found.moment.day for found in find_moments(date.value)[:1]}
    for leaf, reason in zip(leaves, reasons, strict=True):
        if (
            reason not in ("related articles", "comments", "footer")
            and len(leaf.text) < 200
            and any(found.moment.day in days for found in find_moments(leaf.text))
        ):
            return Hint(date.value, 0.85, date.origin)
    return date


def is_login(name: str, leaves: Sequence[Leaf]) -> bool:
    """Whether a name is what somebody logs in with: one word of small letters that the page never shows."""
    return bool(re.fullmatch(r"[a-z][a-z0-9._-]*", name)) and not any(name in leaf.text.casefold() for leaf in leaves)


def _names_round(text: str, moments: Sequence[Found]) -> tuple[str, ...]:
    return names_beside(f"{text[: moments[0].start]}  | {text[moments[0].end :]}") if moments else ()
