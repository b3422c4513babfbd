"""A plain server of files on loopback, as quiet as a static host, that remembers what it could not answer."""

import functools
import http.server
import threading
from pathlib import Path


class _Handler(http.server.SimpleHTTPRequestHandler):
    failed: list[str]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if int(code) >= 400:
            self.failed.append(self.path)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection in the middle is no fault."""


class Served:
    """Serves a folder until `stop`; `address` ends in the base path's slash."""

    def __init__(self, folder: Path, base: str) -> None:
        self.failed: list[str] = []
        handler = functools.partial(type("Handler", (_Handler,), {"failed": self.failed}), directory=str(folder))
        self.server = _Server(("127.0.0.1", 0), handler)
        self.host = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.address = self.host + base
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
