"""The repository's own site, built with each theme and at each kind of address, once for all checks.

Invariant: the checkout is copied first, so that a check leaves no file in it.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

PARTS = ("content", "themes", "static", "templates", "data", "urls.txt")  # of a site; those that it has
THEMES = ("gazette", "plain")


class Site(NamedTuple):
    """A built site. `folder` holds the site's files at the depth of its base path, so `served` is the host's root."""

    theme: str
    url: str
    served: Path
    folder: Path

    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))

    def file_of(self, address: str) -> Path:
        """The file that a server would send for an absolute address of this site."""
        path = self.folder / address.removeprefix(self.url).partition("#")[0]
        return path / "index.html" if address.endswith("/") or path.is_dir() else path


def with_theme(config: dict[str, Any], theme: str) -> dict[str, Any]:
    """The config for another theme: options belong to the theme that declares them."""
    if config.get("theme", "gazette") == theme:
        return config
    return {key: value for key, value in config.items() if key != "theme_options"} | {"theme": theme}


@pytest.fixture(scope="session")
def build_site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Site]:
    """A function of theme and base path that gives the built site; the same again is not built again."""
    built: dict[tuple[str, str], Site] = {}

    def build(theme: str, base: str = "/") -> Site:
        if (theme, base) not in built:
            source, served = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("served")
            for name in PARTS:
                part = root / name
                if part.is_dir():
                    shutil.copytree(part, source / name)
                elif part.is_file():
                    shutil.copyfile(part, source / name)
            config = yaml.safe_load((root / "sitegen.yaml").read_text(encoding="utf-8"))
            text = yaml.safe_dump(with_theme(config, theme), allow_unicode=True, sort_keys=False)
            (source / "sitegen.yaml").write_text(text, encoding="utf-8")
            site = Site(theme, f"https://site.example{base}", served, served / base.strip("/"))
            command = [sys.executable, "-m", "sitegen", "build", "-C", source, "-o", site.folder, "-u", site.url]
            done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
            built[theme, base] = site
        return built[theme, base]

    return build


@pytest.fixture(scope="session", params=THEMES)
def site(request: pytest.FixtureRequest, build_site: Callable[[str, str], Site]) -> Site:
    """The site at the root of its host, with each theme."""
    return build_site(request.param, "/")


@pytest.fixture(scope="session", params=[(theme, base) for theme in THEMES for base in ("/", "/some/where/")])
def site_anywhere(request: pytest.FixtureRequest, build_site: Callable[[str, str], Site]) -> Site:
    """The site with each theme, at the root of its host and below a base path."""
    return build_site(*request.param)
