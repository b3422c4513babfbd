"""An article's text with its links resolved: the one place where a body's slots are filled.

Invariant: every answer that a link depends on is asked, and so recorded, here.
"""

import re
from collections.abc import Callable
from posixpath import dirname, join, normpath
from typing import Any

from markupsafe import escape

from sitegen.model import Body, Keys, Ref
from sitegen.regex import regex

_SLOT = regex("\0([0-9]+)\0")


def fill_slots(body: Body, keys: Keys, ask: Callable[..., Any], href: Callable[[str], str]) -> str:
    """HTML of a body; `href` turns a site path into what a link says (`Base.href`, in feeds `Base.absolute`).

    Cost: nothing for a body without refs, else one question a ref.
    """
    refs = body.refs
    if not refs:
        return body.html

    def fill(match: re.Match[str]) -> str:
        return _filled(refs[int(match[1])], keys, ask, href)

    return _SLOT.sub(fill, body.html)


def _filled(ref: Ref, keys: Keys, ask: Callable[..., Any], href: Callable[[str], str]) -> str:
    if ref.kind == "wiki":
        id = ask("target", ref.target)
        if id is None:
            return f'<span class="wanted">{ref.label}</span>'
        return f'<a class="wiki" href="{escape(href(ask("address", id)) + ref.suffix)}">{ref.label}</a>'
    return str(escape(href(local_address(ref, keys, ask)) + ref.suffix))


def local_address(ref: Ref, keys: Keys, ask: Callable[..., Any]) -> str:
    """Site path that a ref to a source, a file or the site means; a guess where nothing is there (`check` says so)."""
    if ref.kind == "site":
        return ref.target
    if ref.kind == "source":
        id = ask("source", ref.target)
        if id is not None:
            address: str = ask("address", id)
            return address
        return "/" + ref.target.removesuffix(".md") + "/"
    path = normpath(join(dirname(keys.source), ref.target))
    found: str | None = ask("file", path)
    return found if found is not None else normpath(join(keys.url, ref.target))
