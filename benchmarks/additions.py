"""What the things for readers and machines cost: a cold build and one edit, with each of them switched off.

    python benchmarks/additions.py [--articles 5000] [--turns 1]

Structured data and citation tags, reasons of related articles, and stories, beside the pages of a site with all
defaults but search. The articles are those of the other benchmarks. One row is without any of them, one with all;
then come citations and `articles.jsonl`, and 20 photos of 2 megapixels, of which every tenth article shows one.
Processor time is that of all processes; the least of the turns.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from articles import Draft, Press
from layouts import lay_out_sitegen, source_of
from PIL import Image

MACHINES = "templates/partials/machines.html"  # of the site: takes the place of the theme's
PHOTOS = 20  # each in several articles
WITHOUT = {"structured data": False, "reasons": False, "stories": False}
VARIANTS = {
    "without all of them": WITHOUT,
    "with structured data and citation tags": WITHOUT | {"structured data": True},
    "with reasons of related articles": WITHOUT | {"reasons": True},
    "with stories": WITHOUT | {"stories": True},
    "with all of them": dict.fromkeys(WITHOUT, True),
    "and citations and articles.jsonl": dict.fromkeys(WITHOUT, True) | {"outputs": True},
    "all of them and 20 photos": dict.fromkeys(WITHOUT, True) | {"pictures": True},
}


class Cost(NamedTuple):
    wall: float
    processor: float


def lay_out(drafts: list[Draft], folder: Path, photos: Path, on: dict[str, bool]) -> None:
    lay_out_sitegen(drafts, folder, lean=False)
    if on.get("pictures"):
        shutil.copytree(photos, folder / "static" / "photos")
    for n, draft in enumerate(drafts[::10] if on.get("pictures") else ()):
        path = folder / "content" / source_of(draft)
        text = path.read_text(encoding="utf-8")
        image = f'image: {{src: /photos/{n % PHOTOS}.jpg, alt: "A photo"}}\n'
        path.write_text(text.replace("\n---\n", f"\n{image}---\n", 1), encoding="utf-8")
    lines = ["search: false"]
    lines += [] if on["reasons"] else ["related: {reasons: false}"]
    lines += [] if on["stories"] else ["stories: false"]
    lines += ["outputs: {citations: true, jsonl: true}"] if on.get("outputs") else []
    with (folder / "sitegen.yaml").open("a", encoding="utf-8") as config:
        config.write("\n".join(lines) + "\n")
    if not on["structured data"]:
        (folder / MACHINES).parent.mkdir(parents=True)
        (folder / MACHINES).write_text("{# nothing for machines #}\n", encoding="utf-8")


def photographed(folder: Path) -> None:
    """Photos of 1,600 by 1,200 pixels with some detail in them."""
    folder.mkdir()
    for n in range(PHOTOS):
        grain = Image.effect_noise((100, 75), 60 + n).resize((1600, 1200), Image.Resampling.BICUBIC)
        Image.merge("RGB", [grain, *Image.radial_gradient("L").resize((1600, 1200)).split() * 2]).save(
            folder / f"{n}.jpg", quality=85
        )


def built(folder: Path) -> Cost:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "sitegen", "build", "-q", "-C", folder], check=True, stdout=subprocess.DEVNULL
    )
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measured(drafts: list[Draft], work: Path, photos: Path, on: dict[str, bool]) -> tuple[Cost, Cost]:
    """A cold build, and one with a sentence more in one body."""
    folder = work / "site"
    lay_out(drafts, folder, photos, on)
    cold = built(folder)
    path = folder / "content" / source_of(drafts[len(drafts) // 2])
    with path.open("a", encoding="utf-8") as article:
        article.write("\nThe harbour bridge opened again to the ferry.\n")
    edit = built(folder)
    shutil.rmtree(folder)
    return cold, edit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--only", nargs="*", help="names of rows begin with one of these")
    parser.add_argument("--tmp", type=Path)
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    drafts = list(Press(1).articles(given.articles))
    wanted = {name: on for name, on in VARIANTS.items() if not given.only or name.startswith(tuple(given.only))}
    with tempfile.TemporaryDirectory(dir=given.tmp) as work:
        photographed(Path(work) / "photos")
        measured(drafts[:50], Path(work), Path(work) / "photos", VARIANTS["with all of them"])  # makes the bytecode
        found: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in wanted}
        for _ in range(given.turns):
            for name, on in wanted.items():
                found[name].append(measured(drafts, Path(work), Path(work) / "photos", on))
                print(name, *found[name][-1], flush=True)
    print("| | cold: processor | wall | one body edited: processor | wall |\n| --- | --- | --- | --- | --- |")
    first = next(iter(found.values()))
    base = min(cold.processor for cold, _ in first)
    for name, costs in found.items():
        colds, edits = zip(*costs, strict=True)
        cold = min(cost.processor for cost in colds)
        print(
            f"| {name} | {cold:.1f} s ({cold / base:.2f} ×) | {min(c.wall for c in colds):.1f} s "
            f"| {min(c.processor for c in edits):.2f} s | {min(c.wall for c in edits):.2f} s |"
        )


if __name__ == "__main__":
    main()
