#!/usr/bin/env python3
"""Set up this checkout, then build and preview its site, or check everything that can be checked here.

Needs Python 3.11 or newer and git; everything else goes into `.venv/` and `tests/node_modules/`, and only there.
Invariant: the standard library alone, so that it runs before anything is installed, and one command for people and
for continuous integration: `.ci/run` adds system packages and calls this file.
"""

import argparse
import contextlib
import hashlib
import http.server
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

if sys.version_info < (3, 11):  # noqa: UP036  # before any line that an older Python cannot run
    sys.exit("sitegen needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + ".")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PREVIEW_WAIT_S = 30  # a request on loopback answers in milliseconds; a loaded machine may take a while
PORTS_TRIED = 50


class CheckoutError(Exception):
    """Something that a person must mend; its text says how."""


def say(text: str) -> None:
    print(text, flush=True)


def run(*command: str | Path, quiet: bool = False, cwd: Path = ROOT) -> int:
    """Exit code of a command that runs in the checkout; with `quiet` its output is shown only when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, check=False, text=True, errors="replace",
        stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None,
    )  # fmt: skip
    if quiet and done.returncode:
        say(done.stdout.rstrip())
    return done.returncode


# The environment


def stamp_of(*files: Path) -> str:
    """Digest of what an installation was made from: equal means that it is current."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def is_current(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest


def make_environment(extra: str) -> None:
    """Bring `.venv` up to date with `pyproject.toml`; `extra` is "" or "test". Cost: 0.02 s when it is current."""
    digest = stamp_of(ROOT / "pyproject.toml")
    stamp = VENV / f"sitegen-{extra or 'site'}.stamp"
    if works(PYTHON) and (is_current(stamp, digest) or (not extra and is_current(VENV / "sitegen-test.stamp", digest))):
        return
    if not works(PYTHON):
        say("Making the environment in .venv …")
        make_venv()
    say("Installing sitegen and what it needs into .venv (a minute the first time) …")
    project = f".[{extra}]" if extra else "."
    if run(*pip_command(), "install", "--quiet", "--disable-pip-version-check", "--editable", project, quiet=True):
        raise CheckoutError("The packages could not be installed; pip says why above. With a network, run this again.")
    stamp.write_text(digest, encoding="utf-8")


def answers(python: Path, statement: str) -> bool:
    """Whether an interpreter is there, runs, and runs a statement without an error."""
    with contextlib.suppress(OSError):
        return subprocess.run([python, "-c", statement], check=False, capture_output=True).returncode == 0
    return False


def works(python: Path) -> bool:
    """Whether an interpreter runs and is new enough: one that was moved or upgraded often is not."""
    return answers(python, "import sys; sys.exit(sys.version_info < (3, 11))")


def make_venv() -> None:
    """Raises CheckoutError where this Python cannot make an environment, with the way to one that can."""
    with_pip = importlib.util.find_spec("ensurepip") is not None
    if not with_pip and importlib.util.find_spec("pip") is None:
        raise CheckoutError(
            "This Python comes without ensurepip and without pip, so it cannot fill an environment.\n"
            "On Debian and Ubuntu:  sudo apt install python3-venv\n"
            "Elsewhere, install Python 3.11 or newer from python.org or your package manager, then run this again."
        )
    options = ["--clear"] if (VENV / "pyvenv.cfg").exists() else []
    if run(sys.executable, "-m", "venv", *options, *([] if with_pip else ["--without-pip"]), VENV, quiet=True):
        raise CheckoutError("The environment in .venv could not be made; Python says why above.")


def pip_command() -> list[str | Path]:
    """The environment's own pip, or this Python's pip at work on an environment that has none."""
    if answers(PYTHON, "import pip"):
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def make_test_tools() -> None:
    """The npm packages that only tests use; without npm, the tests that need them skip and say so."""
    npm = shutil.which("npm")
    tests = ROOT / "tests"
    stamp = tests / "node_modules" / "sitegen.stamp"
    digest = stamp_of(tests / "package-lock.json")
    if npm is None or is_current(stamp, digest):
        return
    say("Installing the test tools from npm into tests/node_modules …")
    if run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", quiet=True, cwd=tests):
        say("They could not be installed; the tests that need them will be skipped.")
        return
    stamp.write_text(digest, encoding="utf-8")


# python3 dev.py site


def base_path() -> str:
    """The path part of the site's own address, with a slash at each end: `/` or `/sitegen/`."""
    config = (ROOT / "sitegen.yaml").read_text(encoding="utf-8")
    found = re.search(r"^base_url:\s*[\"']?([^\"'\s#]+)", config, re.MULTILINE)
    path = urllib.parse.urlsplit(found[1]).path.strip("/") if found else ""
    return f"/{path}/" if path else "/"


def preview_handler(folder: Path, base: str) -> type[http.server.SimpleHTTPRequestHandler]:
    """A handler that serves `folder` under `base`, and the site's own 404 page for what is not there."""
    not_found = folder / "404.html"

    class Preview(http.server.SimpleHTTPRequestHandler):
        if not_found.is_file():
            error_message_format = not_found.read_text(encoding="utf-8").replace("%", "%%")

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, directory=str(folder), **options)

        def do_GET(self) -> None:
            if self.path == "/" != base:
                self.send_response(302)
                self.send_header("Location", base)
                self.end_headers()
            else:
                super().do_GET()

        def translate_path(self, path: str) -> str:
            inside = path.removeprefix(base) if path.startswith(base) else "\ufffd"  # a name that no file has
            return super().translate_path("/" + inside)

        def log_message(self, *_: object) -> None:
            """Quiet: a preview has nothing to say about each picture."""

    return Preview


