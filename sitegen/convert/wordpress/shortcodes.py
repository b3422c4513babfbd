r"""WordPress shortcodes as HTML: captions, galleries, media, code, footnotes; what is unknown stays as it was written.

Invariant: pure; nothing inside of a tag, a comment or a code block is taken for a shortcode. Every one that leaves no
trace is named in `Counted.dropped`, every one that stays visible in `Counted.unknown`. Cost: linear in the text for
each level of nesting, of which there are at most `MAX_DEPTH`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Final

import msgspec

from sitegen.convert.exports.footnotes import note_mark
from sitegen.convert.wordpress.library import Attachment, Library, figure

MAX_DEPTH: Final = 12
MAX_SHORTCODES: Final = 20_000  # in one post; the rest stays as text
_SHIELDED = re.compile(
    r"<!--.*?(?:-->|\Z)|<(pre|code|script|style|textarea)\b.*?(?:</\1\s*>|\Z)|<[a-zA-Z/][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_TOKEN = re.compile(r"\[(?P<close>/?)(?P<name>[A-Za-z][\w-]{0,60})(?P<rest>(?:[\s=:/][^\[\]]*)?)\]")
_ATTRIBUTE = re.compile(
    r"""(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+))|"(?P<quoted>[^"]*)"|(?P<word>\S+)"""
)
_CODE = re.compile(
    r"\[(?P<name>sourcecode|source|code|highlight|crayon|cc|python|php|javascript|js|css|html|xml|java|bash|shell|sql|ruby|"
    r"csharp|cpp|c|perl)(?P<rest>\s[^\]\n]{0,300})?\]",
    re.IGNORECASE,
)
_GENERAL: Final = frozenset({"sourcecode", "source", "code", "highlight", "crayon", "cc"})  # these name no language
_LINKED_IMAGE = re.compile(r"\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\"'<>\[\]]+")
_MEDIA: Final = {
    "audio": ("src", "mp3", "m4a", "ogg", "wav", "wma", "flac"),
    "video": ("src", "mp4", "m4v", "webm", "ogv", "wmv", "flv", "mov"),
}
_SUFFIXES: Final = {
    "audio": (".mp3", ".m4a", ".ogg", ".oga", ".wav", ".wma", ".flac"),
    "video": (".mp4", ".m4v", ".webm", ".ogv", ".wmv", ".flv", ".mov"),
}
_BY_ID: Final = {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}", "gist": "https://gist.github.com/{}",
    "tweet": "https://twitter.com/i/status/{}", "instagram": "https://www.instagram.com/p/{}/",
    "wpvideo": "https://videopress.com/v/{}", "videopress": "https://videopress.com/v/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
}  # fmt: skip
_BY_URL: Final = frozenset(
    "soundcloud spotify googlemaps googlemap googleapps slideshare ted flickr twitter facebook scribd kickstarter "
    "bandcamp mixcloud tiktok pinterest reddit codepen iframe".split()
)
_NOTES: Final = frozenset({"footnote", "footnotes_note", "efn_note", "ref", "fn", "note", "mfn"})
_LAYOUT = re.compile(
    r"(?:vc|et_pb|fusion|av|cs|siteorigin|elementor|mk|fl)_[\w-]+|(?:one|two|three|four|five)_(?:half|third|fourth|fifth|sixth)s?"
    r"(?:_last)?|row|column|columns|col|section|container|clear|spacer|divider|hr|raw|nextpage",
    re.IGNORECASE,
)


class Counted(msgspec.Struct):
    """What was met in one text: shortcodes that nobody knows, things that left no trace, sentences for the report."""

    unknown: Counter[str] = msgspec.field(default_factory=Counter)
    dropped: list[tuple[str, str]] = []  # what stood there, and why it left no trace
    notes: list[str] = []
    footnotes: list[tuple[str, str]] = []  # name and HTML
    reused: int = 0  # reusable blocks that were put in


class _Shortcode(msgspec.Struct, frozen=True):
    name: str
    attributes: Mapping[str, str]  # words without a name go by their position
    inner: str | None
    raw: str


