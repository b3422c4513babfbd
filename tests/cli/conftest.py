"""The real command, run as people run it, and small sites to run it on."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import msgspec
import pytest

from sitegen.cli import main


class Done(msgspec.Struct):
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return msgspec.json.decode(self.out)


Run = Callable[..., Done]
EDITORS = ("EDITOR", "VISUAL", "NO_COLOR")


@pytest.fixture
def sitegen(tmp_path, monkeypatch) -> Run:
    """Runs `sitegen …` in a folder of its own, in this process: its code, output and messages as a shell gets them."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **env: str) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(cwd)
            for name in EDITORS:
                patch.delenv(name, raising=False)
            for name, value in env.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main([str(argument) for argument in arguments])
        return Done(ended.value.code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def process(tmp_path) -> Run:
    """The same in a process of its own, for what only that shows; any traceback fails."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **env: str) -> Done:
        clean = {key: value for key, value in os.environ.items() if key not in EDITORS}
        done = subprocess.run(
            [sys.executable, "-m", "sitegen", *map(str, arguments)],
            cwd=cwd, env={**clean, **env}, check=False, capture_output=True, text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def article(title: str, text: str = "Some words.", **matter: str) -> str:
    lines = [
        f"title: {title}",
        *(f"{key}: {value}" for key, value in {"date": "2024-03-17", **matter}.items() if value),
    ]
    return "\n".join(["---", *lines, "---", "", text, ""])


class Site:
    """A site in a folder, with the command that runs in it."""

    def __init__(self, root: Path, run: Run) -> None:
        self.root = root
        self._run = run
        self.write("sitegen.yaml", "title: Harbour notes\nbase_url: https://notes.example/\ntheme: plain\n")

    def write(self, path: str, text: str) -> Path:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, encoding="utf-8")
        return full

    def run(self, *arguments: str | Path, **env: str) -> Done:
        return self._run(*arguments, cwd=self.root, **env)


@pytest.fixture
def site(tmp_path, sitegen) -> Site:
    """A site without articles."""
    root = tmp_path / "site"
    root.mkdir()
    return Site(root, sitegen)
