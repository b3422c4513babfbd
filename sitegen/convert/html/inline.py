r"""Inline content of HTML as Markdown: text, emphasis, links, code.

Invariant: pure. No attribute of the page is kept but the address of a link or picture, and only with a scheme that
cannot run anything; text is escaped, so that nothing in a page can become markup of its own.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

import msgspec

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "ftp", ""})
_ALWAYS = re.compile(r"[\\`*~{]")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ANGLE = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_COLLAPSED = re.compile(
    r"[ \t\r\n\f\v\u00a0\u200b\ufeff]*[\t\r\n\f\v\u00a0\u200b\ufeff][ \t\r\n\f\v\u00a0\u200b\ufeff]*|  +"
)
_SIGNS = re.compile(r"[\\`*~{_\[<&$]")  # without one of these nothing is escaped
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[^\s?#;\[\]]*(?:\?[^\s#\[\]]+)?)?")  # nothing to resolve
_ROOTED = re.compile(r"/(?!/)[^\s?#;\[\]]*(?:\?[^\s#\[\]]+)?")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u200b\ufeff]+")
_CLOSES = re.compile(r"[.!?…:。！？؟۔][\"'”’»)\]]*$")
_OPENS = re.compile(r"[\"'“‘«„(]?(?:[^\W\d_]|\d+(?![.)\d]))")
_START = re.compile(r"^(?:(#{1,6})(?=\s|$)|(>)|([-+])(?=\s|$)|(=+|-+)(?=\s*$)|([:|])(?=\s|$|-|:)|(\$\$))")
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_RISKY = re.compile(r"\]\(|\]\[|\]:|\[\[|\[\^|\]\{|^\s*\[[ xX]\]")
_BREAK: Final = "\x01"
_BREAKS = re.compile(rf"[ \n]*{_BREAK}[ \n{_BREAK}]*")
_STRONG_OR_CODE = re.compile(r"\\.|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|\*\*")
_TOUCHING = re.compile(r"(?<![!\\])\[((?:[^\[\]\\]|\\.){1,300})\]\(([^()\s]+)\)\[((?:[^\[\]\\]|\\.){1,300})\]\(\2\)")
_LETTER = re.compile(r"\w")
_BLANK = re.compile(r"[\x00-\x20\u200b\ufeff]+")
_ENCODED = re.compile(r"[ ()<>\"\\|]")  # in an address between round brackets
_LOOSE_BRACKET = re.compile(r"(?<!\\)[\[\]]")
_OPENERS: Final = frozenset("#>-+=:|$")  # signs with which a line may begin a block
MARKS: Final = {
    "strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*", "dfn": "*", "var": "*",
    "del": "~~", "s": "~~", "strike": "~~",
}  # fmt: skip


class Run(msgspec.Struct):
    """A stretch of inline content: its Markdown, its plain text, and how many characters of it are links' text."""

    markdown: str = ""
    text: str = ""
    linked: int = 0

    def add(self, other: "Run") -> None:
        apart = other.markdown[:1] == "`" and self.markdown[-1:] == "`"  # else two stretches of code would be one
        self.markdown += f" {other.markdown}" if apart else other.markdown
        self.text += other.text
        self.linked += other.linked


def text_run(text: str) -> Run:
    """Page text, escaped; spaces as HTML collapses them, and a sentence a line where its source is written so."""
    plain = _even(_COLLAPSED, text)
    said = escaped_inline(plain)
    return Run(_by_sentence(text, said) if "\n" in text and "\n" in text.strip() else said, plain)


def _even(pattern: re.Pattern[str], text: str) -> str:
    """Text whose spaces are each one space. Most is so, which is seen ten times sooner than a pattern sees it."""
    return text if text.isprintable() and "  " not in text else pattern.sub(" ", text)


def _by_sentence(text: str, said: str) -> str:
    """Text with the lines of its source, where every one of them ends with a sentence. They show as spaces do, and a
    later change of one sentence is a change of one line.
    """
    lines = [line for line in (_BLANKS.sub(" ", line).strip() for line in text.split("\n")) if line]
    if not all(map(_CLOSES.search, lines[:-1])) or not all(map(_OPENS.match, lines[1:])):
        return said
    before, after = " " if said[0] == " " else "", " " if said[-1] == " " else ""
    return before + escaped_inline("\n".join(lines)) + after


def escaped_inline(text: str) -> str:
    if not _SIGNS.search(text):
        return text
    out = _UNDERSCORE.sub(r"\\_", _ALWAYS.sub(r"\\\g<0>", text))
    if "[" in out and _RISKY.search(out):
        out = out.replace("[", r"\[").replace("]", r"\]")
    out = _ENTITY.sub("&amp;", _ANGLE.sub(r"\\<", out))
    return out.replace("$", r"\$") if out.count("$") > 1 else out


def break_run() -> Run:
    return Run(_BREAK, " ")


def marked(run: Run, mark: str) -> Run:
    """Emphasis round a run; spaces stay outside. A run that holds marks of its own or a break is left as it is."""
    inner = run.markdown.strip(" \x01")
    if mark == "**" and mark in inner:  # strong inside of strong is strong
        inner = "".join(piece for piece in _strong_pieces(inner) if piece != mark)
    if not inner or inner.startswith(mark[0]) or inner.endswith(mark[0]) or not _LETTER.search(inner):
        return run
    left = run.markdown[: len(run.markdown) - len(run.markdown.lstrip(" \x01"))]
    right = run.markdown[len(run.markdown.rstrip(" \x01")) :]
    return Run(f"{left}{mark}{inner}{mark}{right}", run.text, run.linked)