def shortcodes_as_html(text: str, post: str, library: Library, counted: Counted) -> str:
    """The text with every known shortcode as HTML. `post` is the id of the post, for galleries without a list."""
    return _Expansion(post, library, counted).expand(_with_code(text), 0)


def shielded(text: str) -> str:
    """The text, equally long, with everything masked in which a bracket is no shortcode."""
    return _SHIELDED.sub(lambda match: "\0" * len(match[0]), text)


def _with_code(text: str) -> str:
    """The text with what stands between shortcodes for code as `<pre>`, so that nothing in it is read as markup."""
    folded = re.sub("[A-Z]", lambda letter: letter[0].lower(), text)  # equally long, which `lower` is not
    out, at = list[str](), 0
    unclosed: set[str] = set()
    for match in _CODE.finditer(text):
        name = match["name"].lower()
        if match.start() < at or name in unclosed:
            continue
        end = folded.find(f"[/{name}]", match.end())
        if end < 0:
            unclosed.add(name)
            continue
        out += [text[at : match.start()], _code(name, match["rest"] or "", text[match.end() : end])]
        at = end + len(name) + 3
    return "".join([*out, text[at:]])


def _code(name: str, rest: str, body: str) -> str:
    attributes = attributes_of(rest)
    language = attributes.get("language") or attributes.get("lang") or "" if name in _GENERAL else name
    language = re.sub(r"[^\w+#-]", "", language)
    if "&lt;" in body:
        body = re.sub(r"</?(?:p|br)\s*/?>", "", body)
    shown = escape(unescape(body), quote=False)
    return f'\n\n<pre class="language-{language}">{shown}</pre>\n\n' if language else f"\n\n<pre>{shown}</pre>\n\n"


def attributes_of(text: str) -> dict[str, str]:
    """Attributes by name; words without one by their position ("0", "1")."""
    out: dict[str, str] = {}
    text = text.replace("\u201d", '"').replace("\u201c", '"').replace("\u00a0", " ").strip()
    for match in _ATTRIBUTE.finditer(text.rstrip("/") if not text.endswith("//") else text):
        if match["name"]:
            value = next(v for v in (match["double"], match["single"], match["bare"], "") if v is not None)
            out[match["name"].lower()] = unescape(value)
        else:
            out[str(len(out))] = unescape(match["quoted"] or match["word"] or "").lstrip("=:")
    return out


