"""What part of a page an element says that it is, by its tag, role, classes and id: navigation, comments, the article.

Invariant: pure; an element is judged by its own words alone, never by what it holds.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_ZONES: Final = (  # by names that stand alone or between hyphens, underscores, spaces; the first that is named counts
    ("comments", r"comments?|disqus|respond|replies|kommentare?|comment-?list"),
    (
        "related articles",
        (
            r"related|recommend(?:ed|ations?)?|more-?(?:stories|from|on)|read-?(?:more|next|also)|trending|popular|"
            r"most-?(?:read|popular)|outbrain|taboola|teasers?|you-?may|similar|up-?next|post-?nav(?:igation)?|"
            r"jp-relatedposts"
        ),
    ),
    ("share buttons", r"share|sharing|shares|social|socials|addtoany|addthis|sharedaddy|follow-?us"),
    ("newsletter", r"newsletter|subscribe|subscription|sign-?up|signup|paywall|opt-?in|mc_embed"),
    ("advertisement", r"ads?|advert(?:isement)?s?|sponsor(?:ed)?|promo|banner-ad|dfp"),
    ("cookie notice", r"(?!)"),  # by `_of_cookies`
    (
        "navigation",
        (
            r"nav|navbar|navigation|menu|breadcrumbs?|pagination|pager|skip-link|toc|table-of-contents|topbar|masthead|"
            r"sidebar|widget"
        ),
    ),
    ("about the author", r"author-?(?:bio|box|info|card)|about-?(?:the-)?author|bio"),
    ("article data", r"byline|post-?meta|entry-?meta|article-?meta|meta-?data|dateline|tags|tag-?list|tagcloud"),
    ("footer", r"site-?footer|footer|colophon|copyright"),
    ("screen readers", r"sr-only|visually-?hidden|screen-reader-text"),
)
_NAMES: Final = tuple(zone for zone, _ in _ZONES)
_NAMED = re.compile(rf"[\s_-](?:{'|'.join(f'({names})' for _, names in _ZONES)})(?=[\s_-])")  # one look for all of them
_HOME = re.compile(
    r"(?:^|[\s_-])(?:article|entry|post|story|blog|news)?[_-]?"
    r"(?:body|content|text|article|entry|post|story|copy|prose|richtext|rte|wysiwyg|markdown)(?:$|[\s_-])"
)
_ZONE_TAGS: Final = {"nav": "navigation", "footer": "footer", "aside": "aside", "form": "form"}
_HOME_TAGS: Final = frozenset({"article", "main"})
_UNSEEN = re.compile(r"display\s*:\s*none")
_ROLES: Final = {"navigation": "navigation", "contentinfo": "footer", "complementary": "aside", "search": "navigation"}


SPEAKING: Final = frozenset({*_ZONE_TAGS, *_HOME_TAGS})  # of all others without attributes nothing is said


def part_of(tag: str, said: Mapping[str, str]) -> tuple[str, bool]:
    """What part of the page an element says that it is, by its tag and its attributes, empty when it says nothing; and
    whether it says that it holds the article.
    """
    zone = _ZONE_TAGS.get(tag, "")
    if not said:
        return zone, tag in _HOME_TAGS
    named, home = _named(f"{said.get('class', '')} {said.get('id', '')}")
    if not zone:
        zone = _ROLES.get(said.get("role", ""), "")
    if not zone:
        unseen = "hidden" in said or ("style" in said and _UNSEEN.search(said["style"]))
        zone = "hidden" if unseen else named
    return zone, home or tag in _HOME_TAGS or said.get("itemprop") in ("articleBody", "text")


@lru_cache(maxsize=4096)
def _named(named: str) -> tuple[str, bool]:
    """The zone that classes and an id name, empty when they name none; and whether they name the article."""
    named = named.lower()
    home = bool(_HOME.search(named))
    if len(named) < 3 or len(named) > 400:
        return "", home
    found = [one.lastindex - 1 for one in _NAMED.finditer(f" {named} ") if one.lastindex]
    if _of_cookies(named):
        found.append(_NAMES.index("cookie notice"))
    return _NAMES[min(found)] if found else "", home


def _of_cookies(named: str) -> bool:
    """Wherever the words stand. A pattern takes eight times as long."""
    return "cookie" in named or "consent" in named or "gdpr" in named or "cky-" in named or "cmplz" in named
