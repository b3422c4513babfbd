"""What changed on disk since the last look: hints first, all files when asked.

Invariant: a hint only says where to look; a full look finds everything, whatever hints came, were lost or doubled.
A file that is being written is waited for, so that no half of it is read.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from sitegen.build.live.rest import settled
from sitegen.build.scan import LARGE_BYTES, Files, walk
from sitegen.build.scan import Found as Listed
from sitegen.build.scanning import STORIES, URLS, Scan, plugin_sources
from sitegen.build.seen import RACY_NS as COARSE_RACY_NS
from sitegen.build.seen import Seen, signature_of
from sitegen.build.walk import hidden_in_content, hidden_in_static
from sitegen.digest import digest_bytes

FEW = 20  # changed files of a part that are waited for
RACY_NS = 20_000_000  # some ticks of the clock that file times are taken from


class Found(msgspec.Struct):
    """What a look found. `articles` holds the bytes of changed sources, None for those that are gone; `others` the
    names of other changed files of the content; the rest says which parts changed.
    """

    articles: dict[str, bytes | None] = {}
    others: set[str] = set()
    static: set[str] = set()
    data: bool = False
    theme: bool = False
    config: bytes | None = None
    urls: bool = False
    paths: list[str] = []

    def is_empty(self) -> bool:
        parts = (self.articles, self.others, self.static, self.data, self.theme, self.urls)
        return not any(parts) and self.config is None


class Survey(msgspec.Struct):
    """What lies in a folder, and the names there that may not be as they were last seen."""

    files: Files
    listed: Listed
    suspects: list[str]


class Disk:
    """The files of a live site as last seen."""

    def __init__(self, root: Path, config: Path, scan: Scan) -> None:
        self.root = root
        self.config_path = config
        self.stories_path = root / STORIES
        self.scan = scan
        self._urls: Seen | None = None
        for files in scan.all():
            files.seen  # noqa: B018 -- in no columns from here on: another thread may ask for them

    def look_at(self, paths: Iterable[str]) -> Found:
        """Look at these paths (absolute) first; a folder, or what is no article, has its whole part looked at."""
        found = Found()
        parts: dict[int, Files] = {}
        for path in dict.fromkeys(paths):
            if path in (str(self.config_path), str(self.stories_path)):
                self._look_at_config(found)
                continue
            if path == str(self.root / URLS):
                self._look_at_urls(found)
                continue
            for files in self.scan.all():
                name = _below(path, files.folder)
                if name is None:
                    continue
                if files is not self.scan.content or not self._look_at_article(name, found):
                    parts[id(files)] = files
        for files in parts.values():
            self._look_at_part(files, found)
        return found

    def survey(self, between: Callable[[], None] = lambda: None) -> list[Survey]:
        """List everything, and change nothing: for a thread that others need not wait for. `between` is called between
        files. Cost: about 8 µs a file.
        """
        found = []
        for files in self.scan.all():
            listed = walk(files.folder, files.shown, hidden=_calling(between, self._hidden(files)))
            seen = dict(files.seen)  # in one step: another thread may take an edit meanwhile
            suspects = [
                name
                for name, signature in listed.files.items()
                if (known := seen.get(name)) is None or not known.holds_for(signature)
            ]
            suspects += seen.keys() - listed.files.keys()
            found.append(Survey(files, listed, suspects))
        return found

    def look(self, surveys: Iterable[Survey] = ()) -> Found:
        """Look at everything; where it was listed just now, only at what may differ. Cost: about 5 µs a file."""
        found = Found()
        self._look_at_config(found)
        self._look_at_urls(found)
        listed = {id(survey.files): survey for survey in surveys}
        for files in self.scan.all():
            survey = listed.get(id(files))
            if survey is None or not self._look_at_suspects(survey, found):
                self._look_at_part(files, found)
        return found

    def _look_at_suspects(self, survey: Survey, found: Found) -> bool:
        """Look at the few articles that may differ; False where a look at the whole part has to tell."""
        files = survey.files
        if len(survey.suspects) > FEW or tuple(files.problems) != survey.listed.problems:
            return False
        if not survey.suspects:
            return True
        return files is self.scan.content and all(
            self._look_at_article(name, found, COARSE_RACY_NS) for name in survey.suspects
        )

    def _hidden(self, files: Files) -> Callable[[str], bool]:
        return hidden_in_content if files is self.scan.content or files is self.scan.data else hidden_in_static

    def is_stale(self, files: Files, name: str, racy: int = RACY_NS) -> bool:
        """Whether a file is not as it was last seen, as far as its signature says; one that was read less than `racy`
        nanoseconds after it was written may hide a second edit. Cost: 2 µs.
        """
        seen = files.seen.get(name)
        try:
            status = os.stat(f"{files.folder}/{name}")
        except OSError:
            return seen is not None
        return seen is None or not seen.holds_for(signature_of(status), racy=racy)

    def _look_at_config(self, found: Found) -> None:
        content = settled(str(self.config_path))
        if content is None:
            return
        if content[1] != self.scan.config:
            self.scan.config = content[1]
            found.config = content[1]
            found.paths.append(self.config_path.name)
        self._look_at_stories(content[1], found)
        sources = plugin_sources(self.scan.plugins)
        if sources != self.scan.plugin_sources:  # a plugin's code shapes everything, as the config does
            self.scan.plugin_sources = sources
            found.config = content[1]
            found.paths += self.scan.plugins

    def _look_at_stories(self, config: bytes, found: Found) -> None:
        """What editors say of stories is read as a part of the config."""
        path = str(self.stories_path)
        if not self.scan.stories and not os.path.lexists(path):
            return
        content = settled(path, len(self.scan.stories))
        stories = content[1] if content is not None else b""
        if stories != self.scan.stories:
            self.scan.stories = stories
            found.config = config
            found.paths.append(STORIES)

    def _look_at_urls(self, found: Found) -> None:
        """The list of addresses that must stay."""
        path = str(self.root / URLS)
        try:
            signature = signature_of(os.stat(path))
        except OSError:
            if not self.scan.urls:
                return
        else:
            if self._urls is not None and self._urls.holds_for(signature, racy=RACY_NS):
                return
        content = settled(path)
        self._urls = Seen(content[0], b"", content[2]) if content is not None else None
        now = content[1] if content is not None else b""
        if now != self.scan.urls:
            self.scan.urls, found.urls = now, True
            found.paths.append(URLS)

    def _look_at_article(self, name: str, found: Found, racy: int = RACY_NS) -> bool:
        """Look at one source; False when it is none, or when only a walk can tell."""
        files = self.scan.content
        path = f"{files.folder}/{name}"
        if any(hidden_in_content(part) for part in name.split("/")):
            return True
        if not name.endswith(".md") or os.path.isdir(path) or _leads_away(path, files.folder):
            return False
        seen = files.seen.get(name)
        if seen is not None and not self.is_stale(files, name, racy):
            return True
        content = settled(path, seen.signature.size if seen else 0)
        if content is None:
            if seen is None:
                return not os.path.lexists(path)
            del files.seen[name]
            found.articles[name] = None
            found.paths.append(f"{files.shown}/{name}")
            return True
        signature, text, at = content
        digest = digest_bytes(text)
        files.seen[name] = Seen(signature, digest, at)
        if seen is None or seen.digest != digest:
            found.articles[name] = text
            found.paths.append(f"{files.shown}/{name}")
        return True

    def _look_at_part(self, files: Files, found: Found) -> None:
        content = files is self.scan.content
        hidden = self._hidden(files)
        listed = walk(files.folder, files.shown, hidden=hidden)
        if not content and _waited_for(files, listed):
            listed = walk(files.folder, files.shown, hidden=hidden)
        new = Files(files.folder, files.shown, listed, files.seen)
        changed = [
            name
            for name, seen in new.seen.items()
            if (old := files.seen.get(name)) is None or old.digest != seen.digest
        ]
        changed += [name for name in files.seen if name not in new.seen]
        for name in list(changed):  # what was read while it was being written is read again, in peace
            if (
                content
                and name in new.seen
                and (again := settled(f"{new.folder}/{name}", _size(files, name))) is not None
            ):
                new.seen[name] = Seen(again[0], digest_bytes(again[1]), again[2])
                if name.endswith(".md"):
                    found.articles[name] = again[1]
            elif content and name.endswith(".md"):
                found.articles[name] = None
                new.seen.pop(name, None)
        new.forget(list(new.seen) if content or files is self.scan.static else ())
        self._replace(files, new)
        found.paths += [f"{files.shown}/{name}" for name in sorted(changed)]
        if content:
            found.others |= {name for name in changed if not name.endswith(".md")}
        elif files is self.scan.static or new is self.scan.static:
            found.static |= set(changed)
        elif new is self.scan.data:
            found.data = found.data or bool(changed)
        else:
            found.theme = found.theme or bool(changed)

    def _replace(self, old: Files, new: Files) -> None:
        scan = self.scan
        if old is scan.content:
            scan.content = new
        elif old is scan.static:
            scan.static = new
        elif old is scan.data:
            scan.data = new
        else:
            scan.theme = [new if each is old else each for each in scan.theme]


def _calling(first: Callable[[], None], hidden: Callable[[str], bool]) -> Callable[[str], bool]:
    def after(name: str) -> bool:
        first()
        return hidden(name)

    return after


def _waited_for(files: Files, listed: Listed) -> bool:
    """Wait for files that are being written; whether some had changed. Of many, as after a checkout, none is asked."""
    changed = [
        name
        for name, signature in listed.files.items()
        if (seen := files.seen.get(name)) is None or seen.signature != signature
    ]
    if not changed or len(changed) > FEW:
        return False
    for name in changed:
        if listed.files[name].size < LARGE_BYTES:
            settled(f"{files.folder}/{name}", _size(files, name))
    return True


def _size(files: Files, name: str) -> int:
    seen = files.seen.get(name)
    return seen.signature.size if seen else 0


def _below(path: str, folder: Path) -> str | None:
    """Path relative to a folder, "/"-separated; "" for the folder itself, None when it lies elsewhere."""
    for top in (str(folder), os.path.realpath(folder)):
        if path == top:
            return ""
        if path.startswith(top + os.sep):
            return path[len(top) + 1 :].replace(os.sep, "/")
    return None


def _leads_away(path: str, folder: Path) -> bool:
    """Whether a path leaves the folder, or goes through a link: what that means, a walk decides."""
    return os.path.realpath(path) != os.path.join(os.path.realpath(folder), os.path.relpath(path, folder))
