"""The title of a page, chosen among its headings and what its head states.

Invariant: pure; every title is one that the page has, without the site's name or a kicker.
"""

import re
from collections.abc import Sequence
from typing import Any

from sitegen.convert.document import Hint
from sitegen.convert.html.fields import Facts
from sitegen.convert.inference.evidence import TITLE_BARS
from sitegen.convert.one_line import key


def headline(facts: Facts, headings: list[str], without_ending: Any = None, others: Sequence[str] = ()) -> Hint | None:
    """The title among the candidates; `headings` are the h1 of the page, those nearest to the article first.

    `others` are headings of lower rank at the head of the article.
    """
    found = _headline(facts, headings, without_ending, others)
    if found is None or found.origin not in ("h1", "h2"):
        return found
    text = _bare(facts.shorter.get(key(found.value), found.value), facts.site, None)
    for stated in facts.titles.values():  # the head may state the heading without what a line above it says
        own = key(stated)
        if len(own) > 14 and own != key(text) and key(text).endswith(own) and len(own) > 0.4 * len(key(text)):
            text = stated
    return Hint(text, found.confidence, found.origin)


def _headline(facts: Facts, headings: list[str], without_ending: Any, others: Sequence[str]) -> Hint | None:
    bare = {origin: _bare(text, facts.site, without_ending) for origin, text in facts.titles.items()}
    keys = {origin: key(text) for origin, text in bare.items()}
    raw = {origin: key(text) for origin, text in facts.titles.items()}
    for text in headings:
        own = key(text)
        if len(own) < 3 or own == key(facts.site):
            continue
        if own not in keys.values() and (better := _not_the_site(own, facts, others)):
            return Hint(better, 0.85, "h2")
        if own in keys.values() or (len(own) > 12 and any(own in other for other in raw.values())):
            return Hint(text, 0.97, "h1")
    shared = {text for origin, text in bare.items() if list(keys.values()).count(keys[origin]) > 1}
    told = [text for text in headings if len(text.split()) >= 3 and key(text) != key(facts.site)]
    if told and any(_alike(told[0], text) for text in bare.values()):
        return Hint(told[0], 0.9, "h1")
    if len(told) == 1 and not shared:
        return Hint(told[0], 0.75, "h1")
    for origin in ("og:title", "json-ld headline", "title", "twitter:title"):
        if bare.get(origin):
            return Hint(bare[origin], 0.85 if bare[origin] in shared else 0.7, origin)
    return Hint(headings[0], 0.6, "h1") if headings else None


def _not_the_site(own: str, facts: Facts, others: Sequence[str]) -> str:
    """Another heading that the head names, too, when an h1 is only one part of the page's title."""
    for stated in facts.titles.values():
        parts = [key(part) for part in TITLE_BARS.split(stated)]
        if len(parts) > 1 and own in (parts[0], parts[-1]):
            rest = set(parts) - {own}
            for text in others:
                if len(key(text)) > 5 and key(text) in rest:
                    return text
    return ""


def _alike(one: str, other: str) -> bool:
    a, b = set(re.findall(r"\w+", one.casefold())), set(re.findall(r"\w+", other.casefold()))
    return len(a & b) >= 0.5 * max(1, min(len(a), len(b)))


def _bare(text: str, site: str, without_ending: Any) -> str:
    """A title without the site's name."""
    if without_ending is not None:
        text = without_ending(text)
    parts = TITLE_BARS.split(text)
    if len(parts) < 2:
        return text
    own = key(site)
    if own and (key(parts[-1]) == own or own in key(parts[-1]) or (len(key(parts[-1])) > 4 and key(parts[-1]) in own)):
        return text[: text.rindex(parts[-1])].rstrip(" |–—·•:»-")
    if own and key(parts[0]) == own:
        return text[len(parts[0]) :].lstrip(" |–—·•:»-")
    bar = re.search(r"\s+[|»·•]\s+", text)
    if bar and len(text[: bar.start()].split()) >= 3:
        return text[: bar.start()]
    return text
