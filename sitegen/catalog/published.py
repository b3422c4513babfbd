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


def starts(keys: Keys) -> int | None:
    """Second at which an article is due: its `publish_date`, else its date; None when it has neither."""
    moment = keys.publish_date or keys.date
    return moment.epoch if moment else None


def is_future(keys: Keys, as_of: int) -> bool:
    """Whether an article is not due yet."""
    start = starts(keys)
    return start is not None and start > as_of


def is_published(keys: Keys, as_of: int, audience: Audience) -> bool:
    """Whether an article is shown to this audience at the second `as_of`."""
    if keys.draft and not audience.drafts:
        return False
    if not audience.future and is_future(keys, as_of):
        return False
    return audience.expired or keys.expires is None or keys.expires.epoch > as_of


def next_change(articles: Iterable[Keys], as_of: int) -> int | None:
    """The first second after `as_of` at which time alone publishes or withdraws an article; None when none will."""
    moments = (
        epoch
        for keys in articles
        for epoch in (starts(keys), keys.expires.epoch if keys.expires else None)
        if epoch is not None and epoch > as_of
    )
    return min(moments, default=None)