class _Expansion:
    def __init__(self, post: str, library: Library, counted: Counted) -> None:
        self.post = post
        self.library = library
        self.counted = counted
        self.seen = 0

    def expand(self, text: str, depth: int) -> str:
        if "[" not in text or depth > MAX_DEPTH:
            return text
        mask = shielded(text)
        closings: dict[str, list[int]] = {}
        tokens = list(_TOKEN.finditer(mask))
        for number, token in enumerate(tokens):
            if token["close"]:
                closings.setdefault(token["name"].lower(), []).append(number)
        out: list[str] = []
        at, number = 0, 0
        while number < len(tokens) and self.seen < MAX_SHORTCODES:
            token = tokens[number]
            if token.start() < at:
                number += 1
                continue
            self.seen += 1
            out.append(text[at : token.start()])
            if mask[token.start() - 1 : token.start()] == "[" and mask[token.end() : token.end() + 1] == "]":
                out[-1] = out[-1][:-1]
                out.append(text[token.start() : token.end()])  # [[name]] is WordPress's way to show [name]
                at, number = token.end() + 1, number + 1
                continue
            found, end, number = self._whole(text, tokens, number, closings)
            out.append(self._html(found, depth))
            at = end
        out.append(text[at:])
        return "".join(out)

    def _whole(
        self, text: str, tokens: list[re.Match[str]], number: int, closings: dict[str, list[int]]
    ) -> tuple[_Shortcode, int, int]:
        """A shortcode with its content, where it ends, and the next token."""
        token = tokens[number]
        name = token["name"].lower()
        rest = text[token.start("rest") : token.end("rest")]
        attributes = attributes_of(rest)
        if token["close"]:
            return _Shortcode("/" + name, {}, None, text[token.start() : token.end()]), token.end(), number + 1
        waiting = closings.get(name, [])
        while waiting and waiting[0] <= number:
            waiting.pop(0)
        if rest.rstrip().endswith("/") and not rest.rstrip().endswith("//"):
            waiting = []
        end_at = _matching(tokens, number, name) if waiting else -1
        if end_at < 0:
            return _Shortcode(name, attributes, None, text[token.start() : token.end()]), token.end(), number + 1
        end = tokens[end_at]
        inner = text[token.end() : end.start()]
        return _Shortcode(name, attributes, inner, text[token.start() : end.end()]), end.end(), end_at + 1

    def _html(self, found: _Shortcode, depth: int) -> str:
        name = found.name
        known = _KNOWN.get(name)
        if known is not None:
            return known(self, found, depth)
        if name in _BY_ID or name in _BY_URL:
            return self._embedded(found)
        if _is_layout(found):
            self.counted.dropped.append((found.raw[:80].split("]", 1)[0] + "]", "layout shortcode"))
            return f"\n\n{self.expand(found.inner, depth + 1)}\n\n" if found.inner is not None else "\n\n"
        return found.raw if name.startswith("/") else self._unknown(found, depth)

    def _unknown(self, found: _Shortcode, depth: int) -> str:
        named = any(not key.isdigit() for key in found.attributes)
        if found.inner is not None or named or re.search(r"[_-]", found.name):
            self.counted.unknown[found.name] += 1
        if found.inner is None:
            return found.raw
        opening = found.raw[: found.raw.index("]") + 1]
        return f"{opening}{self.expand(found.inner, depth + 1)}[/{found.name}]"

    # ---- the known ones

    def caption(self, found: _Shortcode, depth: int) -> str:
        inner = self.expand(found.inner or "", depth + 1)
        image = _LINKED_IMAGE.match(inner)
        said = found.attributes.get("caption", "")
        shown = image[0].strip() if image else ""
        text = said or (inner[image.end() :] if image else inner)
        if said and not image:
            shown = inner
        caption = f"<figcaption>{text.strip()}</figcaption>" if text.strip() else ""
        return f"\n\n<figure>{shown}{caption}</figure>\n\n" if shown or caption else ""

    def gallery(self, found: _Shortcode, _depth: int) -> str:
        pictures = self._chosen(found, "gallery")
        if pictures is None:
            return found.raw
        if not pictures:
            self.counted.dropped.append((found.raw, "gallery without pictures"))
        return f'\n\n<div class="gallery">{"".join(map(figure, pictures))}</div>\n\n'

    def _chosen(self, found: _Shortcode, what: str) -> list[Attachment] | None:
        """The files that a gallery or playlist names, else those that hang on its post; None when none is known."""
        ids = re.findall(r"\d+", found.attributes.get("ids") or found.attributes.get("include") or "")
        if not ids:
            barred = set(re.findall(r"\d+", found.attributes.get("exclude") or ""))
            hanging = self.library.by_parent.get(found.attributes.get("id") or self.post, [])
            return [one for one in hanging if one.id not in barred]
        lost = [id for id in ids if id not in self.library.by_id]
        if lost:
            self.counted.notes.append(f"files of a {what} that are not in the export: {', '.join(lost[:20])}")
        if len(lost) == len(ids):
            self.counted.unknown[what] += 1
            return None
        return [self.library.by_id[id] for id in ids if id in self.library.by_id]

    def embed(self, found: _Shortcode, _depth: int) -> str:
        address = _URL.search(unescape(found.inner or "")) or _URL.search(" ".join(found.attributes.values()))
        return _frame(address[0]) if address else self._visible(found)

    def _embedded(self, found: _Shortcode) -> str:
        said = " ".join([*found.attributes.values(), found.inner or ""])
        address = _URL.search(unescape(said))
        if address:
            return _frame(address[0])
        word = found.attributes.get("id") or found.attributes.get("0") or (found.inner or "").strip()
        if found.name in _BY_ID and re.fullmatch(r"[\w/-]{1,80}", word):
            return _frame(_BY_ID[found.name].format(word))
        return self._visible(found)

    def _visible(self, found: _Shortcode) -> str:
        self.counted.unknown[found.name] += 1
        return found.raw

    def media(self, found: _Shortcode, _depth: int) -> str:
        kind = found.name
        keys = _MEDIA[kind]
        said = next((found.attributes[key] for key in keys if found.attributes.get(key)), "")
        address = _URL.search(said) or _URL.search(found.attributes.get("0", "")) or _URL.search(found.inner or "")
        url = address[0].split("|")[0] if address else said
        if not url:
            hanging = self.library.by_parent.get(self.post, [])
            url = next((one.url for one in hanging if one.url.lower().endswith(_SUFFIXES[kind])), "")
        if not url:
            return self._visible(found)
        return _frame(url, kind)

    def playlist(self, found: _Shortcode, _depth: int) -> str:
        kind = "video" if found.attributes.get("type") == "video" else "audio"
        chosen = self._chosen(found, "playlist")
        if chosen is None:
            return found.raw
        files = [one for one in chosen if one.url.lower().endswith(_SUFFIXES[kind])]
        if not files:
            self.counted.dropped.append((found.raw, "playlist without files"))
        items = [
            f'<li><a href="{escape(one.url)}">{escape(one.title or one.url)}</a>'
            f"{': ' + one.caption if one.caption else ''}</li>"
            for one in files
        ]
        return f"\n\n<ul>{''.join(items)}</ul>\n\n" if files else ""

    def quote(self, found: _Shortcode, depth: int) -> str:
        if found.inner is None:
            return found.raw
        cite = found.attributes.get("cite") or found.attributes.get("author") or ""
        said = f"\n\n<cite>{escape(cite)}</cite>" if cite else ""
        return f"\n\n<blockquote>{self.expand(found.inner, depth + 1)}{said}</blockquote>\n\n"

    def note(self, found: _Shortcode, depth: int) -> str:
        if not (found.inner or "").strip():
            return found.raw
        number = str(len(self.counted.footnotes) + 1)
        self.counted.footnotes.append((number, self.expand(found.inner or "", depth + 1)))
        return note_mark(len(self.counted.footnotes))


