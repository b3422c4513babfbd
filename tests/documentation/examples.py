"""Running the guide's examples: each page in a folder of its own, its blocks in their order.

What a command says is compared after what must differ has been made the same: seconds, today's date, the folder.
"""

import contextlib
import io
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sitegen.cli import main
from tests.documentation.given import give
from tests.documentation.guide import blocks

HOME = "/home/you"  # what the guide calls the folder in which its commands run
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60  # for a server to stand; a quiet machine needs one
WRITTEN = datetime(2026, 11, 23, tzinfo=UTC)  # the day that the guide's pages show
_SECONDS = re.compile(r"^\d+\.\d\d s(?: \(.*\))?$", re.MULTILINE)
_SHELL = re.compile(r"[|<>;&$`*]")


class Ran(NamedTuple):
    """A command of the guide, what the guide says of it, and what happened."""

    command: str
    shown: str
    printed: str
    code: int
    fails: bool


def run_page(page: str, folder: Path) -> Iterator[Ran]:
    """Writes the files of a page and runs its commands, all below `folder`."""
    shell = Shell(folder)
    give(page, folder)
    for block in blocks(page):
        if block.file:
            path = shell.here / _of_today(block.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.runs or block.serves:
            commands = list(block.commands())
            for command, shown in commands:
                last = (command, shown) == commands[-1]
                if block.serves and last:
                    yield shell.serve(_of_today(command), shown)
                    continue
                said, code = shell.run(_of_today(command), installed="installed" in block.info)
                printed = said.replace(str(folder), HOME)
                yield Ran(command, shown, printed, code, last and "fails" in block.info)


class Shell:
    """One reader's terminal: a folder that `cd` changes, a home, an environment that `source` enters.

    Commands without a shell's signs run in this process, which saves the time that a start takes. Without a network,
    `pip` finds what it needs among the packages of the tests; what it installs goes below the reader's home.
    """

    def __init__(self, home: Path) -> None:
        self.home = self.here = home
        self.entered = ""
        self.packages = home / ".packages"  # where pip installs when no environment was entered

    def run(self, command: str, *, installed: bool) -> tuple[str, int]:
        """What a command prints on both streams, and its exit code; `installed` asks the sitegen that pip installed."""
        words = shlex.split(command)
        if words[0] == "cd":
            self.here = (self.here / words[1].replace("~", str(self.home), 1)).resolve()
            return "", 0 if self.here.is_dir() else 1
        if words[0] == "source":
            self.entered = f". {words[1]}\n"
        elif words[0] == "sitegen" and not (_SHELL.search(command) or installed or self.packages.exists()):
            return _run_here(words[1:], self.here)
        done = subprocess.run(
            ["/bin/sh", "-c", self._script(command, installed=installed)], cwd=self.here, env=self._environment(),
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.stdout.decode(), done.returncode

    def _script(self, command: str, *, installed: bool) -> str:
        script = command.replace("source ", ". ", 1) if command.startswith("source ") else command
        if self.entered and (installed or command.startswith("pip ")):
            return self.entered + script
        ours = "".join(f'{name}() {{ "{sys.executable}" -m {name} "$@"; }}\n' for name in ("sitegen", "pip"))
        return f'{ours}python3() {{ "{sys.executable}" "$@"; }}\n{script}'

    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
        beside = [str(self.packages), *([] if self.entered else [str(ROOT)]), sysconfig.get_path("purelib")]
        target = {} if self.entered else {"PIP_TARGET": str(self.packages)}
        pip = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_QUIET": "2"}
        return {**clean, **pip, **target, "HOME": str(self.home), "PYTHONPATH": os.pathsep.join(beside)}

    def serve(self, command: str, shown: str) -> Ran:
        """Start a server of the guide on a free port; whether it answers, and with what its front page begins."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        asked = command.replace("8000", port) if "8000" in command else f"{command} -p {port}"
        script = self._script(f"exec_it() {{ {asked}; }}; exec_it", installed=False)
        with tempfile.TemporaryFile() as log:
            server = subprocess.Popen(
                ["/bin/sh", "-c", script], cwd=self.here, env=self._environment(), start_new_session=True,
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                answer = _answer(f"http://127.0.0.1:{port}/", server)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(server.pid, signal.SIGTERM)
                server.wait()
            log.seek(0)
            said = log.read().decode("utf-8", "replace")
        return Ran(command, shown, shown if answer else said, 0 if answer else 1, fails=False)


def _answer(url: str, server: "subprocess.Popen[bytes]") -> bytes:
    """What a server sends for an address, once it stands; nothing when it ends, or stays silent."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.05)
    return b""


def _run_here(words: list[str], here: Path) -> tuple[str, int]:
    """`sitegen` in this process, which saves the time that its start takes."""
    said = io.StringIO()
    with contextlib.chdir(here), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(words)
        except SystemExit as end:
            return said.getvalue(), int(end.code or 0)
    raise AssertionError("the command line ends in an exit code")


def _dates(day: datetime) -> Mapping[str, str]:
    return {"day": f"{day:%Y-%m-%d}", "path": f"{day:%Y/%m/%d}", "month": f"{day:%Y/%m}", "year": f"{day:%Y}/"}


def _of_today(text: str) -> str:
    """A command or path of the guide, with the date of the run where the guide has its own."""
    for old, new in zip(_dates(WRITTEN).values(), _dates(datetime.now(UTC)).values(), strict=True):
        text = text.replace(old, new)
    return text


def settled(text: str) -> str:
    """A text of the guide, or what a command printed, without what must differ."""
    for old, new in zip(_dates(datetime.now(UTC)).values(), _dates(WRITTEN).values(), strict=True):
        text = text.replace(old, new)
    return _SECONDS.sub("0.00 s", text).strip("\n")


def agree(shown: str, printed: str) -> bool:
    """Whether a command printed what the guide shows; `…` in the guide stands for anything."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*?")
        for line in (settled(shown) + "\n").splitlines(keepends=True)
    )
    return re.fullmatch(pattern, settled(printed) + "\n") is not None
