"""What part of a page an element says that it is, by its tag, role, classes and id: navigation, comments, the article.

Invariant: pure; an element is judged by its own words alone, never by what it holds.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import re
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement

_ZONES: Final = (
    ("comments", re.compile(r"(?:^|[\s_-])(?:comments?|disqus|respond|replies|kommentare?|comment-?list)(?:$|[\s_-])")),
    (
        "related articles",
        re.compile(
            r"(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|more-?(?:stories|from|on)|read-?(?:more|next|also)|trending|popular|"
            r"most-?(?:read|popular)|outbrain|taboola|teasers?|you-?may|similar|up-?next|post-?nav(?:igation)?|jp-relatedposts)(?:$|[\s_-])"
        ),
    ),
    (
        "share buttons",
        re.compile(r"(?:^|[\s_-])(?:share|sharing|shares|social|socials|addtoany|addthis|sharedaddy|follow-?us)(?:$|[\s_-])"),
    ),
    (
        "newsletter",
        re.compile(r"(?:^|[\s_-])(?:newsletter|subscribe|subscription|sign-?up|signup|paywall|opt-?in|mc_embed)(?:$|[\s_-])"),
    ),
    ("advertisement", re.compile(r"(?:^|[\s_-])(?:ads?|advert(?:isement)?s?|sponsor(?:ed)?|promo|banner-ad|dfp)(?:$|[\s_-])")),
    ("cookie notice", re.compile(r"(?:cookie|consent|gdpr|cky-|cmplz)")),
    (
        "navigation",
        re.compile(
            r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|pagination|pager|skip-link|toc|table-of-contents|topbar|masthead|sidebar|widget)(?:$|[\s_-])"
        ),
    ),
    ("about the author", re.compile(r"(?:^|[\s_-])(?:author-?(?:bio|box|info|card)|about-?(?:the-)?author|bio)(?:$|[\s_-])")),
    ("article data", re.compile(r"(?:^|[\s_-])(?:byline|post-?meta|entry-?meta|article-?meta|meta-?data|dateline|tags|tag-?list|tagcloud)(?:$|[\s_-])")),
    ("footer", re.compile(r"(?:^|[\s_-])(?:site-?footer|footer|colophon|copyright)(?:$|[\s_-])")),
    ("screen readers", re.compile(r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-reader-text)(?:$|[\s_-])")),
)  # fmt: skip
_HOME = re.compile(
    r"(?:^|[\s_-])(?:article|entry|post|story|blog|news)?[_-]?(?:body|content|text|article|entry|post|story|copy|prose|richtext|rte|wysiwyg|markdown)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ZONE_TAGS: Final = {"nav": "navigation", "footer": "footer", "aside": "aside", "form": "form"}
_ROLES: Final = {"navigation": "navigation", "contentinfo": "footer", "complementary": "aside", "search": "navigation"}


def zone_of(element: HtmlElement, tag: str) -> str:
    """What part of the page an element says that it is; empty when it says nothing."""
    if tag in _ZONE_TAGS:
        return _ZONE_TAGS[tag]
    role = element.get("role")
    if role in _ROLES:
        return _ROLES[role]
    style = element.get("style")
    if element.get("hidden") is not None or (style and re.search(r"display\s*:\s*none", style)):
        return "hidden"
    return zone_named(f"{element.get('class') or ''} {element.get('id') or ''}")


@lru_cache(maxsize=4096)
def zone_named(named: str) -> str:
    """The zone that classes and an id name; empty when they name none."""
    named = named.lower()
    if len(named) < 3 or len(named) > 400:
        return ""
    return next((zone for zone, pattern in _ZONES if pattern.search(named)), "")


def is_home(element: HtmlElement, tag: str) -> bool:
    """Whether an element says that it holds the article."""
    if tag in ("article", "main") or element.get("itemprop") in ("articleBody", "text"):
        return True
    return _home_named(f"{element.get('class') or ''} {element.get('id') or ''}")


@lru_cache(maxsize=4096)
def _home_named(named: str) -> bool:
    return bool(_HOME.search(named))
