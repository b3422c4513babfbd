"""All files that a site is made of, with their digests: enough to know that nothing has changed.

Invariant: imports no parser and no template engine, so that a build with nothing to do is done at once.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from sitegen.build.scan import Files, Found
from sitegen.build.seen import KnownFiles
from sitegen.build.theme_path import theme_files
from sitegen.build.walk import Listed, hidden_in_content, hidden_in_static, listed
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
    known: Mapping[str, KnownFiles] = {}  # what was known of each folder's files before

    def all(self) -> list[Files]:
        """Every folder."""
        return [self.content, self.static, self.data, *self.theme]

    def news(self) -> dict[str, KnownFiles] | None:
        """What is known of each folder's files now; None where that is what was known before."""
        every = self.all()
        if len(every) == len(self.known) and not any(files.fresh or files.came or files.went for files in every):
            return None
        return {files.shown: files.columns() for files in every}

    def edited(self) -> int | None:
        """How many sources are not as they were; None where some came or went."""
        return None if self.content.came or self.content.went else len(self.content.fresh)

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
    known: Mapping[str, KnownFiles],
    plugins: tuple[str, ...] = (),
    look: Callable[[Path, Callable[[str], bool]], Listed] = listed,
) -> Scan:
    """Look at every file below the site's folders; `name` is the config's, and `look` lists a folder.

    Raises: ConfigError for a missing theme.
    """

    def files(shown: str, hidden: Callable[[str], bool]) -> Files:
        return Files(root / shown, shown, Found.of(look(root / shown, hidden), shown), known.get(shown))

    return Scan(
        config=config,
        content=files(content, hidden_in_content),
        static=files(STATIC, hidden_in_static),
        data=files(DATA, hidden_in_content),
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
