"""Where pure functions run: here, in processes, or on any `concurrent.futures.Executor` such as Dask's.

Invariant: a task is `function(shared, chunk)`, both values; results come back in the order of the chunks, whatever ran
first, so one process and many give the same bytes.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from threading import Lock, Thread, active_count
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, TypeVar

from sitegen.build.apart import Apart

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future, ProcessPoolExecutor

C = TypeVar("C")
R = TypeVar("R")

Lost = Callable[[Any, C], R]  # from what is shared and a chunk that was under way when a process ended

SMALL = 2  # chunks: below this a pool costs more than it gives


class Pool(Protocol):
    """Runs `function(shared, chunk)` for each chunk."""

    workers: int

    def map(
        self, function: Callable[[Any, C], R], shared: Any, chunks: Iterable[C], *, lost: Lost[C, R] | None = None
    ) -> Iterator[R]:
        """Results in the order of the chunks. Those of an iterator are asked for when there is room for them.

        With `lost`, a process that ends does not end the whole: what `lost` gives stands for each chunk that was under
        way then, and it may try that again with `run_alone`. All runs in processes then, be it one chunk.
        """
        ...


class Serial:
    """Runs everything here."""

    workers = 1

    def map(
        self,
        function: Callable[[Any, C], R],
        shared: Any,
        chunks: Iterable[C],
        *,
        lost: Lost[C, R] | None = None,  # noqa: ARG002 -- no process ends here but this one
    ) -> Iterator[R]:
        for chunk in chunks:
            yield function(shared, chunk)


_shared: Any = None


def _share(value: Any) -> None:
    global _shared  # noqa: PLW0603 -- one value a worker process, set once before its first task
    _shared = value


LOOK_S = 0.5  # how often a worker looks whether its parent lives


def _end_with(parent: int) -> None:
    """In a worker: end when the parent has died. A worker that waits for a task would else wait for ever, and hold the
    site's lock, which it inherited.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _run(function: Callable[[Any, C], R], chunk: C) -> R:
    return function(_shared, chunk)


