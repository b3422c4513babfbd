"""A plain server of files on loopback, as quiet as a static host, that remembers what it could not answer."""

import functools
import http.server
import threading
import time
from pathlib import Path
from typing import Any

PIECE_S = 0.01  # between two pieces of a page: long enough for a browser to paint what it has


class _Handler(http.server.SimpleHTTPRequestHandler):
    failed: list[str]
    pieces = 1  # in which a page is sent
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if int(code) >= 400:
            self.failed.append(self.path)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        if self.pieces == 1 or not self.path.endswith(("/", ".html")):
            return super().copyfile(source, outputfile)
        content = source.read()
        size = len(content) // self.pieces + 1
        for start in range(0, len(content), size):
            outputfile.write(content[start : start + size])
            time.sleep(PIECE_S)
        return None


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection in the middle is no fault."""


class Served:
    """Serves a folder until `stop`; `address` ends in the base path's slash. Pages come in so many pieces."""

    def __init__(self, folder: Path, base: str, pieces: int = 1) -> None:
        self.failed: list[str] = []
        kind = type("Handler", (_Handler,), {"failed": self.failed, "pieces": pieces})
        handler = functools.partial(kind, directory=str(folder))
        self.server = _Server(("127.0.0.1", 0), handler)
        self.host = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.address = self.host + base
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
