"""Git's plumbing: what a branch of a remote holds, a commit on top of it, and a push with a lease.

Invariant: all of it happens in a temporary bare repository. The user's own repository is only asked questions (where
its remotes are, who commits), so its objects, index, HEAD, work tree and settings stay as they are, and a killed
deployment leaves nothing but a folder in the system's place for temporary ones. Only trees are fetched, no files: the
remote is asked for a partial, shallow copy, and one that cannot give it sends the whole tip.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from sitegen.deploy.memory import Tip
from sitegen.deploy.origin import Origin, environment_for, run, text_of
from sitegen.deploy.plan import Entry, Plan
from sitegen.deploy.refusals import git_problem, last_words, refusal
from sitegen.errors import BuildError

TIP: Final = "refs/sitegen/tip"
OURS: Final = "refs/heads/sitegen"
BUFFER: Final = 1 << 20  # bytes that are handed to git at once
_ROOM: Final = {  # glibc gives memory back after each object that git packs, and asks for it again: half of git's time
    f"MALLOC_{name}_": str(1 << 25) for name in ("TRIM_THRESHOLD", "MMAP_THRESHOLD", "TOP_PAD")
}
OLDEST: Final = (2, 31)  # of March 2021: the first that takes settings from its environment


class Bench:
    """A temporary bare repository with one remote: what is fetched, committed and pushed passes through it."""

    def __init__(self, folder: Path, origin: Origin) -> None:
        self.folder = folder
        self.origin = origin
        self._import: subprocess.Popen[bytes] | None = None  # `git fast-import`, from the first file held to the commit
        self._said: IO[bytes] | None = None
        self._held: set[str] = set()
        self._environment = environment_for(origin.settings) | {"GIT_DIR": str(folder)} | _ROOM
        for name in ("objects", "refs"):
            (folder / name).mkdir()
        (folder / "HEAD").write_text(f"ref: {OURS}\n", "utf-8")
        local = Path(origin.address).is_dir()
        serving = "\tuploadpack = git -c uploadpack.allowFilter=true upload-pack\n" if local else ""
        (folder / "config").write_text(
            "[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tcompression = 1\n\tlogallrefupdates = false\n"
            "\tfsync = none\n"  # it goes in a moment, whatever happens
            "[extensions]\n\tpartialClone = site\n"
            "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
            "[pack]\n\twindow = 0\n"  # looking for deltas takes seconds
            f'[remote "site"]\n\turl = {_quoted_setting(origin.address)}\n'
            f"\tpromisor = true\n\tpartialclonefilter = blob:none\n{serving}",
            "utf-8",
        )

    def fetch(self) -> Tip:
        """The branch as it is now. Raises: BuildError."""
        branch = self.origin.branch
        words = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "site"]
        done = self._git(*words, f"+refs/heads/{branch}:{TIP}")
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace")
            if "couldn't find remote ref" in said:
                return Tip("", "", {})
            raise BuildError(refusal(said, **self.origin.facts()))
        commit, tree = text_of(self._asked("rev-parse", TIP, f"{TIP}^{{tree}}")).split("\n")
        entries = {}
        for line in self._asked("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            if line:
                facts, _, path = line.partition(b"\t")
                mode, _, blob = facts.decode("ascii").split(" ")
                entries[path.decode("utf-8", "surrogateescape")] = Entry(mode, blob)
        return Tip(commit, tree, entries)

    def stands_at(self, tip: Tip) -> bool:
        """Whether the remote still has the branch at this commit; False when it does not say."""
        name = f"refs/heads/{self.origin.branch}"
        done = self._git("ls-remote", "--quiet", "site", name)
        return bool(tip.commit) and f"{tip.commit}\t{name}".encode() in done.stdout.splitlines()

    def content(self, tip: Tip, path: str) -> bytes:
        """The content of one file on the branch, which is fetched for it; b"" when it has none. Raises: BuildError."""
        entry = tip.entries.get(path)
        return self._asked("cat-file", "blob", entry.blob) if entry is not None else b""

    def hold(self, blob: str, content: bytes) -> None:
        """Hand git a file that the commit will name, so that it packs this one while the next is read.

        What goes wrong meanwhile `commit` says.
        """
        if blob in self._held:
            return
        self._held.add(blob)
        with suppress(BrokenPipeError):
            stream = self._stream()
            stream.write(b"blob\ndata %d\n" % len(content))
            stream.write(content)
            stream.write(b"\n")

    def _stream(self) -> IO[bytes]:
        """Where `git fast-import` listens."""
        if self._import is None:
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the process
            self._import = subprocess.Popen(
                ["git", "fast-import", "--quiet", "--done", "--depth=0"],  # noqa: S607 -- deltas cost half the time
                bufsize=BUFFER, env=self._environment, stdin=subprocess.PIPE, stderr=self._said,
            )  # fmt: skip
        assert self._import.stdin is not None
        return self._import.stdin

    def close(self) -> None:
        """End what is still at work."""
        git, said, self._import, self._said = self._import, self._said, None, None
        self._held.clear()
        if git is not None:
            git.kill()
            git.wait()
            with suppress(OSError):
                git.stdin.close()  # type: ignore[union-attr]
        if said is not None:
            said.close()

    def commit(
        self, plan: Plan, tip: Tip, message: str, epoch: int, read: Callable[[str], bytes], *, history: bool = True
    ) -> Tip:
        """Make the commit that the plan leads to, on top of `tip`, or without a parent; the branch once it is pushed.

        `read` gives the content of an output that is not held yet; its errors pass through. Raises: BuildError.
        """
        try:
            with suppress(BrokenPipeError), self._stream() as stream:  # a git that stopped says why
                self._tell(stream, plan, tip, message, epoch, read, history=history)
            assert self._import is not None
            assert self._said is not None
            if self._import.wait():
                self._said.seek(0)
                words = self._said.read().decode("utf-8", "replace")
                raise BuildError(git_problem("deploy.git", f"git could not make the commit: {last_words(words)}"))
        finally:
            self.close()
        commit, tree = text_of(self._asked("rev-parse", OURS, f"{OURS}^{{tree}}")).split("\n")
        return Tip(commit, tree, plan.tree)

    def _tell(
        self,
        stream: IO[bytes],
        plan: Plan,
        tip: Tip,
        message: str,
        epoch: int,
        read: Callable[[str], bytes],
        *,
        history: bool,
    ) -> None:
        stream.write(_commit_line(self.origin.identity, epoch, message))
        if tip.commit and history:
            stream.write(f"from {tip.commit}\n".encode())
        elif tip.tree:
            stream.write(b'M 040000 %b ""\n' % tip.tree.encode())
        for step in plan.steps:
            path = quoted(step.path)
            if step.action == "remove":
                stream.write(b"D %b\n" % path)
                continue
            blob = plan.tree[step.path].blob
            if blob in self._held:
                stream.write(b"M 100644 %b %b\n" % (blob.encode(), path))
                continue
            made = plan.made.get(step.path)
            content = made if made is not None else read(step.path)
            stream.write(b"M 100644 inline %b\ndata %d\n" % (path, len(content)))
            stream.write(content)
            stream.write(b"\n")
        stream.write(b"\ndone\n")

    def push(self, tip: Tip) -> None:
        """Publish the commit if the branch still stands at `tip`. Raises: BuildError; then nothing was."""
        branch = f"refs/heads/{self.origin.branch}"
        lease = f"--force-with-lease={branch}:{tip.commit}"
        done = self._git("push", "--porcelain", "--no-verify", lease, "site", f"{OURS}:{branch}")
        if done.returncode:
            raise BuildError(
                refusal((done.stdout + b"\n" + done.stderr).decode("utf-8", "replace"), **self.origin.facts())
            )

    def _git(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return run(["git", *words], self._environment)

    def _asked(self, *words: str) -> bytes:
        done = self._git(*words)
        if done.returncode:
            raise BuildError(refusal(done.stderr.decode("utf-8", "replace"), **self.origin.facts()))
        return done.stdout


@contextmanager
def bench_for(origin: Origin) -> Iterator[Bench]:
    """A bench in a temporary folder, which goes with it. Raises: BuildError."""
    _check_version()
    try:
        folder = tempfile.TemporaryDirectory(prefix="sitegen-deploy-", ignore_cleanup_errors=True)
    except OSError as error:
        message = f"no temporary folder can be made: {error.strerror or error}"
        raise BuildError(
            git_problem("deploy.temporary", message, "make room, or set TMPDIR to a folder with room")
        ) from error
    with folder as path, closing(Bench(Path(path), origin)) as bench:
        yield bench


def _check_version() -> None:
    """Raises: BuildError for a git that would silently pass over what is asked of it."""
    said = text_of(run(["git", "version"], environment_for(())).stdout)
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is not None and (int(found[1]), int(found[2])) < OLDEST:
        message = f"{said} is too old to publish with: it needs {OLDEST[0]}.{OLDEST[1]} or newer"
        raise BuildError(git_problem("deploy.git-version", message, "install a newer one from https://git-scm.com/"))


def quoted(path: str) -> bytes:
    r"""A path as fast-import reads every path: in C's quotes, `"a\nb"`."""
    raw = path.encode("utf-8", "surrogateescape")
    return b'"' + re.sub(rb'[\\"\x00-\x1f\x7f]', lambda found: b"\\%03o" % found[0][0], raw) + b'"'


def _quoted_setting(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _commit_line(identity: str, epoch: int, message: str) -> bytes:
    text = message.encode("utf-8", "surrogateescape")
    who = identity.encode("utf-8", "surrogateescape").replace(b"\n", b" ")
    return b"commit %b\ncommitter %b %d +0000\ndata %d\n%b\n" % (OURS.encode(), who, epoch, len(text), text)
