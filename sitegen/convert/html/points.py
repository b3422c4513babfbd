"""How likely each leaf of a page is the article's: points for each of its signals, added up.

Invariant: pure but for reading its own table once. The table, `article_points.json`, is written by
`benchmarks/article_points.py`: for each signal the steps of its value and the points that each step gives, in log-odds.
"""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

import msgspec
import numpy as np

from sitegen.convert.html.signals import Signals

MEDIA: Final = frozenset({"image", "caption", "embed", "code"})  # their neighbours decide


class Points(msgspec.Struct, frozen=True, dict=True):
    """`steps` holds for each signal (from, points), the first without a from."""

    base: float
    steps: dict[str, list[tuple[float | None, float]]]

    def of(self, columns: Mapping[str, Any]) -> Any:
        """The log-odds of every leaf, by the columns of its signals."""
        odds = np.full(len(next(iter(columns.values()))), self.base)
        for name, edges, points in self._arrays:
            odds += points[np.searchsorted(edges, columns[name], side="right")]
        return odds

    @cached_property
    def _arrays(self) -> list[tuple[str, Any, Any]]:
        return [
            (name, np.array([start for start, _ in steps[1:]]), np.array([points for _, points in steps]))
            for name, steps in self.steps.items()
        ]

    def why(self, row: dict[str, float], count: int = 4) -> list[tuple[str, float]]:
        """The signals that speak loudest for or against one leaf, with their points."""
        said = [
            (name, steps[bisect_right([start for start, _ in steps[1:] if start is not None], row[name])][1])
            for name, steps in self.steps.items()
        ]
        return sorted(said, key=lambda one: -abs(one[1]))[:count]


@lru_cache(maxsize=1)
def learnt_points() -> Points:
    return msgspec.json.decode((files("sitegen.convert.html") / "article_points.json").read_bytes(), type=Points)


def odds_of(signals: Signals) -> list[float]:
    """The log-odds of every leaf: the higher, the rather it is the article's. Cost: some .5 ms a page."""
    odds: list[float] = learnt_points().of(signals.columns).tolist()
    return odds
