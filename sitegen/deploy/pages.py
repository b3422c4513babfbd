"""Where GitHub Pages serves what a repository publishes: from the address of its remote, and a CNAME.

Invariant: pure, and offline: what is said here is what GitHub's documentation says of such a repository.
"""

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sitegen.errors import Problem, Where
from sitegen.regex import regex

GITHUB_HOSTS: Final = ("github.com", "ssh.github.com", "www.github.com")
EXAMPLE_HOSTS: Final = ("example.org", "example.com", "example.net")  # reserved, so that they are nobody's
LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]")  # noqa: S104 -- refused, not bound to
MAX_DOMAIN: Final = 253  # characters, by RFC 1035

_SCP = regex(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]{2,}):(?!//)(?P<path>.+)")
_LABEL = regex(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)


class Remote(msgspec.Struct, frozen=True):
    """A git remote's address in its parts; `host` is "" for a folder, `owner` and `name` where there are none."""

    host: str = ""
    owner: str = ""
    name: str = ""

    @property
    def is_github(self) -> bool:
        return self.host in GITHUB_HOSTS and bool(self.owner and self.name)


def parse_remote(address: str) -> Remote:
    """Host, owner and repository in `https://`, `ssh://`, `git://` and `git@host:owner/name.git` addresses."""
    if "://" in address:
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").lower()
        except ValueError:
            return Remote()
        path = parts.path
        if parts.scheme == "file":
            return Remote()
    else:
        found = _SCP.fullmatch(address)
        if found is None:
            return Remote()
        host, path = found["host"].lower(), found["path"]
    owner, _, name = path.strip("/").removesuffix(".git").rpartition("/")
    return Remote(host=host, owner=owner, name=name)


def without_secret(address: str) -> str:
    """A remote's address as it may be shown: without a user's name, password or token in it."""
    return re.sub(r"^([a-z][a-z0-9+.-]*://)[^/@\s]+@", r"\1", address, flags=re.IGNORECASE)


def served_at(remote: Remote, domain: str) -> str:
    """The address at which GitHub serves the site, such as `https://name.github.io/project/`; "" when unknown."""
    if domain:
        return f"https://{domain.lower()}/"
    if not remote.is_github:
        return ""
    host = f"{remote.owner.lower()}.github.io"
    return f"https://{host}/" if remote.name.lower() == host else f"https://{host}/{remote.name}/"


def domain_in(cname: bytes) -> str:
    """The domain that a CNAME file names; "" when it names none that could be one."""
    text = cname.decode("utf-8", "replace").strip().lower()
    return text if is_domain(text) else ""


def is_domain(text: str) -> bool:
    """Whether a text is a bare host name: no scheme, no port, no path."""
    labels = text.split(".")
    return len(text) <= MAX_DOMAIN and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))


def is_local(base_url: str) -> bool:
    """Whether an address is of this machine alone, or none at all."""
    host = urlsplit(base_url).netloc.rpartition("@")[2]
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return not name or name in LOCAL_HOSTS or name.startswith("127.") or name.endswith((".localhost", ".local"))


def local_address(base_url: str, expected: str, config: str) -> Problem:
    """The site was built for this machine, and nobody else could follow its links."""
    return Problem(
        code="deploy.base-url",
        where=Where(config),
        message=f"base_url is {base_url or 'not set'}, an address that only this machine knows",
        help=f"write  base_url: {expected or 'https://example.org/'}",
    )


def _example(base_url: str, config: str) -> Problem | None:
    """The address that a new config begins with is nobody's; where the host tells none, only that can be seen."""
    if urlsplit(base_url).netloc not in EXAMPLE_HOSTS:
        return None
    return Problem(
        code="deploy.host",
        where=Where(config),
        message=f"base_url is {base_url}, an example that is nobody's address: feeds and the sitemap will name it",
        help="write the address at which the site will be read, as in  base_url: https://pages.your-host.net/notes/",
        severity="warning",
    )


def check_address(base_url: str, remote: Remote, domain: str, config: str) -> Problem | None:
    """What is wrong with the site's address, given where the host will serve it; None when it is right or unknown.

    Another path breaks every link, and is an error; another scheme or host is a warning.
    """
    expected = served_at(remote, domain)
    if not expected:
        return _example(base_url, config)
    have, want = urlsplit(base_url), urlsplit(expected)
    why = f"CNAME says {domain}" if domain else f"the remote is {remote.owner}/{remote.name} on GitHub"
    help = f"write  base_url: {expected}"
    same_path = have.path.strip("/").lower() == want.path.strip("/").lower()
    if have.netloc == want.netloc and same_path:
        if have.scheme == want.scheme:
            return None
        message, severity = f"base_url begins with {have.scheme}://, but GitHub Pages serves {want.scheme}://", False
    else:
        message = f"base_url is {base_url}, but {why}, so the site will be read at {expected}"
        severity = not same_path
        if not domain and not have.netloc.endswith(".github.io"):
            help += f" , or, for a domain of your own,  deploy: {{domain: {have.netloc}}}"
    return Problem(
        code="deploy.base-path" if severity else "deploy.host",
        where=Where(config),
        message=message,
        help=help,
        severity="error" if severity else "warning",
    )
