r"""Bodies of other generators: their shortcodes, tags and references, as Markdown that needs no generator.

    Hugo       {{< figure src="a.png" caption="…" >}}   {{< ref "b.md" >}}   {{% notice %}}
    Jekyll     {% highlight ruby %}   {% post_url 2024-01-02-b %}   {{ "/c/" | relative_url }}
    Zola       {{ youtube(id="…") }}   @/blog/b.md
    Pelican    {filename}b.md   {static}/images/a.png
    Nikola     {{% gist … %}}   link://slug/b

Invariant: pure, linear, and nothing is lost: what is not known stays in the text as code, and is counted.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec

from sitegen.convert.web_address import address_parts

Find = Callable[[str], str]  # what a reference names (a path, a slug) -> that article's old address; "" for none

_ARGUMENT = re.compile(
    r"""([\w-]+)\s*[=:]\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,"')}]+)|("(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`|[^\s,"'=()]+)"""
)
_HUGO = re.compile(
    r"\{\{(?P<mark>[<%])\s*(?P<comment>/\*)?\s*(?P<close>/)?\s*(?P<name>[\w./-]+)(?P<rest>.*?)(?:\*/)?\s*/?[>%]\}\}",
    re.DOTALL,
)
_LIQUID = re.compile(r"\{%-?\s*(?P<name>[\w-]+)(?P<rest>.*?)-?%\}", re.DOTALL)
_OUTPUT = re.compile(r"\{\{-?\s*(?P<rest>[^{}]*?)\s*-?\}\}")
_ZOLA = re.compile(
    r"\{\{\s*(?P<name>\w+)\((?P<rest>.*?)\)\s*\}\}|\{%\s*(?P<block>\w+)\((?P<args>.*?)\)\s*%\}|\{%\s*(?P<end>end)\s*%\}",
    re.DOTALL,
)
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
_PELICAN = re.compile(r"[{|](?P<kind>filename|static|attach|author|category|tag|index)[}|](?P<path>[^\s)\"'>#]*)")
_NIKOLA = re.compile(r"link://(?P<kind>slug|filename|post_path|category|tag)/(?P<path>[^\s)\"'>#]*)")
_ZOLA_LINK = re.compile(r"(?<=[(\"'])@/(?P<path>[^\s)\"'#]+)")
_ATTRIBUTES = re.compile(r"\{:\s*((?:[.#][\w-]+\s*)+)\}")  # kramdown's; ours has no colon
_TEASER = re.compile(r"<!--\s*(?:more|TEASER_END(?::[^>]*)?|readmore|excerpt)\s*-->", re.IGNORECASE)
_HELD: Final = "\x00"  # stands for a raw part until the end; no decoded text holds a NUL

_VIDEOS: Final = {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}", "gist": "https://gist.github.com/{}",
    "instagram": "https://www.instagram.com/p/{}/", "soundcloud": "https://soundcloud.com/{}",
    "codepen": "https://codepen.io/{}", "tweet": "https://twitter.com/i/status/{}", "x": "https://x.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
}  # fmt: skip
_PICTURES: Final = ("figure", "image", "img", "picture", "image_with_class", "thumbnail")
_SOURCES: Final = ("src", "image", "image_url", "image_path", "url", "path", "img", "file")
_CODE: Final = ("highlight", "code", "codeblock", "code-block")


class Body(msgspec.Struct):
    """A translated body. `unknown` counts what was kept as it stood; `dropped` counts what only told the generator."""

    markdown: str
    unknown: Counter[str]
    dropped: Counter[str]


class _Arguments(msgspec.Struct):
    named: dict[str, str]
    plain: list[str]

    def value(self, *names: str, at: int | None = None) -> str:
        """The first of these that is given, else the one at a position."""
        found = next((self.named[name] for name in names if self.named.get(name)), "")
        return found or (self.plain[at] if at is not None and at < len(self.plain) else "")


def translated(text: str, dialect: str, find: Find, site_url: str = "") -> Body:
    """A body in the dialect of hugo, jekyll, zola, pelican, nikola or markdown.

    `site_url` is the address of the old home page. Cost: a few passes over the text.
    """
    body = Body(_TEASER.sub("<!--more-->", text), Counter(), Counter())
    _DIALECTS.get(dialect, _as_it_is)(body, find, site_url)
    return body


def _as_it_is(body: Body, find: Find, site_url: str) -> None:
    """Plain Markdown has nothing to translate."""


def _hugo(body: Body, find: Find, site_url: str) -> None:
    del site_url
    body.markdown = _HUGO.sub(_paired(body, find), body.markdown)


def _paired(body: Body, find: Find) -> Callable[[re.Match[str]], str]:
    """The replacement of one shortcode of Hugo or Nikola."""

    def replace(match: re.Match[str]) -> str:
        name, rest = match["name"].lower(), match["rest"].strip()
        if match["comment"]:  # shown, not run
            end = ">" if match["mark"] == "<" else "%"
            return f"{{{{{match['mark']} {match['close'] or ''}{match['name']}{match['rest'].rstrip()} {end}}}}}"
        if name == "raw":
            body.dropped["shortcode that only told the generator"] += 1
            return ""
        if name in _CODE:
            return "```" if match["close"] else "```" + _arguments(rest).value("lang", at=0)
        if match["close"]:
            return _kept(body, name, match[0], count=False)
        return _known(name, _arguments(rest), find) or _kept(body, name, match[0])

    return replace


def _known(name: str, given: _Arguments, find: Find) -> str:
    """The Markdown of a shortcode whose meaning is common knowledge; "" for any other."""
    short = name.rpartition("/")[2].removesuffix(".html")
    if short in ("ref", "relref"):
        return find(given.value("path", at=0)) or given.value("path", at=0)
    if short.split("-")[-1] in _PICTURES and (src := given.value(*_SOURCES, at=0)):
        caption = given.value("caption", "figcaption", "title", at=2)
        return picture(src, given.value("alt", "alt_text", at=1), caption, given.value("attr", "credit"))
    for video, address in _VIDEOS.items():
        if short == video or (
            short.startswith(video) and short[len(video) :].lstrip("-_") in ("video", "embed", "simple", "player")
        ):
            id = "/".join(filter(None, (given.value("user") if video == "gist" else "", given.value("id", at=0))))
            if video == "gist" and not given.named and len(given.plain) > 1:
                id = "/".join(given.plain[:2])
            if id:
                return f"<{id if '://' in id else address.format(id)}>"
    return ""


def picture(src: str, alt: str, caption: str, credit: str) -> str:
    """A picture alone in its paragraph; caption and credit stand in its title, as captions write them."""
    said = " ".join(filter(None, (caption.strip(), f"(Photo: {credit.strip()})" if credit.strip() else "")))
    quoted = said.replace("\\", "\\\\").replace('"', '\\"')
    label = (alt or caption).replace("[", r"\[").replace("]", r"\]").replace("\n", " ")
    place = f"<{src}>" if re.search(r"[\s()]", src) else src
    return f"![{label}]({place}" + (f' "{quoted}")' if said else ")")


def _kept(body: Body, name: str, written: str, *, count: bool = True) -> str:
    """What is not known stays to be seen: as code, so that nothing takes it for markup."""
    if count:
        body.unknown[name] += 1
    said = " ".join(written.split())
    return f"`{said}`" if "`" not in said else f"`` {said} ``"


def _arguments(text: str) -> _Arguments:
    named: dict[str, str] = {}
    plain: list[str] = []
    for match in _ARGUMENT.finditer(text):
        if match[1]:
            named[match[1].lower()] = _bare(match[2])
        elif match[3]:
            plain.append(_bare(match[3]))
    return _Arguments(named, plain)


def _bare(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return text


def _jekyll(body: Body, find: Find, site_url: str) -> None:
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[1])
        return f"{_HELD}{len(held) - 1}{_HELD}"

    text = _RAW.sub(hold, body.markdown)
    text, count = _COMMENT.subn("", text)
    if count:
        body.dropped["comment"] += count
    text = _LIQUID.sub(lambda match: _liquid(body, match, find), text)
    text = _OUTPUT.sub(lambda match: _output(body, match, site_url), text)
    text = _ATTRIBUTES.sub(lambda match: f"{{{match[1].strip()}}}", text)
    text, count = re.subn(r"(?m)^[*+-] .*\n\{:\s*toc[^}]*\}[ \t]*$", "", text, flags=re.IGNORECASE)
    if count:
        body.dropped["table of contents"] += count
    body.markdown = re.sub(f"{_HELD}(\\d+){_HELD}", lambda match: held[int(match[1])], text)


def _liquid(body: Body, match: re.Match[str], find: Find) -> str:
    name, rest = match["name"].lower(), match["rest"].strip()
    if name in _CODE:
        return "```" + (rest.split() or [""])[0]
    if name.startswith("end") and name[3:] in _CODE:
        return "```"
    if name in ("post_url", "link"):
        return find(rest) or _kept(body, name, match[0])
    if name in ("include", "include_relative"):
        file, _, more = rest.partition(" ")
        file = file.strip("\"',\n")
        return _known(file, _arguments(more), find) or _kept(body, f"include {file}", match[0])
    if name in (
        "assign",
        "capture",
        "endcapture",
        "if",
        "endif",
        "else",
        "elsif",
        "for",
        "endfor",
        "unless",
        "endunless",
    ):
        return _kept(body, name, match[0])
    return _known(name, _arguments(rest), find) or _kept(body, name, match[0])


def _output(body: Body, match: re.Match[str], site_url: str) -> str:
    """`{{ … }}`: an address with or without a filter becomes itself; anything else is kept."""
    value, *filters = (part.strip() for part in match["rest"].split("|"))
    names = {each.partition(":")[0].strip() for each in filters}
    if value in ("site.baseurl", "site.github.url", "page.baseurl"):
        return address_parts(site_url).path.rstrip("/")
    if value in ("site.url", "site.domain"):
        return site_url.removesuffix(address_parts(site_url).path)
    if value[:1] in "\"'" and names & {"relative_url", "absolute_url"}:
        return address_parts(site_url).path.rstrip("/") + _bare(value)
    if value[:1] in "\"'" and names <= {
        "url",
        "relative_url",
        "absolute_url",
        "prepend",
        "append",
        "escape",
        "uri_escape",
    }:
        return _bare(value)
    return _kept(body, value.split(" ")[0][:40] or "output", match[0])


def _zola(body: Body, find: Find, site_url: str) -> None:
    del site_url

    def replace(match: re.Match[str]) -> str:
        if match["end"]:
            return _kept(body, "end", match[0], count=False)
        name, rest = (match["name"] or match["block"]).lower(), match["rest"] or match["args"] or ""
        return _known(name, _arguments(rest), find) or _kept(body, name, match[0])

    text = _ZOLA.sub(replace, body.markdown)
    body.markdown = _ZOLA_LINK.sub(lambda match: find(match["path"]) or "/" + match["path"], text)


def _pelican(body: Body, find: Find, site_url: str) -> None:
    del site_url

    def replace(match: re.Match[str]) -> str:
        kind, path = match["kind"], match["path"]
        if kind == "index":
            return "/"
        if kind in ("author", "category", "tag"):
            plural = {"author": "authors", "category": "categories", "tag": "tags"}[kind]
            return f"/{plural}/{path.strip('/').lower().replace(' ', '-')}/"
        return find(path) or path

    body.markdown = _PELICAN.sub(replace, body.markdown)


def _nikola(body: Body, find: Find, site_url: str) -> None:
    _hugo(body, find, site_url)
    body.markdown = _NIKOLA.sub(lambda match: find(match["path"]) or match[0], body.markdown)


_DIALECTS: Final[dict[str, Callable[[Body, Find, str], None]]] = {
    "hugo": _hugo, "jekyll": _jekyll, "zola": _zola, "pelican": _pelican, "nikola": _nikola,
}  # fmt: skip