class Processes:
    """Runs in worker processes. Where processes can fork, they inherit what is shared and nothing is copied."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._apart: list[Apart] = []

    def apart(self, prepare: Callable[[], Callable[[bytes], bytes]]) -> Apart:
        """Start a function in a process of its own, which may prepare before it is given its work; see `Apart`."""
        self._apart.append(Apart(prepare))
        return self._apart[-1]

    def beside(self, function: Callable[[], bytes]) -> Apart:
        """Start a function that waits for nothing in a process of its own."""
        return self.apart(lambda: lambda _: function()).give(b"")

    def close(self) -> None:
        """End what was started and nobody waited for."""
        for each in self._apart:
            each.end()

    def map(
        self, function: Callable[[Any, C], R], shared: Any, chunks: Iterable[C], *, lost: Lost[C, R] | None = None
    ) -> Iterator[R]:
        following = iter(chunks)
        first = list(islice(following, SMALL))
        if not first or (lost is None and (len(first) < SMALL or self.workers < SMALL)):
            yield from Serial().map(function, shared, chain(first, following))
            return
        workers = min(self.workers, len(chunks)) if isinstance(chunks, Sequence) else self.workers
        every = chain(first, following)
        try:
            if lost is None:
                with _started(workers, shared) as executor:
                    yield from _ordered(lambda chunk: executor.submit(_run, function, chunk), every, workers)
            else:
                yield from _surviving(function, shared, every, workers, lost)
        finally:
            _share(None)


def _started(workers: int, shared: Any) -> "ProcessPoolExecutor":
    import multiprocessing  # noqa: PLC0415 -- 20 ms that a build with little to do is spared
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    if "fork" in multiprocessing.get_all_start_methods() and os.name == "posix":
        _share(shared)
        context = multiprocessing.get_context("fork")
        return ProcessPoolExecutor(workers, context, initializer=_end_with, initargs=(os.getpid(),))
    return ProcessPoolExecutor(workers, initializer=_share, initargs=(shared,))


def _surviving(
    function: Callable[[Any, C], R], shared: Any, chunks: Iterable[C], workers: int, lost: Lost[C, R]
) -> Iterator[R]:
    """As `_ordered`; what was under way when a process ended, and has no result, is `lost`, and the rest goes on."""
    from concurrent.futures import BrokenExecutor, Future  # noqa: PLC0415

    following = iter(chunks)
    under_way: deque[tuple[C, Future[R]]] = deque()
    while True:
        with _started(workers, shared) as executor:
            try:
                while True:
                    for chunk in islice(following, 3 * workers - len(under_way)):
                        under_way.append((chunk, Future()))
                        under_way[-1] = (chunk, executor.submit(_run, function, chunk))
                    if not under_way:
                        return
                    done = under_way[0][1].result()
                    under_way.popleft()
                    yield done
            except BrokenExecutor:
                pass
            except BaseException:
                for _, future in under_way:
                    future.cancel()
                raise
        while under_way:
            chunk, future = under_way.popleft()
            whole = future.done() and future.exception() is None
            yield future.result() if whole else lost(shared, chunk)


def run_alone(function: Callable[[Any, C], R], shared: Any, chunk: C) -> R | None:
    """What it gives in a process of its own; None when that process ended. Cost: 15 ms."""
    from concurrent.futures import BrokenExecutor  # noqa: PLC0415

    with _started(1, shared) as executor:
        try:
            return executor.submit(_run, function, chunk).result()
        except BrokenExecutor:
            return None


def may_go_apart(pool: Pool) -> TypeGuard[Processes]:
    """Whether a copy of this process may be started: never beside another thread, which could hold a lock for good."""
    return isinstance(pool, Processes) and pool.workers > 1 and os.name == "posix" and active_count() == 1


_one = Lock()


def _alone(function: Callable[[Any, C], R], shared: Any, chunk: C) -> R:
    """One task at a time in a process: what is shared serves chunk after chunk, and a worker may have threads."""
    with _one:
        return function(shared, chunk)


class OnExecutor:
    """Runs on somebody else's executor; `scatter` sends what is shared there once."""

    def __init__(self, executor: "Executor", workers: int, scatter: Callable[[Any], Any]) -> None:
        self.executor = executor
        self.workers = workers
        self.scatter = scatter

    def map(
        self,
        function: Callable[[Any, C], R],
        shared: Any,
        chunks: Iterable[C],
        *,
        lost: Lost[C, R] | None = None,  # noqa: ARG002 -- the executor starts what ended again, and says what failed
    ) -> Iterator[R]:
        there = self.scatter(shared)
        yield from _ordered(lambda chunk: self.executor.submit(_alone, function, there, chunk), chunks, self.workers)


def _ordered(submit: Callable[[C], "Future[R]"], chunks: Iterable[C], workers: int) -> Iterator[R]:
    """Results in order, with a bounded number of chunks under way, so that memory stays bounded too."""
    following = iter(chunks)
    under_way: deque[Future[R]] = deque()
    try:
        while True:
            under_way.extend(submit(chunk) for chunk in islice(following, 3 * workers - len(under_way)))
            if not under_way:
                return
            yield under_way.popleft().result()
    except BaseException:
        for future in under_way:
            future.cancel()
        raise


class Lazily(Sequence[R]):
    """A sequence whose items are made when they are asked for, and not kept: what travels need not all be here."""

    def __init__(self, items: Sequence[C], make: Callable[[C], R]) -> None:
        self.items = items
        self.make = make

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, at: Any) -> Any:
        return [self.make(item) for item in self.items[at]] if isinstance(at, slice) else self.make(self.items[at])


def chunked(items: Sequence[C], workers: int, size: int) -> list[Sequence[C]]:
    """Runs of at most `size` items, at least four a worker where there are enough, so that none waits long."""
    step = max(1, min(size, -(-len(items) // (4 * workers))))
    return [items[n : n + step] for n in range(0, len(items), step)]
