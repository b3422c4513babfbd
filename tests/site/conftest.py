"""Three sites with each theme, built once for all checks, and one browser that looks at them.

The repository's own site, a site of hostile words, and the blog of 18F where it lies beside the repository. What looks
at pages one by one takes every kind of page and a seeded sample of the rest; with `--every-page`, all of them.

Invariant: the checkout is copied first, so that a check leaves no file in it.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.site.eighteen import write_eighteen
from tests.site.hostile import write_arabic, write_hostile
from tests.site.serving import Served

PARTS = ("content", "themes", "static", "templates", "data", "urls.txt", "stories.yaml")  # of a site; those that it has
THEMES = ("gazette", "plain")
COLLECTIONS = ("own", "hostile", "arabic", "eighteen")
SEED = 18
SAMPLE = 100  # pages that a checker of single files looks at, besides one of each kind


class Site(NamedTuple):
    """A built site. `folder` holds the site's files at the depth of its base path, so `served` is the host's root."""

    name: str
    theme: str
    url: str
    served: Path
    folder: Path

    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))

    def kinds(self) -> dict[str, str]:
        """One address of each kind of page that this site has, below its base path."""
        found = {"home": "", "404": "404.html"}
        for path in self.addresses():
            found.setdefault(kind_of(path), path)
        return found

    def addresses(self) -> list[str]:
        """Addresses of all pages below the base path, but for that of what is not there and those that lead elsewhere,
        which a browser leaves before it can be asked about them.
        """
        stay = (page for page in self.pages() if b'http-equiv="refresh"' not in page.read_bytes()[:2000])
        paths = (page.relative_to(self.folder).as_posix() for page in stay)
        return [path.removesuffix("index.html") for path in paths if path != "404.html"]

    def sample(self, count: int) -> list[str]:
        """Addresses of one page of each kind and of this many others, the same ones each time."""
        kinds = list(self.kinds().values())
        rest = [path for path in self.addresses() if path not in kinds]
        return kinds + random.Random(SEED).sample(rest, min(count, len(rest)))

    def file_at(self, path: str) -> Path:
        """The file of an address below the base path."""
        return self.folder / (path + "index.html" if path.endswith("/") or not path else path)

    def file_of(self, address: str) -> Path:
        """The file that a server would send for an absolute address of this site."""
        path = self.folder / address.removeprefix(self.url).partition("#")[0]
        return path / "index.html" if address.endswith("/") or path.is_dir() else path


KINDS = (  # by the form of an address, the first that fits
    (r"(tags|categories|authors|series)/", "index of {1}"),
    (r"(?:tags|categories|authors|series)/[^/]+/page/\d+/", "further page of a term"),
    (r"(tags|categories|authors|series)/[^/]+/", "one of {1}"),
    (r"page/\d+/|articles/.*", "list"),
    (r"\d{4}/", "year"),
    (r"\d{4}/\d\d/", "month"),
    (r"\d{4}/\d\d/\d\d/", "day"),
    (r"\d{4}/\d\d/[^/]+/", "article"),
    (r"stories/", "index of stories"),
    (r"stories/[^/]+/", "story"),
    (r"(undated|archive|search)/.*", "{1}"),
    (r".+", "other"),
    (r"", "home"),
)


def kind_of(path: str) -> str:
    """What kind of page stands at an address below the base path."""
    name, found = next((name, found) for form, name in KINDS if (found := re.fullmatch(form, path)))
    return name.format(path, *found.groups())


def with_theme(config: dict[str, Any], theme: str) -> dict[str, Any]:
    """The config for another theme: options belong to the theme that declares them."""
    if config.get("theme", "gazette") == theme:
        return config
    return {key: value for key, value in config.items() if key != "theme_options"} | {"theme": theme}


def write_own(root: Path, folder: Path) -> dict[str, Any]:
    """A copy of the repository's own site; gives its config."""
    folder.mkdir(parents=True)
    for name in PARTS:
        part = root / name
        if part.is_dir():
            shutil.copytree(part, folder / name)
        elif part.is_file():
            shutil.copyfile(part, folder / name)
    config: dict[str, Any] = yaml.safe_load((root / "sitegen.yaml").read_text(encoding="utf-8"))
    return config


