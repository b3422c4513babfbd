"""`sitegen serve` as a process: where it listens, what it says, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest


def started(site, *words: str, **environment: str) -> tuple[subprocess.Popen, list[str]]:
    """The process and what it said until it listened, or all it said when it ended before."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sitegen", *words],
        cwd=site,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    return process, said


def ended(process: subprocess.Popen, how: int = signal.SIGINT) -> str:
    process.send_signal(how)
    said, _ = process.communicate(timeout=20)
    return said


def test_it_serves_the_site_at_the_address_that_it_says_and_ends_cleanly(site):
    process, said = started(site, "serve")
    address = re.search(r"http://\S+", "".join(said))[0]
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert b"Article 1" in answer.read()

    assert "Stopped." in ended(process)
    assert process.returncode == 0


def test_a_taken_port_is_stepped_over_and_said_or_refused_when_it_was_asked_for(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (site / "sitegen.yaml").open("a") as config:
            config.write(f"serve: {{port: {port}}}\n")
        process, said = started(site, "serve")
        assert f"Port {port} is taken" in "".join(said)
        ended(process)
        process, said = started(site, "serve", "--port", str(port))

        assert process.wait(20) == 2
        assert "--port" in "".join(said)
        process.stdout.close()


@pytest.mark.parametrize("after", [0.3, 0.45, 0.6, 0.75, 0.9])
def test_it_ends_whenever_it_is_asked_to(site, after):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sitegen", "serve", "--port", "0"], cwd=site, stdout=subprocess.PIPE, stderr=-2
    )
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=20)
    finally:
        process.kill()


def test_under_its_name_server_it_says_one_line_for_a_change(site):
    process, _ = started(site, "server")
    time.sleep(0.5)
    path = site / "content" / "a1.md"
    path.write_text(path.read_text("utf-8") + "\nMore.\n", "utf-8")
    line = process.stdout.readline()

    assert re.fullmatch(r"content/a1\.md: \d+ open pages? changed, \d+ ms\n", line)
    assert ended(process, signal.SIGTERM).strip() == "Stopped."


def test_the_browser_is_opened_when_it_is_asked_for(site, tmp_path):
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > "{tmp_path}/opened"\n')
    opener.chmod(0o755)
    process, said = started(site, "serve", "--open", PATH=f"{opener.parent}:{os.environ['PATH']}")
    address = re.search(r"http://\S+", "".join(said))[0]
    end = time.monotonic() + 20
    while not (tmp_path / "opened").exists() and time.monotonic() < end:
        time.sleep(0.05)

    assert (tmp_path / "opened").read_text() == address
    ended(process)


def test_under_its_name_dev_it_says_when_it_is_calm_what_only_the_whole_site_tells(site):
    process, _ = started(site, "dev")
    (site / "content" / "twin.md").write_bytes((site / "content" / "a1.md").read_bytes())
    said = []
    for line in process.stdout:
        said.append(line)
        if "help" in line:
            break

    assert any("content/twin.md" in line and "a1" in line for line in said[1:])
    assert ended(process).strip() == "Stopped."
    assert process.returncode == 0
