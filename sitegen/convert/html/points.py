"""How likely each leaf of a page is the article's: points for each of its signals, added up.

Invariant: pure but for reading its own table once. The table, `article_points.json`, is written by
`benchmarks/article_points.py`: for each signal the steps of its value and the points that each step gives, in log-odds.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import msgspec
import numpy as np

from sitegen.convert.html.signals import Signals

MEDIA: Final = frozenset({"image", "caption", "embed", "code"})  # their neighbours decide


class Points(msgspec.Struct, frozen=True):
    """`steps` holds for each signal (from, points), the first without a from."""

    base: float
    steps: dict[str, list[tuple[float | None, float]]]

    def of(self, table: Any, names: Sequence[str]) -> Any:
        """The log-odds of every row of a table whose columns are called `names`."""
        at = {name: i for i, name in enumerate(names)}
        odds = np.full(len(table), self.base)
        for name, steps in self.steps.items():
            edges = np.array([start for start, _ in steps[1:]])
            odds += np.array([points for _, points in steps])[np.searchsorted(edges, table[:, at[name]], side="right")]
        return odds

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
    """The log-odds of every leaf: the higher, the rather it is the article's. Cost: about 1 µs a leaf and signal."""
    return [float(one) for one in learnt_points().of(signals.table(), signals.names)]
