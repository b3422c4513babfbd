"""One connection: requests judged, pages and files sent, the stream of ticks held open.

Invariant: a URL is looked up in the site's outputs and never joined to a folder. Every answer says `no-store` and
`nosniff`, none says anything of other origins.
"""

import hmac
import json
import sys
import time
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from typing import Any, BinaryIO
from urllib.parse import parse_qs, quote

from sitegen.build.live import Page
from sitegen.serve.connections import Connections, hear_out
from sitegen.serve.desk import Desk
from sitegen.serve.dressing import bare_page, fault_page, inject
from sitegen.serve.guards import Refused, check_origin, checked_host, path_of, span_of
from sitegen.theme.addresses import escape_path

HEAD_BYTES = 32_768  # of request line and headers together: browsers stay below 8 kB
IDLE_S = 30.0  # a connection that says nothing for so long is closed
HEARTBEAT_S = 15.0  # a comment on the stream, so that a dead connection is noticed
PIECE = 65_536  # bytes of a large file at a time
PLAIN = "X-Sitegen-Plain"  # a request with this header gets the page as a build would write it
HTML = "text/html; charset=utf-8"


class _Bounded:
    """The read side of a connection; lines of one request head are counted."""

    def __init__(self, file: BinaryIO | BufferedIOBase) -> None:
        self._file = file
        self.left = HEAD_BYTES

    def readline(self, size: int = -1) -> bytes:
        line = self._file.readline(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(line)
        if self.left < 0:
            raise Refused(431, "the request is too long")
        return line

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()

    @property
    def closed(self) -> bool:
        return self._file.closed


class Handler(BaseHTTPRequestHandler):
    """Answers for one connection."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    disable_nagle_algorithm = True
    rfile: Any
    is_answered = False  # whether an answer to this request has begun

    def __init__(self, *given: Any, desk: Desk, connections: Connections) -> None:
        self.desk = desk
        self.connections = connections
        super().__init__(*given)

    def setup(self) -> None:
        super().setup()
        self.rfile = _Bounded(self.rfile)
        self.connections.reading(self.connection)

    def finish(self) -> None:
        hear_out(self.connection)
        self.connections.forget(self.connection)
        super().finish()

    def handle_one_request(self) -> None:
        self.rfile.left, self.is_answered = HEAD_BYTES, False
        self.connections.reading(self.connection)
        try:
            super().handle_one_request()
        except Refused as refused:
            self._refuse(refused)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception:  # noqa: BLE001 -- a fault of ours ends this request, is shown, and nothing else
            self.close_connection = True
            traceback.print_exc(file=sys.stderr)
            if not self.is_answered:
                self._refuse(Refused(500, "sitegen itself failed here; the terminal says where"))

    def version_string(self) -> str:
        return "sitegen"

    def log_message(self, *_: object) -> None:
        """Quiet: what changed is worth a line, what was asked for is not."""

    def do_GET(self) -> None:
        self.connections.answering(self.connection)
        try:
            self._answer()
        except Refused as refused:
            self._refuse(refused)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.connections.answering(self.connection)
        self.close_connection = True
        try:
            host = self._checked()
            path, query = path_of(self.path)
            self._post(host, path, query)
        except Refused as refused:
            self._refuse(refused)

    def _post(self, host: str, path: str, query: str) -> None:
        if self._private(path) != "open":
            raise Refused(405, "only the editor link is posted to")
        self._check_caller(host, own=True)
        self._open(parse_qs(query))

    # ---- judging

    def _checked(self) -> str:
        headers = self.headers
        if self.requestline.count(" ") != 2 or "\t" in self.requestline:
            raise Refused(400, "the request is not well-formed")
        if self.request_version not in ("HTTP/1.0", "HTTP/1.1") or headers.defects:
            raise Refused(400, "the request is not well-formed")
        local = str(self.connection.getsockname()[0])
        name = f"[{local}]" if ":" in local else local
        return checked_host(headers.get_all("Host") or [], self.desk.hosts | {name.lower()})

    def _private(self, path: str) -> str | None:
        """What a path asks of the preview itself; None for a path of the site. Raises: Refused for a wrong token."""
        if not path.startswith("/.sitegen/"):
            return None
        token, _, rest = path.removeprefix("/.sitegen/").partition("/")
        if not hmac.compare_digest(token.encode(), self.desk.token.encode()):
            raise Refused(403, "the token is that of another run; load the page again")
        return rest

    def _check_caller(self, host: str, *, own: bool = False) -> None:
        origins = self.headers.get_all("Origin") or []
        if own and not origins:
            raise Refused(403, "this is for pages of the preview alone")
        check_origin(host, origins, self.headers.get_all("Sec-Fetch-Site") or [])

    # ---- answering

    def _answer(self) -> None:
        host = self._checked()
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            raise Refused(400, "this request has no body")
        path, query = path_of(self.path)
        rest = self._private(path)
        if rest is None:
            self._page(path, query)
        elif rest == "live.js":
            self._send(200, self.desk.script, "text/javascript; charset=utf-8")
        elif rest == "state":
            self._check_caller(host)
            asked = {name: values[-1] for name, values in parse_qs(query).items()}
            self._send(200, json.dumps(self.desk.state(asked)).encode(), "application/json")
        elif rest == "events":
            self._check_caller(host)
            self._stream()
        else:
            raise Refused(404, "there is nothing by that name")

    def _page(self, path: str, query: str) -> None:
        base = self.desk.live.base_path
        url = path.removeprefix(base) if path.startswith(base + "/") else ""
        if base and path in ("/", base):
            self._redirect(escape_path(base) + "/")
            return
        if url.endswith("/index.html"):
            url = url.removesuffix("index.html")
        page = self.desk.live.page(url)
        if page.slash:
            self._redirect(escape_path(base + url) + "/" + (f"?{quote(query, safe='=&%+')}" if query else ""))
        elif page.file is not None:
            self._send_file(page)
        else:
            self._send_page(page)

    def _send_page(self, page: Page) -> None:
        content, kind = page.content, page.type
        if page.status == 500 or (page.status == 404 and not content):
            content, kind = fault_page(page.problems), HTML
            if page.status == 404 and not page.problems:
                content = bare_page(404, "There is no such page")
        extra = {"X-Sitegen-Digest": page.digest}
        if kind == HTML and PLAIN not in self.headers:
            content = inject(content, self.desk.prefix, page.digest, page.status)
        self._send(page.status, content, kind, extra)

    def _send(self, status: int, content: bytes, kind: str, extra: dict[str, str] | None = None) -> None:
        span = None
        headers = dict(extra or {})
        if status == 200:
            ranges = self.headers.get_all("Range") or []
            if len(ranges) == 1 and "If-Range" not in self.headers:
                span = span_of(ranges[0], len(content))
            headers["Accept-Ranges"] = "bytes"
        if span is not None:
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{len(content)}"
            content, status = content[span.start : span.stop], 206
        self._head(status, kind, len(content), headers)
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_file(self, page: Page) -> None:
        assert page.file is not None
        with page.file.open("rb") as file:
            size = file.seek(0, 2)
            ranges = self.headers.get_all("Range") or []
            span = span_of(ranges[0], size) if len(ranges) == 1 and "If-Range" not in self.headers else None
            start, stop = span or (0, size)
            headers = {"Accept-Ranges": "bytes"}
            if span:
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
            self._head(206 if span else 200, page.type, stop - start, headers)
            file.seek(start)
            left = stop - start if self.command != "HEAD" else 0
            while left > 0:
                piece = file.read(min(PIECE, left))
                if not piece:
                    self.close_connection = True  # it became shorter while it was sent
                    break
                left -= len(piece)
                self.wfile.write(piece)

    def _redirect(self, to: str) -> None:
        self._head(302, HTML, 0, {"Location": to})

    def _refuse(self, refused: Refused) -> None:
        self.close_connection = True
        if not hasattr(self, "command") or getattr(self, "requestline", None) is None:
            self.request_version, self.command, self.requestline = "HTTP/1.1", "GET", ""
        self.request_version = (
            "HTTP/1.1" if getattr(self, "request_version", "") == "HTTP/0.9" else self.request_version
        )
        content = bare_page(refused.status, refused.says)
        if refused.status == 500:
            content = inject(content, self.desk.prefix, "", 500)  # so that it becomes the page once that is mended
        try:
            self._head(refused.status, HTML, len(content), {"Connection": "close"})
            if self.command != "HEAD":
                self.wfile.write(content)
        except OSError:
            pass

    def _head(self, status: int, kind: str, size: int, extra: dict[str, str]) -> None:
        self.is_answered = True
        self.send_response(status, HTTPStatus(status).phrase)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "same-origin")
        for name, value in extra.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self) -> None:
        """Ticks as server-sent events, until the other side or the preview ends."""
        self.close_connection = self.is_answered = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        with self.desk.ticks.listening():
            self._pass_on_ticks()

    def _pass_on_ticks(self) -> None:
        ticks = self.desk.ticks
        seen = ticks.number
        self.wfile.write(f"retry: 500\ndata: {seen}\n\n".encode())
        while True:
            began = time.monotonic()
            number = ticks.wait(seen, HEARTBEAT_S)
            if number is None:
                return
            if number != seen:
                self.wfile.write(f"data: {number}\n\n".encode())
                seen = number
            elif time.monotonic() - began >= HEARTBEAT_S:
                self.wfile.write(b": still here\n\n")

    def _open(self, asked: dict[str, list[str]]) -> None:
        where = asked.get("at", [""])[-1]
        opened = self.desk.open_editor(where)
        self._send(200 if opened else 404, json.dumps({"opened": opened}).encode(), "application/json")