def linked(run: Run, href: str) -> Run:
    """A link; the run alone where there is no address that may be kept. Brackets in its text are escaped."""
    inner = run.markdown.strip(" \x01").replace(_BREAK, " ").replace("\n", " ")
    if not href or not inner:
        return run
    if ("[" in inner or "]" in inner) and not inner.startswith("![") and _LOOSE_BRACKET.search(inner):
        inner = _LOOSE_BRACKET.sub(r"\\\g<0>", inner) if "](" not in inner else inner
        if "](" in inner:
            return run
    left = " " if run.markdown[:1].isspace() else ""
    right = " " if run.markdown[-1:].isspace() else ""
    return Run(f"{left}[{inner}]({destination(href)}){right}", run.text, len(run.text.strip()))


def code_run(text: str) -> Run:
    plain = " ".join(text.split())
    if not plain:
        return Run()
    ticks = "`" * (max((len(found) for found in re.findall(r"`+", plain)), default=0) + 1)
    pad = " " if plain[0] == "`" or plain[-1] == "`" else ""
    return Run(f"{ticks}{pad}{plain}{pad}{ticks}", plain)


def raw_run(run: Run, tag: str) -> Run:
    """A run inside one of the tags that Markdown has no mark for: `sup`, `sub`."""
    inner = run.markdown.strip()
    return Run(f"<{tag}>{inner}</{tag}>", run.text, run.linked) if inner else run


def safe_address(href: str | None, base: str) -> str:
    """An absolute or relative address that cannot run anything; empty for every other one."""
    if not href:
        return ""
    if _WEB.fullmatch(href):
        return href
    if _ROOTED.fullmatch(href) and "/." not in href and (origin := _origin(base)):
        return origin + href
    href = _BLANK.sub(lambda found: "%20" if found[0] == " " else "", href.strip())
    try:
        joined = urljoin(base, href) if base else href
        scheme = urlsplit(joined).scheme.lower()
    except ValueError:
        return ""
    return joined if scheme in SCHEMES else ""


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    """Scheme and host of a page's address; empty where it has none of the web's."""
    found = _WEB.match(base)
    return "/".join(found[0].split("/", 3)[:3]) if found and _WEB.fullmatch(base) else ""


def destination(href: str) -> str:
    """An address as Markdown writes it between round brackets."""
    return _ENCODED.sub(lambda found: f"%{ord(found[0]):02X}", href)


def finished(markdown: str, kind: str) -> str:
    """A block's inline Markdown, trimmed; breaks as its kind can hold them, and no markup by accident at its start."""
    held = kind in ("heading", "cell", "caption")
    out = _even(_COLLAPSED if held else _BLANKS, markdown)
    if _BREAK in out:
        out = _BREAKS.sub(_BREAK, out)
    out = _loose_marks(_one_link(out.strip(" \n" + _BREAK)))
    if held:
        return out.replace(_BREAK, " ").replace("|", r"\|") if kind == "cell" else out.replace(_BREAK, " ")
    if "\n" not in out and _BREAK not in out:
        return _opened(out)
    return "\n".join(_opened(line) for line in out.replace(_BREAK, "\\\n").split("\n"))


def _opened(line: str) -> str:
    """A line that begins no block by accident."""
    if not line or not (line[0] in _OPENERS or line[0].isdecimal()):
        return line
    return _NUMBER.sub(r"\1\\\2", _START.sub(lambda found: "\\" + found[0], line))


def _one_link(text: str) -> str:
    """Links to one place that touch are one: editors cut a word in two where its style was changed and changed back."""
    before = ""
    while ")[" in text and text != before:
        before, text = text, _TOUCHING.sub(r"[\1\3](\2)", text)
    return text


def _loose_marks(text: str) -> str:
    """Strong marks as Markdown can read them: none that closes where the next opens, and a space where a letter outside
    and a sign inside would hide that a mark opens or closes.
    """
    if "**" not in text:
        return text
    pieces = _strong_pieces(text)
    out: list[str] = []
    opened = False
    i = 0
    while i < len(pieces):
        if pieces[i] != "**":
            out.append(pieces[i])
        elif opened and pieces[i + 1 : i + 2] == ["**"]:
            i += 1
        else:
            opened = not opened
            before, after = "".join(out[-1:])[-1:], "".join(pieces[i + 1 : i + 2])[:1]
            left = opened and _LETTER.match(before) and after and not _LETTER.match(after)
            right = not opened and _LETTER.match(after) and before and not _LETTER.match(before)
            out.append(" **" if left else "** " if right else "**")
        i += 1
    return "".join(out)


def _strong_pieces(text: str) -> list[str]:
    """A text cut at its strong marks, which are pieces of their own; those in code or escaped are none."""
    out: list[str] = []
    start = 0
    for found in _STRONG_OR_CODE.finditer(text):
        if found[0] == "**":
            out += [text[start : found.start()], "**"]
            start = found.end()
    return [piece for piece in (*out, text[start:]) if piece]
