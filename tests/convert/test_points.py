"""The points by which leaves of a page are judged: a readable table, and learning that finds what is there."""
# ruff: noqa: E501 -- the invented page stands in one piece

import json
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from sitegen.convert.html.blocks import leaves_of
from sitegen.convert.html.points import Points, learnt_points, odds_of
from sitegen.convert.html.signals import Signals
from sitegen.convert.html.tree import parsed

PAGE = (
    "<body><nav><a href='/'>Home</a> <a href='/fish'>Fish market</a></nav><article><h1>A boat</h1>"
    + "".join(f"<p>The harbour was full of people on day {n}, and nobody went home before the lamps were lit.</p>" for n in range(8))
    + "</article><div class='comments'><p>Nice boat, I would like to have one of them, too.</p></div></body>"
)  # fmt: skip


def signals() -> Signals:
    root = parsed(PAGE)
    assert root is not None
    return Signals(
        leaves_of(root), "The harbour was full of people on day 3, and nobody went home before the lamps were lit."
    )


def test_every_signal_that_earns_points_is_measured() -> None:
    assert set(learnt_points().steps) <= set(signals().columns)


def test_the_table_has_a_line_for_each_signal_and_steps_that_rise() -> None:
    text = (files("sitegen.convert.html") / "article_points.json").read_text("utf-8")
    for name, steps in json.loads(text)["steps"].items():
        assert f"\n  {json.dumps(name)}: " in text
        starts = [start for start, _ in steps[1:]]
        assert steps[0][0] is None
        assert starts == sorted(set(starts))


def test_paragraphs_of_the_article_earn_more_than_menus_and_comments() -> None:
    found = signals()
    odds = odds_of(found)
    prose = [own for own, leaf in zip(odds, found.leaves, strict=True) if leaf.text.startswith("The harbour")]
    rest = [own for own, leaf in zip(odds, found.leaves, strict=True) if leaf.marks]
    assert rest
    assert min(prose) > max(rest)


def test_what_speaks_loudest_is_named_with_the_points_that_the_sum_holds() -> None:
    found, points = signals(), learnt_points()
    row = found.row(-1)
    said = points.why(row, count=len(points.steps))
    assert points.base + sum(value for _, value in said) == pytest.approx(odds_of(found)[-1])


def test_learning_finds_the_signal_that_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[2] / "benchmarks"), *sys.path])
    from article_points import boosted

    rng = np.random.default_rng(7)
    table = rng.random((2000, 3))
    wanted = (table[:, 1] > 0.4) * 1.0
    points: Points = boosted(table, wanted, np.ones(2000), ["noise", "cause", "more noise"], 80)
    columns = dict(zip(["noise", "cause", "more noise"], table.T, strict=True))
    assert ((points.of(columns) > 0) == (wanted > 0)).mean() > 0.97
