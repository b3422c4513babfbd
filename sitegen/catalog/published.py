"""Which articles are shown: the one view that everything which makes an output looks through.

Invariant: no rule below sees the clock; "now" is an argument, and only its effect is read by others.
"""

from collections.abc import Iterable

import msgspec

from sitegen.model import Keys


class Audience(msgspec.Struct, frozen=True):
    """What is shown besides published articles: `build -D -F -E`, and `serve`, which shows drafts and future ones."""

    drafts: bool = False
    future: bool = False
    expired: bool = False


class Due(msgspec.Struct, frozen=True, array_like=True):
    """All that decides whether an article is shown. Seconds since 1970; None for no such moment.

    `start` is its `publish_date`, else its date.
    """

    draft: bool = False
    start: int | None = None
    expires: int | None = None


def starts(keys: Keys) -> int | None:
    """Second at which an article is due: its `publish_date`, else its date; None when it has neither."""
    moment = keys.publish_date or keys.date
    return moment.epoch if moment else None


def due_of(keys: Keys) -> Due:
    """When an article is due."""
    return Due(keys.draft, starts(keys), keys.expires.epoch if keys.expires else None)


def is_future(due: Due, as_of: int) -> bool:
    """Whether an article is not due yet."""
    return due.start is not None and due.start > as_of


def is_published(due: Due, as_of: int, audience: Audience) -> bool:
    """Whether an article is shown to this audience at the second `as_of`."""
    if due.draft and not audience.drafts:
        return False
    if not audience.future and is_future(due, as_of):
        return False
    return audience.expired or due.expires is None or due.expires > as_of


def next_change(articles: Iterable[Due], as_of: int) -> int | None:
    """The first second after `as_of` at which time alone publishes or withdraws an article; None when none will."""
    moments = (
        moment for due in articles for moment in (due.start, due.expires) if moment is not None and moment > as_of
    )
    return min(moments, default=None)
