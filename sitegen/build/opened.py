"""A site on disk, opened: the lock that it is held by, its memory, and the pool that works for it.

Invariant: whatever is done with the memory is done under the lock, once more without a memory that proves damaged, and
once more where a source changed meanwhile. A process that is started is ended when the site is closed.
"""

import gc
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self, TypeVar

from sitegen.build.ahead import Ahead
from sitegen.build.cache import Cache, Damaged
from sitegen.build.lock import memory_folder, site_lock
from sitegen.build.options import BuildOptions, Defaults
from sitegen.build.pool import Pool, Processes, Serial
from sitegen.build.report import Progress, Quiet, Stopwatch
from sitegen.build.scan import Changed
from sitegen.catalog.published import Audience
from sitegen.errors import BuildError, Problem, Where

MEMORY = ".sitegen"
LOOKS = 8  # how often a build starts anew because a file changed under its hands; an editor's save is one change
T = TypeVar("T")


class Opened:
    """One site on disk, for what is done with it. Use as a context manager."""

    def __init__(
        self,
        root: Path,
        config: Path,
        options: BuildOptions,
        progress: Progress | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        """`ahead` has begun to look at its folders."""
        self.root = root
        self.config = config
        self.options = options
        self.progress = progress or Quiet()
        self.ahead = ahead
        self.watch = Stopwatch()
        self.as_of = options.as_of if options.as_of is not None else int(time.time())
        self.defaults = Defaults()
        self._cache: Cache | None = None
        self._pool: Pool | None = None
        self._close_pool: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the cache and the pool, and end a look that nobody asked for."""
        if self.ahead is not None:
            self.ahead.forget()
        if self._cache is not None:
            self._cache.close()
        self._close_pool()

    @property
    def cache(self) -> Cache:
        """What earlier builds found out. First asked for under the site's lock: an old or damaged file is made anew,
        and another process may be writing it. Raises: BuildError where it cannot be.
        """
        if self._cache is None:
            try:
                self._cache = Cache(memory_folder(self.root))
            except (sqlite3.Error, OSError) as error:
                raise BuildError(_no_memory(self.root, error)) from error
        return self._cache

    @property
    def pool(self) -> Pool:
        """Where parsing and rendering run; a cluster is joined when it is first needed. Raises: UsageError."""
        if self._pool is None:
            if self.options.cluster:
                from sitegen.build.cluster import join_cluster  # noqa: PLC0415 -- few builds have one

                self._pool, self._close_pool = join_cluster(self.options.cluster)
            else:
                jobs = self.options.jobs or self.defaults.jobs or os.cpu_count() or 1
                if jobs > 1:
                    processes = Processes(jobs)
                    self._pool, self._close_pool = processes, processes.close
                else:
                    self._pool = Serial()
        return self._pool

    @property
    def audience(self) -> Audience:
        """What is shown besides published articles: what the command line or the config says."""
        asked, usual = self.options.audience, self.defaults.audience
        return Audience(
            drafts=asked.drafts or usual.drafts,
            future=asked.future or usual.future,
            expired=asked.expired or usual.expired,
        )

    @property
    def minify(self) -> bool:
        """Whether HTML is written without needless space."""
        return self.options.minify or self.defaults.minify

    def _acting(self, act: Callable[[], T]) -> T:
        """Act under the lock, on a memory and on sources that hold. Raises: BuildError, and what `act` does."""
        with self._locked(), without_collector():
            return self._trusting(lambda: self._settled(act))

    @contextmanager
    def _locked(self, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(site_lock(memory_folder(self.root), waiting))
            except OSError as error:
                raise BuildError(_no_memory(self.root, error)) from error
            yield

    def _trusting(self, act: Callable[[], T]) -> T:
        """Act on the cache; when it turns out to be damaged, once more without it.

        Raises: BuildError when it fails again, as on a disk that is full.
        """
        try:
            return act()
        except (Damaged, sqlite3.DatabaseError) as error:
            try:
                self.cache.rollback()
                self.cache.drop(error)
                return act()
            except sqlite3.Error as again:
                raise BuildError(_no_memory(self.root, again)) from again

    def _settled(self, act: Callable[[], T]) -> T:
        """Act; when a source changes between looking at it and reading it, look at all of them again.

        Raises: BuildError for a file that is written without a pause.
        """
        looks = 0
        while True:
            try:
                return act()
            except Changed as changed:
                self.cache.rollback()
                looks += 1
                if looks == LOOKS:
                    raise BuildError(_never_still(str(changed))) from changed


def _no_memory(root: Path, error: Exception) -> Problem:
    return Problem(
        code="memory.unwritable",
        where=Where(str(root / MEMORY)),
        message=f"cannot be written: {error.strerror if isinstance(error, OSError) and error.strerror else error}",
        help="nothing was published; make room or rights, and build again",
    )


def _never_still(path: str) -> Problem:
    return Problem(
        code="file.changing",
        where=Where(path),
        message=f"changed each of the {LOOKS} times that the build came to read it",
        help="wait until what writes it is done, and build again",
    )


@contextmanager
def without_collector(*, lasts: bool = True) -> Iterator[None]:
    """No cyclic collection while many small values are made: it would find nothing, at a fifth of the time. Where what
    was made `lasts`, no later collection looks through it either.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if lasts:
                gc.freeze()
            gc.enable()
