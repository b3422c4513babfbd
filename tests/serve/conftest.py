"""A site that is edited while it is previewed; every preview started here is ended here."""

import http.client
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from sitegen.build.live import LiveOptions  # noqa: E402
from sitegen.serve.preview import Preview, PreviewOptions  # noqa: E402
from tests.laws.sites import LATER, sources, write  # noqa: E402


def until(condition: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait until it has happened; fail after so many seconds, which are many on a loaded machine."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a site of six articles."""
    return write(tmp_path / "site", sources(6))


Start = Callable[..., Preview]


@pytest.fixture
def start() -> Iterator[Start]:
    """A function that starts a preview of a folder; what it started is ended with the test."""
    running: list[Preview] = []

    def begin(root: Path, told: Any = lambda _: None, **options: Any) -> Preview:
        live = LiveOptions(as_of=options.pop("as_of", LATER), base_url=options.pop("base_url", None))
        preview = Preview(root, root / "sitegen.yaml", live, PreviewOptions(port=0, **options), told)
        preview.start()
        running.append(preview)
        return preview

    yield begin
    for preview in running:
        preview.stop()


class Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()


def ask(preview: Preview, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request over a real socket; headers with `_` for `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", preview.server.server_address[1], timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def plain(preview: Preview, path: str) -> Answer:
    """A page as a build would write it."""
    return ask(preview, path, X_Sitegen_Plain="1")
