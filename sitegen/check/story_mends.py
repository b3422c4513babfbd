"""An earlier address of a story, added to `stories.yaml` as a person would add it.

Invariant: pure. What was written is read back, and taken only when it says just what it said before and the new alias
beside.
"""

import re
from collections.abc import Iterator

import msgspec

from sitegen.config.curation import CuratedStory, Curation, load_curation
from sitegen.notation.quoting import quoted
from sitegen.regex import regex

_PLAIN = regex(r"[^\W\d_][\w-]*")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))  # other readers take them for values


def with_story_alias(content: bytes, story: str, alias: str) -> bytes | None:
    """`stories.yaml` with one more alias of a story; None where it has it, or where that cannot be written safely."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    before, _, problems = load_curation(content)
    if problems:
        return None
    known = before.stories.get(story, CuratedStory())
    if alias in known.aliases:
        return None
    wanted = {**before.stories, story: msgspec.structs.replace(known, aliases=(*known.aliases, alias))}
    for candidate in _candidates(text, _scalar(story), _scalar(alias)):
        after, _, wrong = load_curation(candidate.encode())
        if not wrong and after == Curation(stories=wanted, exclude=before.exclude):
            return candidate.encode()
    return None


def _candidates(text: str, story: str, alias: str) -> Iterator[str]:
    """Texts that may be the right one, the most natural first."""
    end = "\r\n" if "\r\n" in text else "\n"
    top = re.search(r"^stories:[ ]*(?:#[^\r\n]*)?(?:\r?\n|\Z)", text, re.MULTILINE)
    if top is None:
        gap = "" if not text or text.endswith("\n") else end
        yield f"{text}{gap}stories:{end}  {story}:{end}    aliases: [{alias}]{end}"
        return
    first = re.compile(r"(?:[ ]*(?:#[^\r\n]*)?\r?\n)*(?P<lead>[ ]+)[^\s#]").match(text, top.end())
    lead = first["lead"] if first else "  "
    named = re.compile(
        rf"^{lead}{re.escape(story)}:(?P<name>[ ]+[^\s#{{\[][^\r\n]*?)?(?P<more>[ ]*(?:#[^\r\n]*)?)(?:\r?\n|\Z)",
        re.MULTILINE,
    ).search(text, top.end())
    if named is None:
        gap = "" if top[0].endswith("\n") else end
        yield f"{text[: top.end()]}{gap}{lead}{story}:{end}{lead * 2}aliases: [{alias}]{end}{text[top.end() :]}"
    elif named["name"]:
        told = f"{lead * 2}name:{named['name']}{end}{lead * 2}aliases: [{alias}]{end}"
        yield f"{text[: named.start('name')]}{named['more']}{end}{told}{text[named.end() :]}"
    else:
        below = re.compile(rf"(?:(?:{lead}[ ]+[^\r\n]*|[ ]*(?:#[^\r\n]*)?)(?:\r?\n|\Z))*?(?P<in>{lead}[ ]+)\S")
        found = below.match(text, named.end())
        inner = found["in"] if found else lead * 2
        listed = re.compile(rf"^{inner}aliases:[ ]*\[(?P<items>[^\]\r\n]*)\]", re.MULTILINE).search(text, named.end())
        if listed:
            said = listed["items"].rstrip().rstrip(",")
            yield f"{text[: listed.start('items')]}{said}, {alias}{text[listed.end('items') :]}"
        gap = "" if named[0].endswith("\n") else end
        yield f"{text[: named.end()]}{gap}{inner}aliases: [{alias}]{end}{text[named.end() :]}"


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else quoted(text)
