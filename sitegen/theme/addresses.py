"""From site paths to what stands in a page: percent-encoded, under the base path, or absolute.

Invariant: a site path starts with "/" and is not escaped; what comes out here is escaped exactly once.
"""

from urllib.parse import quote, urlsplit

import msgspec

SAFE = "/:@!$&'()*+,;=-._~"  # what RFC 3986 allows in a path, besides letters and digits
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~")


class Base(msgspec.Struct, frozen=True):
    """Where the site stands: `url` is `https://example.org/path` without a slash at its end, or "" when unknown."""

    url: str = ""
    path: str = ""  # the path of `url`: "" or "/path"
    language: str = "en"
    timezone: str = "UTC"

    @classmethod
    def of(cls, base_url: str, language: str, timezone: str) -> "Base":
        """The base that a config means."""
        url = base_url.rstrip("/")
        return cls(url=url, path=urlsplit(url).path, language=language, timezone=timezone)

    def href(self, address: str) -> str:
        """A site path as a link on this site; any other address (with a scheme, a fragment) as it is."""
        if not address.startswith("/") or address.startswith("//"):
            return address
        return self.path + escape_path(address)

    def absolute(self, address: str) -> str:
        """A site path as a full address; without a base URL as `href` gives it."""
        if not address.startswith("/") or address.startswith("//"):
            return address
        return self.url + escape_path(address)


def escape_path(path: str) -> str:
    """Percent-encoded UTF-8; a query or fragment is the caller's matter. Cost: about 0.2 µs for plain ASCII."""
    return path if _PLAIN.issuperset(path) else quote(path, safe=SAFE)
