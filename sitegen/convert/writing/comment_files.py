"""Comments of imported articles as files below `data/comments/`, one an article, for themes to show.

Invariant: a file that a person changed or deleted is never written over. What was last written is kept beside the bases
of the articles; without it every file that differs counts as a person's.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sitegen.convert.document import Comment


def comments_file(comments: Sequence[Comment]) -> str:
    """The file of one article: JSON, which a build reads fastest, an entry a comment, in the order of the source."""
    return json.dumps([_entry(comment) for comment in comments], ensure_ascii=False, indent=1) + "\n"


def _entry(comment: Comment) -> dict[str, Any]:
    names = ("id", "parent", "kind", "author", "url", "date", "html")
    return {name: value for name in names if (value := getattr(comment, name))}


class CommentFiles:
    """The folder of comments. `dry` decides everything and writes nothing."""

    def __init__(self, folder: Path, bases: Path, *, dry: bool = False) -> None:
        self.folder = folder
        self.bases = bases / "comments"
        self.dry = dry

    def put(self, place: str, comments: Sequence[Comment]) -> str:
        """Writes the comments of the article at `place`. Returns where the new text of a conflict lies, else "".

        Raises: OSError.
        """
        name = place.removesuffix(".md").removesuffix("/index") + ".json"
        text = comments_file(comments)
        mine, base = _read(self.folder / name), _read(self.bases / name)
        if text in (mine, base) or (mine is None and base is not None):
            return ""
        if mine is not None and mine != base:
            self._write(self.bases / "conflicts" / name, text)
            return str(self.bases / "conflicts" / name)
        self._write(self.folder / name, text)
        self._write(self.bases / name, text)
        return ""

    def _write(self, path: Path, text: str) -> None:
        if self.dry or _read(path) == text:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".sitegen-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
