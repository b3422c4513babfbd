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
    ("cookie notice", r"(?!)"),  # by `_COOKIES`
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
_COOKIES = re.compile(r"cookie|consent|gdpr|cky-|cmplz")  # wherever they stand
_HOME = re.compile(
    r"(?:^|[\s_-])(?:article|entry|post|story|blog|news)?[_-]?"
    r"(?:body|content|text|article|entry|post|story|copy|prose|richtext|rte|wysiwyg|markdown)(?:$|[\s_-])"
)
_ZONE_TAGS: Final = {"nav": "navigation", "footer": "footer", "aside": "aside", "form": "form"}
_UNSEEN = re.compile(r"display\s*:\s*none")
_ROLES: Final = {"navigation": "navigation", "contentinfo": "footer", "complementary": "aside", "search": "navigation"}


def zone_of(tag: str, said: Mapping[str, str]) -> str:
    """What part of the page an element says that it is, by its tag and its attributes; empty when it says nothing."""
    if tag in _ZONE_TAGS:
        return _ZONE_TAGS[tag]
    if not said:
        return ""
    if (role := said.get("role")) in _ROLES:
        return _ROLES[role]
    if "hidden" in said or ("style" in said and _UNSEEN.search(said["style"])):
        return "hidden"
    return zone_named(f"{said.get('class', '')} {said.get('id', '')}")


@lru_cache(maxsize=4096)
def zone_named(named: str) -> str:
    """The zone that classes and an id name; empty when they name none."""
    named = named.lower()
    if len(named) < 3 or len(named) > 400:
        return ""
    found = [one.lastindex - 1 for one in _NAMED.finditer(f" {named} ") if one.lastindex]
    if _COOKIES.search(named):
        found.append(_NAMES.index("cookie notice"))
    return _NAMES[min(found)] if found else ""


def is_home(tag: str, said: Mapping[str, str]) -> bool:
    """Whether an element says that it holds the article."""
    if tag in ("article", "main"):
        return True
    if not said:
        return False
    return said.get("itemprop") in ("articleBody", "text") or _home_named(
        f"{said.get('class', '')} {said.get('id', '')}"
    )


@lru_cache(maxsize=4096)
def _home_named(named: str) -> bool:
    return bool(_HOME.search(named.lower()))
