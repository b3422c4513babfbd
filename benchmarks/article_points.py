"""Learns the points by which the leaves of a page are judged, and writes them as a table that a person can read.

    python benchmarks/article_points.py FOLDER... -o sitegen/convert/html/article_points.json

Each FOLDER holds `truth.jsonl` (an `id`, a `url` and the article's `body` a line, optionally its `markdown`) and the
pages as `html/ID.html.gz`. The model is a sum: each signal of `html/signals` has steps, each step has points; the
points of a leaf add up to log-odds. They are learnt by boosting stumps. Folds are by site, and the figures printed are
of sites that were not learnt from. (A second sum over the points of a leaf's neighbours was tried; it gained nothing.)
"""

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import msgspec
import numpy as np

from sitegen.convert.html.blocks import leaves_of
from sitegen.convert.html.content import main_text
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.points import MEDIA, Points
from sitegen.convert.html.signals import Signals
from sitegen.convert.html.tree import parsed
from sitegen.convert.readers.html import page_text

FOLDS = 4
STEPS = 24  # per signal
ROUNDS = 350
RATE = 0.15
SHRINK = 12.0  # added to the weight of a step, so that rare ones earn few points
_WORDS = re.compile(r"\w+")


class Page(msgspec.Struct):
    """What is learnt from a page: its leaves' signals, the share of each that is the article's, their words."""

    site: str
    folder: str
    leaves: list[Leaf]
    table: np.ndarray
    names: list[str]
    shares: np.ndarray  # -1 where nothing can be said
    words: np.ndarray
    article: int  # words


def site_of(url: str) -> str:
    parts = (urlsplit(url).hostname or url).removeprefix("www.").split(".")
    return ".".join(parts[-2:]) if len(parts) > 2 and len(parts[-2]) > 3 else ".".join(parts)


def shares_of(leaves: list[Leaf], truth: dict[str, Any]) -> np.ndarray:
    """Of every leaf, the share that the article has: by runs of four words, short ones by whole lines."""
    said = [word.casefold() for word in _WORDS.findall(truth["body"])]
    runs = {tuple(said[i : i + 4]) for i in range(len(said) - 3)}
    marked = re.sub(r"[*_`>#|\\]|\]\([^)]*\)", " ", truth.get("markdown") or "")
    lines = Counter(" ".join(_WORDS.findall(line.casefold())) for line in f"{truth['body']}\n{marked}".split("\n"))
    out = []
    for leaf in leaves:
        words = [word.casefold() for word in _WORDS.findall(leaf.text)]
        own = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
        if not words or leaf.kind in MEDIA:
            out.append(-1.0)
        elif (len(words) < 6 or leaf.kind == "heading") and lines[" ".join(words)]:
            out.append(1.0)
        else:
            out.append(sum(run in runs for run in own) / len(own) if own else 0.0)
    return np.array(out)


def read_page(folder: Path, truth: dict[str, Any], cache: Path | None) -> Page | None:
    text, _ = page_text(gzip.decompress((folder / "html" / f"{truth['id']}.html.gz").read_bytes()))
    root = parsed(text)
    if root is None or not truth.get("body"):
        return None
    body = root.find("body")
    leaves = leaves_of(body if body is not None else root)
    kept = cache / f"{folder.name}-{truth['id']}.txt" if cache else None
    witness = kept.read_text("utf-8") if kept and kept.exists() else main_text(root, leaves)
    signals = Signals(leaves, witness)
    return Page(
        site=site_of(truth.get("url") or truth["id"]), folder=folder.name, leaves=leaves, names=list(signals.columns),
        table=signals.table(), shares=shares_of(leaves, truth), article=len(_WORDS.findall(truth["body"])),
        words=np.array([len(_WORDS.findall(leaf.text)) for leaf in leaves]),
    )  # fmt: skip


# ---- boosting


def edges_of(column: np.ndarray) -> np.ndarray:
    """Where the steps of a signal begin, by its quantiles."""
    values = np.unique(column)
    if len(values) > STEPS:
        values = np.unique(np.quantile(column, np.linspace(0, 1, STEPS + 1)[1:-1], method="nearest"))
    return values[1:] if len(values) > 1 else values


