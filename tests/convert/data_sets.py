"""The account over the collections beside the repository: every source is told of, every block is counted once.

All of it by hand:  python -m tests.convert.data_sets --all
Without `--all`, and in the check, a seeded share of each set is taken. Nothing of the collections is written here.
"""
# ruff: noqa: T201 -- a command prints

import argparse
import gzip
import random
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sitegen.convert.document import ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report

SHARE = 3  # sources of each set in the check
LARGE = 400_000  # bytes, above which a source is left to the long run


def sets_of(data: Path) -> Iterator[tuple[str, list[Path]]]:
    """The name of each set and its sources; a folder is one where it is an export or a site as a whole."""
    yield "seed", sorted((data / "seed").iterdir())
    for folder in sorted((data / "html").iterdir()):
        yield f"html/{folder.name}", sorted((folder / "html").iterdir())
    yield "text-rows", sorted((data / "text-rows").glob("*.gz"))
    yield "collections/18f", sorted((data / "collections" / "18f" / "posts").iterdir())
    yield "wordpress", sorted((data / "wordpress").rglob("*.xml"))
    yield "feeds/miniflux", sorted(path for path in (data / "feeds" / "miniflux").rglob("*") if path.is_file())
    yield "feeds/feedparser", sorted((data / "feeds" / "feedparser").rglob("*.xml"))
    yield "exports/ghost", sorted((data / "exports" / "ghost-json").rglob("*.json"))
    yield "exports/medium", sorted({path.parent for path in (data / "exports" / "medium").rglob("posts")})
    yield "exports/substack", sorted({path.parent for path in (data / "exports" / "substack").rglob("posts.csv")})


def brought(sources: list[Path], raw: Path, share: int) -> None:
    """Copies sources to a folder of their own, unpacked; of rows in a share the first forty."""
    for number, source in enumerate(sources):
        place = raw / f"{number:04}" / source.name.removesuffix(".gz")
        place.parent.mkdir(parents=True)
        if source.is_dir():
            with zipfile.ZipFile(place.with_suffix(".zip"), "w") as archive:
                for path in sorted(source.rglob("*")):
                    archive.write(path, path.relative_to(source))
        elif source.suffix == ".gz":
            content = gzip.decompress(source.read_bytes())
            rows = b"".join(content.splitlines(keepends=True)[:40])
            place.write_bytes(rows if share and ".jsonl" in source.name else content)
        else:
            shutil.copyfile(source, place)


def imported(raw: Path, out: Path) -> Report:
    return import_sources([str(raw)], ImportOptions(into=out, bases=out / ".sitegen" / "imports"))


def faults_of(report: Report, raw: Path) -> Iterator[str]:
    """What does not add up."""
    told = {done.article.source.path for done in report.done} | {problem.where.path for problem in report.problems}
    for path in sorted(raw.rglob("*")):
        if path.is_file() and not any(one == str(path) or one.startswith(f"{path}/") for one in told):
            yield f"{path.name} is neither an article nor a problem"
    for done in report.done:
        account = ledger(done.article.fates)
        kept = account["fields"] + account["body"] + account["links"]
        if not len(done.document.blocks) == account["blocks"] == kept + sum(account["dropped"].values()):
            yield f"{done.outcome.place}: {account} of {len(done.document.blocks)} blocks"


def check(sources: list[Path], share: int = SHARE, seed: int = 1) -> list[str]:
    """Imports a share of some sources twice (0: all of them); what is wrong, a line each."""
    if share:
        small = [one for one in sources if one.is_dir() or one.suffix == ".gz" or one.stat().st_size < LARGE]
        sources = random.Random(seed).sample(small, min(share, len(small)))
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        brought(sources, raw, share)
        first = imported(raw, out)
        faults = list(faults_of(first, raw))
        if not first.done and not first.problems:
            faults.append("nothing was found")
        again = imported(raw, out)
        changed = [done.outcome.place for done in again.done if done.outcome.action != "unchanged"]
        faults += [f"{place} is written by a second run" for place in changed]
        return faults


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true")
    chosen = options.parse_args()
    data = Path(__file__).resolve().parents[3] / "shared" / "data"
    wrong = 0
    for name, sources in sets_of(data):
        found = check(sources, 0 if chosen.all else SHARE)
        wrong += len(found)
        print(f"{name}: {len(sources)} sources, {len(found)} faults", *found[:20], sep="\n  ", flush=True)
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
