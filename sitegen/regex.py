"""Regular expressions that are compiled when they are first used: modules hold a hundred more than a build has use for,
and compiling those takes longer than the work on one edited article.

Invariant: what stands for a pattern does what the pattern does, and is as quick once it has been used.
"""

import re
from typing import Any, AnyStr, cast


class _Later:
    """Stands for a pattern: what is asked of it is taken over from the pattern, and then its own."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)  # which keeps what it has compiled
        setattr(self, name, found)
        return found


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern that `re.compile` gives, for a name of a module. Cost: 0.3 µs, and at its first use what it saved.

    A fault in it shows at the first use; `tests/test_floors.py` compiles all there are. The `re` of a match is the
    pattern, not what stands for it here.
    """
    return cast("re.Pattern[AnyStr]", _Later(source, flags))