def boosted(table: np.ndarray, wanted: np.ndarray, weight: np.ndarray, names: list[str], rounds: int) -> Points:
    """Points by boosting stumps: each round gives the signal whose one cut helps most a little more of its cut."""
    rng = np.random.default_rng(1)
    edges = [edges_of(table[:, i]) for i in range(table.shape[1])]
    width = max(len(edge) for edge in edges) + 1
    binned = np.stack([np.searchsorted(edge, table[:, i], side="right") for i, edge in enumerate(edges)], axis=1)
    flat = binned + np.arange(len(edges)) * width
    points = np.zeros((len(edges), width))
    weight = weight / weight.mean()
    base = float(np.log((weight * wanted).sum() / (weight * (1 - wanted)).sum()))
    odds = np.full(len(wanted), base)
    for _ in range(rounds):
        some = rng.random(len(wanted)) < 0.25
        sure = 1 / (1 + np.exp(-odds[some]))
        slope, bend = weight[some] * (wanted[some] - sure), weight[some] * sure * (1 - sure)
        at = flat[some].ravel()
        each = len(edges)
        g = np.bincount(at, np.repeat(slope, each), each * width).reshape(each, width).cumsum(1)
        h = np.bincount(at, np.repeat(bend, each), each * width).reshape(each, width).cumsum(1)
        right_g, right_h = g[:, -1:] - g, h[:, -1:] - h
        gain = g**2 / (h + SHRINK) + right_g**2 / (right_h + SHRINK)
        gain[(h < 1) | (right_h < 1)] = -1
        one, cut = divmod(int(gain.argmax()), width)
        low = RATE * g[one, cut] / (h[one, cut] + SHRINK)
        high = RATE * right_g[one, cut] / (right_h[one, cut] + SHRINK)
        points[one, : cut + 1] += low
        points[one, cut + 1 :] += high
        odds += np.where(binned[:, one] <= cut, low, high)
    used = [i for i in range(len(edges)) if np.ptp(points[i]) > 0]
    return Points(
        base=round(base, 3),
        steps={
            names[i]: [
                (None if k == 0 else round(float(edges[i][k - 1]), 4), round(float(points[i, k]), 3))
                for k in range(len(edges[i]) + 1)
                if k == 0 or round(float(points[i, k]), 3) != round(float(points[i, k - 1]), 3)
            ]
            for i in used
        },
    )


def learnt(pages: list[Page], rounds: int = ROUNDS) -> Points:
    """Points from pages; long leaves weigh more, and every page about the same."""
    shares = np.concatenate([page.shares for page in pages])
    weight = np.concatenate([np.sqrt(page.words / max(60, page.article)) for page in pages])
    known = (shares >= 0) & (weight > 0)
    table = np.concatenate([page.table for page in pages])[known]
    return boosted(table, (shares[known] > 0.5) * 1.0, weight[known], pages[0].names, rounds)


def fold(site: str) -> int:
    return crc32(f"fold {site}".encode()) % FOLDS


def figures(pages: list[Page], odds: list[np.ndarray], least: float) -> str:
    out = []
    for folder in sorted({page.folder for page in pages}):
        precision, recall = [], []
        for page, own in zip(pages, odds, strict=True):
            if page.folder == folder:
                keep = (own > least) & (page.shares >= 0)
                right = float((np.maximum(page.shares, 0) * page.words)[keep].sum())
                if page.words[keep].sum():
                    precision.append(min(1.0, right / page.words[keep].sum()))
                recall.append(min(1.0, right / max(1, page.article)))
        p, r = np.mean(precision), np.mean(recall)
        out.append(f"{folder} F1 {2 * p * r / (p + r):.4f} (P {p:.4f} R {r:.4f})")
    return "; ".join(out)


def readable(points: Points) -> str:
    """JSON with a line for each signal, the weightiest first."""
    order = sorted(points.steps.items(), key=lambda one: -max(abs(value) for _, value in one[1]))
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(steps)}" for name, steps in order)
    return f'{{\n "base": {points.base},\n "steps": {{\n{lines}\n }}\n}}\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--aside", action="store_true", help="leave a third of the sites out of learning altogether")
    parser.add_argument("--cache", type=Path, help="folder with what the extractor found, FOLDER-ID.txt")
    parser.add_argument("--check", action="store_true", help="learn on three folds of sites and judge the fourth, too")
    options = parser.parse_args()
    pages = [
        page
        for folder in options.folders
        for line in (folder / "truth.jsonl").read_text("utf-8").split("\n")
        if line.strip() and (page := read_page(folder, json.loads(line), options.cache))
    ]
    if options.aside:
        pages = [page for page in pages if crc32(page.site.encode()) % 3 != 2]
    print(len(pages), "pages,", sum(len(page.leaves) for page in pages), "leaves", flush=True)
    if options.check:
        order, odds = [], []
        for part in range(FOLDS):
            points = learnt([page for page in pages if fold(page.site) != part])
            for page in pages:
                if fold(page.site) == part:
                    order.append(page)
                    odds.append(points.of(dict(zip(page.names, page.table.T, strict=True))))
        for least in (-0.6, -0.3, 0.0, 0.3):
            print(least, figures(order, odds, least), flush=True)
    if options.output:
        options.output.write_text(readable(learnt(pages)), "utf-8")


if __name__ == "__main__":
    main()
