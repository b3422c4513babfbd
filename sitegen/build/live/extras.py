"""Extras of a live site (the search index): made when they are first asked for, and again when their recipe changed.

Invariant: what is handed out is what a build of the moment of asking would write. Making one takes as long as in a
build, and keeps nobody else waiting: the site is locked only while texts are taken from it.
"""

from threading import Lock

from sitegen.build.extras import CannotMakeError, Extra
from sitegen.build.live.values import Page, type_of
from sitegen.build.scan import Changed
from sitegen.catalog.outputs import output_path
from sitegen.digest import digest_bytes
from sitegen.errors import Problem

KEPT = 8  # extras; the search index, and what else somebody has just looked at


class LiveExtras:
    """The files of the extras that were asked for last; threads may share it."""

    def __init__(self) -> None:
        self._making = Lock()
        self._made: dict[str, tuple[bytes, dict[str, bytes], tuple[Problem, ...]]] = {}

    def page(self, extra: Extra, url: str) -> Page:
        """What stands at a site path of an extra: its file, or a 404 that says why there is none."""
        path = output_path(url)
        files, problems = self._files(extra)
        content = files.get(path)
        if content is None:
            return Page(url=url, status=404, problems=problems)
        return Page(url=url, content=content, type=type_of(path), digest=digest_bytes(content).hex())

    def _files(self, extra: Extra) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
        recipe = extra.recipe()
        with self._making:
            made = self._made.pop(extra.name, None)
            if made is None or made[0] != recipe:
                try:
                    made = recipe, dict(extra.make()), ()
                except CannotMakeError as error:
                    made = recipe, {}, (error.problem,)
                except Changed:  # a text changed between the look and the making: the next request sees it
                    return {}, ()
            self._made[extra.name] = made
            while len(self._made) > KEPT:
                del self._made[next(iter(self._made))]
            return made[1], made[2]
