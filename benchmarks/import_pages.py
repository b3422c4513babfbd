"""Processor time a saved page, of `sitegen import` and of trafilatura with metadata and Markdown, in turns.

    python benchmarks/import_pages.py FOLDER... --pages 150 --turns 3

Each FOLDER holds pages as `*.html` or `*.html.gz`, in it or in its folder `html`; of each a fixed share is taken. Both
tools run in a process of their own, start and imports included; what counts is the processor time that the system
charges them and their children. Prints one JSON object: milliseconds a page of each turn, and the ratio of the least.
"""

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = """
import sys
from pathlib import Path
import trafilatura
for path in sorted(Path(sys.argv[1]).iterdir()):
    trafilatura.extract(
        path.read_bytes(), output_format="markdown", with_metadata=True, include_comments=False, include_links=True,
        include_images=True, include_formatting=True, include_tables=True,
    )
"""


def processor_s(command: list[str]) -> float:
    """Raises: CalledProcessError when the command fails; 1 says that some page held nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode > 1:
        raise subprocess.CalledProcessError(done.returncode, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pages_of(folder: Path) -> list[Path]:
    inside = folder / "html" if (folder / "html").is_dir() else folder
    return sorted([*inside.glob("*.html"), *inside.glob("*.html.gz")])


def compared(folder: Path, count: int, turns: int, work: Path) -> dict[str, object]:
    every = pages_of(folder)
    raw = work / folder.name
    raw.mkdir()
    for path in random.Random(1).sample(every, min(count, len(every))):
        content = path.read_bytes()
        (raw / path.name.removesuffix(".gz")).write_bytes(gzip.decompress(content) if path.suffix == ".gz" else content)
    own, peer = [], []
    size = len(list(raw.iterdir()))
    for turn in range(turns):
        into = str(work / f"{folder.name}-{turn}")
        own.append(processor_s([sys.executable, "-m", "sitegen", "import", str(raw), "--into", into, "-q", "-j", "1"]))
        peer.append(processor_s([sys.executable, "-c", PEER, str(raw)]))
    return {
        "pages": size,
        "sitegen_ms": [round(seconds / size * 1000, 1) for seconds in own],
        "trafilatura_ms": [round(seconds / size * 1000, 1) for seconds in peer],
        "ratio": round(min(own) / min(peer), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=150, help="of each folder")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        found = {folder.name: compared(folder, options.pages, options.turns, Path(work)) for folder in options.folders}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
