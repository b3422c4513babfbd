"""An address of the web in its parts, whatever a source wrote for one.

Invariant: pure, and nothing is raised: sources hold addresses that are none (`http://[`), and one of them costs no more
than itself.
"""

from urllib.parse import SplitResult, urlsplit


def address_parts(url: str) -> SplitResult:
    """Scheme, host, path and so on; all empty of what is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