def open_server(port: int, handler: type[http.server.SimpleHTTPRequestHandler]) -> http.server.ThreadingHTTPServer:
    """A server on loopback, at `port` or the next free one above it."""
    for candidate in range(port, port + PORTS_TRIED):
        with contextlib.suppress(OSError):
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
    raise CheckoutError(f"No port from {port} to {port + PORTS_TRIED - 1} is free. Choose another with --port.")


def site(options: argparse.Namespace) -> int:
    """Build this repository's own site and show it; without a terminal, fetch its home page once instead."""
    make_environment("")
    if run(PYTHON, "-m", "sitegen", "build"):
        raise CheckoutError("The site was not built; the messages above say what to mend.")
    server = open_server(options.port, preview_handler(ROOT / "public", base_path()))
    address = f"http://127.0.0.1:{server.server_address[1]}{base_path()}"
    if not sys.stdout.isatty():
        return prove(server, address)
    say(f"Here is the site: {address}\nPress Ctrl-C to stop.")
    with contextlib.suppress(KeyboardInterrupt), server:
        server.serve_forever()
    say("\nStopped.")
    return 0


def prove(server: http.server.ThreadingHTTPServer, address: str) -> int:
    """Serve for one request, our own, so that a log shows that the preview works."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with urllib.request.urlopen(address, timeout=PREVIEW_WAIT_S) as answer:  # noqa: S310
            page = answer.read().decode("utf-8", "replace")
    except urllib.error.URLError as problem:
        raise CheckoutError(f"The preview did not answer at {address}: {problem.reason}") from problem
    finally:
        server.shutdown()
        server.server_close()
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    if not title:
        raise CheckoutError(f"The preview answered at {address}, but with a page that has no title.")
    say(f"The preview works: {address} answered with “{title[1].strip()}”.")
    say("There is no terminal here, so it has stopped again. In a terminal, `python3 dev.py site` keeps it open.")
    return 0


# python3 dev.py test


def test(options: argparse.Namespace) -> int:
    """Format, lint, types and every test that this machine can run. Exit 0 when nothing failed."""
    make_environment("test")
    make_test_tools()
    failed = []
    checks = (
        ("lint", "the code follows the lint rules", ("ruff", "check", ".")),
        ("format", "the code is formatted", ("ruff", "format", "--check", ".")),
        ("types", "the types hold", ("mypy",)),
    )
    for name, good, command in checks:
        if run(PYTHON, "-m", *command, quiet=True):
            failed.append(name)
        else:
            say(f"Checked: {good}.")
    spread = ["--numprocesses=auto", "--dist=worksteal"]  # each core takes a half; who is done takes from the other
    if run(PYTHON, "-m", "pytest", *spread, *(["--no-skips"] if options.no_skips else []), *options.pytest):
        failed.append("tests")
    if failed:
        raise CheckoutError(f"Not everything is well: {', '.join(failed)}. Details stand above.")
    say("All is well.")
    return 0


def main() -> int:
    for stream in (sys.stdout, sys.stderr):  # a Windows console of an old code page cannot print “…”
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(prog="dev.py", description="Work on sitegen in this checkout.")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("site", help="build this repository's own site and preview it")
    show.add_argument("--port", type=int, default=8000, help="where to look for a free port (8000)")
    check = commands.add_parser("test", help="check format, lint, types and tests")
    check.add_argument("--no-skips", action="store_true", help="a skipped test is a failure")
    check.add_argument("pytest", nargs="*", help="after `--`: options for pytest")
    options = parser.parse_args()
    try:
        return site(options) if options.command == "site" else test(options)
    except CheckoutError as failure:
        sys.stdout.flush()
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
