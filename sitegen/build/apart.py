"""A function in a forked copy of this process, beside it.

Invariant: what it imports and allocates goes with it; what it gives is bytes, or nothing where it failed.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from struct import Struct


class Apart:
    """A function that runs in a forked copy of this process, beside it: what it imports and allocates goes with it."""

    def __init__(self, prepare: Callable[[], Callable[[bytes], bytes]]) -> None:
        """Start it: `prepare` imports what it takes and gives the function, which waits for its argument (`give`).
        Neither may use what a fork must not share, such as an open database.
        """
        self._answer, answer = os.pipe()
        argument, self._argument = os.pipe()
        self._process = os.fork()
        if not self._process:
            code = 1
            try:
                os.close(self._answer)
                os.close(self._argument)
                function = prepare()
                given = _received(argument)
                with os.fdopen(answer, "wb") as pipe:
                    pipe.write(function(given))
                code = 0
            finally:
                os._exit(code)  # whatever it raised: who asks computes it himself, and meets it there
        os.close(answer)
        os.close(argument)

    def give(self, argument: bytes) -> "Apart":
        """What its function is to work on; once. Waits for a process that is still preparing, where that is long."""
        with suppress(BrokenPipeError), os.fdopen(self._argument, "wb") as pipe:  # it died: `result` says so
            pipe.write(_length.pack(len(argument)) + argument)
        self._argument = -1
        return self

    def result(self) -> bytes | None:
        """What it returned; None when it raised, died or was ended. Waits for it."""
        if not self._process:
            return None
        with os.fdopen(self._answer, "rb") as pipe:
            found = pipe.read()
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        return found if status == 0 else None

    def end(self) -> None:
        """Nobody needs it any more."""
        if self._process:
            import signal  # noqa: PLC0415 -- few are ended before they are done

            os.kill(self._process, signal.SIGKILL)
            self.result()
        if self._argument >= 0:
            os.close(self._argument)
            self._argument = -1


_length = Struct("<q")


def _received(pipe: int) -> bytes:
    """What was given; its length comes first, because other processes may hold the other end open for long."""
    with os.fdopen(pipe, "rb") as file:
        (length,) = _length.unpack(file.read(_length.size))
        return file.read(length)
