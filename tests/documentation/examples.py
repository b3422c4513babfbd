"""Running the guide's examples: each page in a folder of its own, its blocks in their order.

What a command says is compared after what must differ has been made the same: seconds, today's date, the folder.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sitegen.cli import main
from tests.documentation.guide import blocks

HOME = "/home/you"  # what the guide calls the folder in which its commands run
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
    here = folder
    for block in blocks(page):
        if block.file:
            path = here / _of_today(block.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.runs:
            last = list(block.commands())[-1]
            for command, shown in block.commands():
                said, code, here = _run(_of_today(command), here)
                fails = "fails" in block.info and (command, shown) == last
                yield Ran(command, shown, said.replace(str(folder), HOME), code, fails)


def _run(command: str, here: Path) -> tuple[str, int, Path]:
    """What a command prints on both streams, its exit code, and the folder afterwards."""
    words = shlex.split(command)
    if words[0] == "cd":
        return "", 0, (here / words[1]).resolve()
    if words[0] == "sitegen" and not _SHELL.search(command):
        return *_run_here(words[1:], here), here
    script = f'sitegen() {{ "{sys.executable}" -m sitegen "$@"; }}\n{command}'
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=here, env={**os.environ, "PYTHONPATH": str(root)}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout.decode(), done.returncode, here


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