def write_source(root: Path, name: str, folder: Path) -> dict[str, Any]:
    """Writes one of the collections into a folder that is not there yet; gives its config."""
    if name == "own":
        return write_own(root, folder)
    if name == "eighteen":
        return dict(write_eighteen(root.parent / "shared/data/collections/18f/posts", folder))
    return dict(write_arabic(folder) if name == "arabic" else write_hostile(folder))


def site_at(name: str, theme: str, served: Path, base: str) -> Site:
    return Site(name, theme, f"https://site.example{base}", served, served / base.strip("/"))


def built(name: str, theme: str, source: Path, config: dict[str, Any], served: Path, base: str = "/") -> Site:
    """Builds a site whose files lie in `source` at the depth of its base path below `served`."""
    text = yaml.safe_dump(with_theme(config, theme), allow_unicode=True, sort_keys=False)
    (source / "sitegen.yaml").write_text(text, encoding="utf-8")
    site = site_at(name, theme, served, base)
    command = [sys.executable, "-m", "sitegen", "build", "-C", source, "-o", site.folder, "-u", site.url, "-q"]
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


BuildSite = Callable[..., Site]


@pytest.fixture(scope="session")
def build_site(root: Path, common_folder: Path, only_one: Callable[[str], Any]) -> BuildSite:
    """A function of theme, base path and collection that gives the built site. What one process of this run has built,
    none builds again.
    """
    done: dict[tuple[str, str, str], Site] = {}

    def source_of(folder: Path, name: str) -> tuple[Path, dict[str, Any]]:
        source, said = folder / "source", folder / "config.yaml"
        if not said.is_file():
            shutil.rmtree(source, ignore_errors=True)  # of a process that ended in the middle
            config = write_source(root, name, source)
            said.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return source, yaml.safe_load(said.read_text(encoding="utf-8"))

    def build(theme: str, base: str = "/", name: str = "own") -> Site:
        if (name, theme, base) not in done:
            folder = common_folder / "sites" / name
            folder.mkdir(parents=True, exist_ok=True)
            served = folder / f"{theme}{base.replace('/', '-')}"
            with only_one(f"building {name}"):
                if served.with_suffix(".built").exists():
                    done[name, theme, base] = site_at(name, theme, served, base)
                else:
                    done[name, theme, base] = built(name, theme, *source_of(folder, name), served, base)
                    served.with_suffix(".built").touch()
        return done[name, theme, base]

    return build


def every(*, bases: tuple[str, ...] = ("/",), collections: tuple[str, ...] = COLLECTIONS) -> list[Any]:
    """Parameters of a fixture: collection, theme and base path; what reads the shared collection carries its mark."""
    return [
        pytest.param(
            (theme, base, name),
            id=f"{name}-{theme}{'' if base == '/' else '-below-a-path'}",
            marks=[pytest.mark.shared] if name == "eighteen" else [],
        )
        for name in collections
        for theme in THEMES
        for base in bases
    ]


def one_of(request: pytest.FixtureRequest) -> Site:
    if request.param[2] == "eighteen":
        request.getfixturevalue("shared_data")
    build: BuildSite = request.getfixturevalue("build_site")
    return build(*request.param)


@pytest.fixture(scope="session", params=every(collections=("own",)))
def site(request: pytest.FixtureRequest) -> Site:
    """The repository's own site at the root of its host, with each theme."""
    return one_of(request)


@pytest.fixture(scope="session", params=every(bases=("/", "/some/where/"), collections=("own",)))
def site_anywhere(request: pytest.FixtureRequest) -> Site:
    """The repository's own site with each theme, at the root of its host and below a base path."""
    return one_of(request)


@pytest.fixture(scope="session", params=every())
def any_site(request: pytest.FixtureRequest) -> Site:
    """Each of the three sites with each theme."""
    return one_of(request)


@pytest.fixture(scope="session", params=every(bases=("/", "/some/where/")))
def any_site_anywhere(request: pytest.FixtureRequest) -> Site:
    """Each of the three sites with each theme, at the root of its host and below a base path."""
    return one_of(request)


@pytest.fixture(scope="session")
def every_page(request: pytest.FixtureRequest) -> bool:
    """Whether to look at all pages rather than at a sample."""
    return bool(request.config.getoption("--every-page"))


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Site], Served]]:
    """A function that serves a site on this machine; the same again is not served again."""
    running: dict[Site, Served] = {}

    def start(site: Site) -> Served:
        if site not in running:
            running[site] = Served(site.served, site.url.removeprefix("https://site.example"))
        return running[site]

    yield start
    for server in running.values():
        server.stop()
