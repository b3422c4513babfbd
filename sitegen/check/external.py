"""Whether pages on other sites are still there: asked politely, within bounds, and never on a private network.

Invariant: a host is looked up once and the connection goes to the address that was judged, so that no name can lead a
request inwards; each redirect is judged again. A host gets one request at a time, with a pause between them. No answer
is kept longer than a day.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from sitegen import __version__
from sitegen.build.report import Progress
from sitegen.check.checking import CheckReport
from sitegen.errors import Problem, Where

MEMORY = "external.msgpack"
FRESH_S = 86_400  # how long an answer is believed
MOST = 2_000  # addresses that one check asks; the rest is said to be left
HOSTS_AT_ONCE = 8
PAUSE_S = 0.5  # between two requests to one host
TIMEOUT_S = 10.0
REDIRECTS = 5
AGENT = f"sitegen/{__version__} (link check)"

State = Literal["there", "gone", "unknown", "moved"]


class Answer(msgspec.Struct, frozen=True):
    """What a host said of an address, in words, and when (seconds since 1970). `to` is where it has moved for good."""

    state: State
    words: str = ""
    at: int = 0
    to: str = ""


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    """An address that is not asked."""


def external_problems(
    report: CheckReport, memory: Path, progress: Progress, *, allowed: Collection[str] = ()
) -> list[Problem]:
    """A warning for each address of another site that does not answer or has no such page.

    `allowed` are hosts, as `name:port`, that may lie on a private network: none, but in a test that runs one.
    """
    addresses: dict[str, list[tuple[str, int]]] = {}
    for address, places in sorted(report.elsewhere.items()):
        plain = address.partition("#")[0]
        addresses.setdefault("https:" + plain if plain.startswith("//") else plain, places)
    known = _known(memory / MEMORY)
    now = int(time.time())
    fresh = {address: known[address] for address in addresses if address in known and now - known[address].at < FRESH_S}
    todo = [address for address in addresses if address not in fresh]
    answers = {**fresh, **ask_all(todo[:MOST], progress, allowed=allowed)}
    _keep(memory / MEMORY, answers)
    problems = [
        problem
        for address, places in addresses.items()
        if (answer := answers.get(address)) and (problem := _problem(report, address, answer, places))
    ]
    if len(todo) > MOST:
        message = f"{len(todo) - MOST:,} addresses of other sites were left for the next check"
        where = Where(report.folder)
        problems.append(Problem(code="link.external", where=where, message=message, severity="note"))
    return problems


def _problem(report: CheckReport, address: str, answer: Answer, places: list[tuple[str, int]]) -> Problem | None:
    if answer.state == "there":
        return None
    path, line = places[0]
    pages = len({path for path, _ in places}) - 1
    more = f" (and on {pages:,} more {'page' if pages == 1 else 'pages'})" if pages else ""
    said = {"gone": "is gone", "moved": f"has moved for good to {answer.to}", "unknown": "could not be asked"}[
        answer.state
    ]
    words = f": {answer.words}" if answer.words else ""
    help = {
        "gone": "link to a copy in an archive, or take the link out",
        "moved": f"write  {answer.to}",
        "unknown": "look at it in a browser; some hosts do not answer programs",
    }[answer.state]
    return Problem(
        code="link.external",
        where=Where(f"{report.folder}/{path}", line),
        message=f"links to {address}, which {said}{words}{more}",
        help=help,
        severity="warning" if answer.state == "gone" else "note",
    )


def ask_all(addresses: list[str], progress: Progress, *, allowed: Collection[str] = ()) -> dict[str, Answer]:
    """What each address answers; hosts side by side, the addresses of one after another."""
    by_host: dict[str, list[str]] = {}
    for address in addresses:
        by_host.setdefault(_host(address), []).append(address)
    answers: dict[str, Answer] = {}
    progress.phase("external", len(addresses))

    def ask_host(of_one: list[str]) -> dict[str, Answer]:
        found = {}
        for n, address in enumerate(of_one):
            if n:
                time.sleep(PAUSE_S)
            found[address] = ask(address, allowed=allowed)
        return found

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        for found in pool.map(ask_host, by_host.values()):
            answers.update(found)
            progress.advance(len(found))
    return answers


def _host(address: str) -> str:
    with suppress(ValueError):
        return urlsplit(address).netloc.lower()
    return address


def ask(address: str, *, allowed: Collection[str] = (), look_up: "Callable[..., list[str]] | None" = None) -> Answer:
    """What one address answers, its redirects followed. Never raises for what a host does."""
    now = int(time.time())
    at, moved = address, ""
    try:
        for _ in range(REDIRECTS + 1):
            status, target = _request(at, allowed, look_up or addresses_of)
            if status in (301, 302, 303, 307, 308) and target:
                if status in (301, 308) and moved in ("", at):
                    moved = urljoin(at, target)
                at = urljoin(at, target)
                continue
            return _answer(status, moved if moved == at else "", now)
    except Refused as refused:
        return Answer("unknown", str(refused), now)
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as error:
        gone = isinstance(error, socket.gaierror)
        return Answer("gone" if gone else "unknown", "there is no such host" if gone else _said(error), now)
    return Answer("gone", f"it leads in a circle, or through more than {REDIRECTS} others", now)


def _answer(status: int, moved: str, now: int) -> Answer:
    if status in (404, 410):
        return Answer("gone", f"the host answers {status}", now)
    if status < 400:
        return Answer("moved", "", now, moved) if moved else Answer("there", "", now)
    return Answer("unknown", f"the host answers {status}", now)


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_S:.0f} seconds"
    if isinstance(error, ssl.SSLError):
        return f"its certificate does not hold ({error.reason or error})"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _request(address: str, allowed: Collection[str], look_up: Callable[[str, int], list[str]]) -> tuple[int, str]:
    """Status and `Location` of an address; by HEAD, and by GET where a host does not know HEAD. Raises: Refused."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("it is no web address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    place = judged(parts.hostname, port, look_up(parts.hostname, port), allowed)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    )
    for method in ("HEAD", "GET"):
        connection = _Connection(parts.hostname, port, place, secure=parts.scheme == "https")
        try:
            connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"})
            response = connection.getresponse()
            if method == "HEAD" and response.status in (400, 403, 404, 405, 501):
                continue  # some hosts answer HEAD as if nothing were there
            return response.status, response.getheader("Location", "")
        finally:
            connection.close()
    raise Refused("it answers neither HEAD nor GET")


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises: socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def judged(host: str, port: int, found: list[str], allowed: Collection[str]) -> str:
    """The address to connect to. Raises: Refused where any of a host's addresses is not of the public internet."""
    for address in found:
        ip = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None)
        if (not (mapped or ip).is_global or ip.is_multicast) and f"{host}:{port}" not in allowed:
            raise Refused("it lies on a private network, which is never asked")
    if not found:
        raise Refused("it has no address")
    return found[0]


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was judged, under the name that was asked for."""

    def __init__(self, host: str, port: int, place: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._place = place
        self._secure = secure
        if secure:
            self.default_port = 443

    def connect(self) -> None:
        self.sock = socket.create_connection((self._place, self.port), self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _known(path: Path) -> Mapping[str, Answer]:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=dict[str, Answer])
    except (OSError, msgspec.DecodeError):
        return {}


def _keep(path: Path, answers: Mapping[str, Answer]) -> None:
    with suppress(OSError):  # what is remembered only saves time
        path.write_bytes(msgspec.msgpack.encode(dict(answers)))
