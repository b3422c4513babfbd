"""The long look: every page of three sites with each theme, in a browser, and what was found so far at any moment.

    python -m tests.site.long FOLDER                        all six, built and kept in FOLDER
    python -m tests.site.long FOLDER own-gazette eighteen-plain
    python -m tests.site.long FOLDER eighteen-plain --count 300   so many pages, drawn by a seed, one of each kind first

What `pytest tests/site/test_browser.py --every-page` holds as a law, with a line for each fault when it is found: a run
of half an hour that ends early has then still said something. Pages come in the order of the seed, so what was seen
is a sample of the whole. Some 0.6 s a page on an idle core. The exit status is 1 when anything is wrong.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.site.conftest import COLLECTIONS, THEMES, Site, built, write_source
from tests.site.looking import Seen, look
from tests.site.serving import Served

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
TURN = 25  # pages between two lines of progress; a browser is started anew for each


def site_in(folder: Path, name: str, theme: str) -> Site:
    source = folder / name / "source"
    shutil.rmtree(source, ignore_errors=True)
    return built(name, theme, source, write_source(ROOT, name, source), folder / name / theme)


def looked_at(site: Site, count: int) -> int:
    """Looks at so many pages of a site and says what it finds; gives the number of faults."""
    server = Served(site.served, "/")
    paths = site.sample(count)[:count] if count else site.sample(len(site.pages()))
    faults, done, start = 0, 0, time.monotonic()
    with sync_playwright() as playwright:
        for first in range(0, len(paths), TURN):
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            seen = look(chromium, server.host, "/", paths[first : first + TURN], AXE)
            chromium.close()
            done += len(seen.pages)
            for field in Seen._fields[1:]:
                lines = getattr(seen, field)
                faults += len(lines)
                for line in lines:
                    say(f"{field}: {line}")
            said = f"{site.name} {site.theme}: {done} of {len(paths)} pages, {faults} faults"
            say(f"{said}, {time.monotonic() - start:.0f} s")
    for path in server.failed:
        say(f"not there: {path}")
    server.stop()
    return faults + len(server.failed)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sites", nargs="*", help="collection-theme")
    parser.add_argument("--count", type=int, default=0)
    given = parser.parse_args()
    os.chdir(ROOT)
    asked = given.sites or [f"{name}-{theme}" for name in COLLECTIONS for theme in THEMES]
    faults = 0
    for name, _, theme in (site.partition("-") for site in asked):
        faults += looked_at(site_in(given.folder.resolve(), name, theme), given.count)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
