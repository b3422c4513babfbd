"""Fetching pictures from the web, when asked: bounded, one at a time, and never from a private network.

A name is resolved once; every address that it has must be public, and the connection goes to the address that was
checked, so a name that changes its answer between check and use gains nothing. A redirect is checked like a first
address. Proxies of the environment are not used, cookies and credentials are never sent.

Invariant: no byte is sent to an address that `allowed` refuses. What was fetched once is kept beside the bases, and not
asked for again.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from sitegen import __version__

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
Allowed = Callable[[Address, int], bool]

MAX_BYTES: Final = 32_000_000  # of one picture
MAX_REDIRECTS: Final = 5
WAIT_S: Final = 10.0  # for one answer of the network
TOTAL_S: Final = 30.0  # for one picture, redirects and all
PAUSE_S: Final = 0.25  # between two requests to one host
MAX_FAULTS: Final = 5  # of one host in a row; then it is left alone
PORTS: Final = frozenset({80, 443})
AGENT: Final = f"sitegen/{__version__} (pictures of imported articles)"
_SAFE: Final = "/%:@!$&'()*+,;=~-._"  # what stays as it is in an address; line ends never do
_NAT64: Final = IPv6Network("64:ff9b::/96")


class FetchError(OSError):
    """Why a picture was not fetched, in words."""


def is_public(address: Address, port: int) -> bool:
    """Whether an address is one of the open internet, on a port of the web."""
    if port not in PORTS:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _meant(address))


def _meant(address: Address) -> list[Address]:
    """The address itself and every IPv4 address that it stands for."""
    found: list[Address] = [address]
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        outer = [] if address.ipv4_mapped or address in _NAT64 else found  # these two are IPv4 under another name
        found = [*outer, *(one for one in inner if one is not None)]
    return found


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, from the system's resolver."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Fetcher:
    """Gives the bytes of pictures. `resolve` and `allowed` are the system's and the rule above, but for tests."""

    def __init__(self, kept: Path | None = None, *, resolve: Resolve = resolved, allowed: Allowed = is_public) -> None:
        self.kept = kept
        self.resolve = resolve
        self.allowed = allowed
        self._last: dict[str, float] = {}
        self._faults: dict[str, int] = {}

    def __call__(self, url: str) -> bytes:
        """The bytes at an address. Raises: FetchError."""
        place = self.kept / sha256(url.encode("utf-8", "replace")).hexdigest() if self.kept is not None else None
        if place is not None and place.is_file():
            return place.read_bytes()
        content = self._followed(url)
        if place is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            half = place.with_suffix(".part")
            half.write_bytes(content)
            half.replace(place)
        return content

    def _followed(self, url: str) -> bytes:
        deadline = time.monotonic() + TOTAL_S
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._asked(url, deadline)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise FetchError(f"it leads on more than {MAX_REDIRECTS} times")

    def _asked(self, url: str, deadline: float) -> bytes | str:
        """The bytes, or where they are said to be."""
        host, port, path, secure = _parts(url)
        if self._faults.get(host, 0) >= MAX_FAULTS:
            raise FetchError(f"{host} failed {MAX_FAULTS} times and is left alone")
        address = self._checked(host, port)
        wait = self._last.get(host, 0.0) + PAUSE_S - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        try:
            answer = _exchange(host, port, path, str(address), deadline, secure=secure)
        except FetchError:
            raise
        except (OSError, http.client.HTTPException) as error:
            self._faults[host] = self._faults.get(host, 0) + 1
            raise FetchError(f"{host} does not answer: {error}") from error
        finally:
            self._last[host] = time.monotonic()
        self._faults[host] = 0
        return answer

    def _checked(self, host: str, port: int) -> Address:
        """The address to connect to, once all that the name has are allowed."""
        try:
            found = [ip_address(text.split("%")[0]) for text in self.resolve(host, port)]
        except (OSError, ValueError, UnicodeError) as error:
            raise FetchError(f"there is no host {host}") from error
        if not found:
            raise FetchError(f"there is no host {host}")
        if not all(self.allowed(one, port) for one in found):
            raise FetchError(f"{host} is in a private network, or asks for another port than the web's")
        return found[0]


def _parts(url: str) -> tuple[str, int, str, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise FetchError("it is no address") from error
    if parts.scheme not in ("http", "https") or not host or any(ord(letter) < 33 for letter in url):
        raise FetchError("it is no address of the web")
    secure = parts.scheme == "https"
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE + '?')}" if parts.query else "")
    return host, port or (443 if secure else 80), path, secure


def _exchange(host: str, port: int, path: str, address: str, deadline: float, *, secure: bool) -> bytes | str:
    """One request on one connection to `address`."""
    raw = socket.create_connection((address, port), timeout=_left(deadline))
    try:
        stream = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if secure else raw
    except BaseException:
        raw.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=WAIT_S)
    connection.sock = stream
    try:
        headers = {"User-Agent": AGENT, "Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            if answer.status in (301, 302, 303, 307, 308):
                return answer.getheader("Location") or ""
            if answer.status != http.client.OK:
                raise FetchError(f"{host} answers {answer.status} {answer.reason}".rstrip())
            return _read(answer, stream, deadline)
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, stream: socket.socket, deadline: float) -> bytes:
    if int(answer.getheader("Content-Length") or 0) > MAX_BYTES:
        raise FetchError(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    out = bytearray()
    while True:
        stream.settimeout(_left(deadline))
        piece = answer.read1(65536)
        if not piece:
            return bytes(out)
        out += piece
        if len(out) > MAX_BYTES:
            raise FetchError(f"it is larger than {MAX_BYTES // 1_000_000} MB")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError(f"it takes longer than {TOTAL_S:.0f} seconds")
    return min(WAIT_S, left)
