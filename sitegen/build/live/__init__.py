"""A site kept in memory while it is edited: what changed on disk in, any one page out.

Invariant: no second way to make a page. The same snapshot, rules and renderer as in a build; what is kept in memory,
patched or taken over is only ever what a build would compute anew.
"""

from sitegen.build.live.preview import Live
from sitegen.build.live.values import Change, LiveOptions, Page

__all__ = ["Change", "Live", "LiveOptions", "Page"]
