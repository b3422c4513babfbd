"""All files that a site is made of, with their digests: enough to know that nothing has changed.

Invariant: imports no parser and no template engine, so that a build with nothing to do is done at once.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from sitegen.build.scan import Files, Seen, hidden_in_content, hidden_in_static, walk
from sitegen.build.theme_path import theme_files
from sitegen.digest import digest_bytes, digest_value
from sitegen.errors import BuildError, Problem, Where

STATIC, DATA = "static", "data"
URLS = "urls.txt"  # every address ever deployed
STORIES = "stories.yaml"  # what editors say of stories


class Scan(msgspec.Struct):
    """The config's bytes, the files of each folder, and the bytes of `urls.txt` and `stories.yaml` ("" without one)."""

    config: bytes
    content: Files
    static: Files
    data: Files
    theme: list[Files]
    urls: bytes = b""
    stories: bytes = b""
    plugins: tuple[str, ...] = ()
    plugin_sources: bytes = b""  # digest of the code of these plugins
    known: Mapping[str, Seen] = {}  # what was known of files before

    def all(self) -> list[Files]:
        """Every folder."""
        return [self.content, self.static, self.data, *self.theme]

    def news(self) -> tuple[dict[str, Seen], set[str]]:
        """What is known of the files that were read now, by the paths that they are shown with; and the paths of those
        that were known before and are gone.
        """
        every = self.all()
        fresh = {f"{files.shown}/{name}": files.seen[name] for files in every for name in files.fresh}
        if sum(files.known for files in every) == len(self.known):
            return fresh, set()
        return fresh, self.known.keys() - {f"{files.shown}/{name}" for files in every for name in files.seen}

    def edited(self) -> int | None:
        """How many sources are not as they were; None where some came or went."""
        came = self.content.known < len(self.content.seen)
        gone = sum(files.known for files in self.all()) < len(self.known)
        return None if came or gone else len(self.content.fresh)

    def is_sound(self) -> bool:
        """Whether every file could be looked at."""
        return not any(files.problems for files in self.all())

    def fingerprint(self) -> bytes:
        """Digest of every byte that was read."""
        parts = [digest_bytes(self.config), *(files.fingerprint() for files in self.all())]
        return digest_bytes(b"".join([*parts, digest_value([self.urls, self.plugin_sources, self.stories])]))


def scan_site(
    root: Path,
    name: str,
    config: bytes,
    content: str,
    themes: Sequence[str],
    known: Mapping[str, Seen],
    plugins: tuple[str, ...] = (),
) -> Scan:
    """Look at every file below the site's folders; `name` is the config's. Raises: ConfigError for a missing theme."""
    return Scan(
        config=config,
        content=Files(root / content, content, walk(root / content, content, hidden=hidden_in_content), known),
        static=Files(root / STATIC, STATIC, walk(root / STATIC, STATIC, hidden=hidden_in_static), known),
        data=Files(root / DATA, DATA, walk(root / DATA, DATA, hidden=hidden_in_content), known),
        theme=theme_files(root, themes, known, name),
        urls=_read(root / URLS),
        stories=_read(root / STORIES),
        plugins=plugins,
        plugin_sources=plugin_sources(plugins),
        known=known,
    )


def plugin_sources(plugins: tuple[str, ...]) -> bytes:
    """Digest of the code of these plugins, which is a source like any other."""
    if not plugins:
        return b""
    from sitegen.build.plugins import sources_digest  # noqa: PLC0415 -- few sites have any

    return sources_digest(plugins)


def _read(path: Path) -> bytes:
    """The bytes of a file that need not be there. Raises: BuildError for one that is there and cannot be read: what it
    promises is not forgotten silently.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        help = "check who may read it"
        raise BuildError(Problem(code="file.unreadable", where=Where(path.name), message=message, help=help)) from error