def _is_layout(found: _Shortcode) -> bool:
    """Whether it only arranges what it holds. A bare `[row]` is more likely a word in brackets."""
    if not _LAYOUT.fullmatch(found.name.lstrip("/")):
        return False
    return found.inner is not None or "_" in found.name or found.name.startswith("/")


def _frame(url: str, tag: str = "iframe") -> str:
    return f'\n\n<{tag} src="{escape(url)}"></{tag}>\n\n'


def _matching(tokens: list[re.Match[str]], number: int, name: str) -> int:
    """The number of the token that closes token `number`; -1 where none does. Nested ones of the same name count."""
    depth = 0
    for other in range(number, len(tokens)):
        token = tokens[other]
        if token["name"].lower() != name:
            continue
        if token["close"]:
            depth -= 1
            if depth == 0:
                return other
        elif not token["rest"].rstrip().endswith("/"):
            depth += 1
    return next(
        (k for k in range(number + 1, len(tokens)) if tokens[k]["close"] and tokens[k]["name"].lower() == name), -1
    )


_KNOWN: Final[dict[str, Callable[[_Expansion, _Shortcode, int], str]]] = {
    "caption": _Expansion.caption,
    "wp_caption": _Expansion.caption,
    "gallery": _Expansion.gallery,
    "embed": _Expansion.embed,
    "audio": _Expansion.media,
    "video": _Expansion.media,
    "playlist": _Expansion.playlist,
    "quote": _Expansion.quote,
    "blockquote": _Expansion.quote,
    "pullquote": _Expansion.quote,
    **dict.fromkeys(_NOTES, _Expansion.note),
}
