"""A look at a site's folders that begins while the interpreter still imports what a build takes.

Invariant: what was seen ahead is used once, and only for a folder that was looked at by the rule that it goes by; all
else is looked at when it is asked for. What changes after the look is found by the next build, as after any look.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence

from sitegen.build import walk
from sitegen.build.walk import FOLDERS, LENGTH, Listed, listed

COMMANDS = frozenset(("build",))
_ELSEWHERE = ("-C", "--root", "-c", "--config", "-j", "--jobs")  # another site, or processes counted
_BARE = ("-S", "-s", "-P", "-X", "utf8")  # no packages, no modules but Python's own, and file names as here
_ROOM = 1 << 20  # bytes that wait in a pipe until somebody has time to read them, where the system gives so many


class Ahead:
    """What a second interpreter sees in a site's folders. It has nothing of this one: to share memory would cost this
    one more than the look does.
    """

    def __init__(self, root: str, output: str) -> None:
        """Start it. Cost: 0.5 ms here, and of another core 15 ms and 8 µs a file. Raises: OSError."""
        self.began = time.time_ns()
        self._root, self._output = os.path.abspath(root), os.path.abspath(output)
        self._folders: dict[str, Listed] = {}
        self._has_folders = False
        receiver, sender = os.pipe()
        self._pipe = os.fdopen(receiver, "rb")
        if sys.platform == "linux":
            _widen(sender)
        command = [sys.executable, *_BARE, walk.__file__, self._root, self._output]
        silence = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)  # who fails is not missed
        try:
            into = [(os.POSIX_SPAWN_DUP2, sender, 1), silence]
            self._process = os.posix_spawn(sys.executable, command, os.environ, file_actions=into)
        except OSError:
            self._pipe.close()
            raise
        finally:
            os.close(sender)

    def _received(self) -> Listed | dict[str, Listed] | None:
        """What it sends next; None when that is not whole."""
        import marshal  # noqa: PLC0415 -- of this very interpreter, and nobody else writes there

        length = int.from_bytes(self._pipe.read(LENGTH), "little")
        said = self._pipe.read(length)
        if not said or len(said) < length:
            return None
        found: Listed | dict[str, Listed] = marshal.loads(said)  # noqa: S302
        return found

    def listed(self, folder: str | os.PathLike[str], hidden: Callable[[str], bool]) -> Listed:
        """As `walk.listed`, by what was seen where it was looked at and this is the first to ask."""
        self._receive_folders()
        top, name = os.path.split(os.path.abspath(folder))
        found = self._folders.pop(name, None) if top == self._root and FOLDERS.get(name) is hidden else None
        return listed(folder, hidden) if found is None else found

    def looks_at(self, output: str | os.PathLike[str]) -> bool:
        """Whether it will say what lies in this output folder."""
        return bool(self._process) and self._output == os.path.abspath(output)

    def outputs(self) -> Listed | None:
        """What stands in the output folder of the files that its list names; once. None where nobody could look."""
        if not self._process:
            return None
        self._receive_folders()
        found = self._received()
        self._end()
        return found if isinstance(found, tuple) else None

    def _receive_folders(self) -> None:
        if not self._has_folders:
            found, self._has_folders = self._received(), True
            self._folders = found if isinstance(found, dict) else {}

    def _end(self) -> None:
        self._pipe.close()
        if self._process:
            os.kill(self._process, 9)  # it has said all, or nobody listens
            os.waitpid(self._process, 0)
            self._process = 0

    def forget(self) -> None:
        """Use nothing of it: what is asked for from here on is looked at then."""
        self._folders, self._has_folders = {}, True
        self._end()


def _widen(pipe: int) -> None:
    """Let more wait in a pipe, where the system allows it."""
    from fcntl import F_SETPIPE_SZ, fcntl  # noqa: PLC0415

    try:
        fcntl(pipe, F_SETPIPE_SZ, _ROOM)
    except OSError:
        return  # who writes there waits until it is read


def begin(arguments: Sequence[str]) -> Ahead | None:
    """Start to look at the site that a command line means; None where that is not the nearest one, or where a second
    process would gain nothing.
    """
    if os.name != "posix" or (os.cpu_count() or 1) < 2 or not COMMANDS & set(arguments[:1]) or not sys.executable:
        return None
    if any(argument.startswith(_ELSEWHERE) for argument in arguments):
        return None
    folder = os.getcwd()
    while not os.path.isfile(os.path.join(folder, "sitegen.yaml")):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return None
    try:
        return Ahead(folder, _output(arguments) or os.path.join(folder, "public"))
    except OSError:  # no process, or no pipe, is to be had
        return None


def _output(arguments: Sequence[str]) -> str:
    """The output folder that a command line names."""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option in ("-o", "--output"):
            return value
    return ""
