"""Bylines: a line -> the names of the people it credits.

Invariant: pure, one line at a time; whether a line stands where bylines stand is for inference to say.
"""
# ruff: noqa: E501 -- a phrase table reads best with a language a line

import re
from typing import Final

_PREFIX = re.compile(
    r"^[\W_]*(?:(?:article |story |text |words |report |photos? and text |reporting |reviewed |written |posted |published |created |submitted |contributed |edited |medically reviewed )?by\b|author\b|authors\b|written\b|"
    r"(?:ein (?:beitrag|artikel|bericht) )?von\b|text\b|autor(?:in|en|es|a|e|i)?\b|(?:écrit |rédigé |publié |propos recueillis )?par\b|auteure?s?\b|(?:escrito |publicado )?por\b|redacción\b|(?:scritto |pubblicato )?(?:di|da)\b|door\b|av\b|af\b|skrevet av\b|kirjoittaja\b|"
    r"autor\w?\b|tekst\b|napsal\b|írta\b|szerző\b|yazan\b|yazar\b|haber\b|oleh\b|penulis\b|автор\w*\b|текст\b|кореспондент\b|συντάκτης\b|του\b|της\b|مאת\b|מאת\b|"
    r"بقلم|كتب(?:ه|ت|ها)?(?= |:)|تحرير(?= |:)|إعداد(?= |:)|الكاتب|نویسنده|نوشته(?:ٔ|ی)?|گزارش(?:گر)?(?= |:)|文[=:：・]|取材・文|執筆|著者|筆者|記者|作者|撰文|文/|글|기자)\s*[:：=]?\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*(?:記者|기자|氏|报道|報道|작성)$|,?\s*(?:staff (?:writer|reporter)|special to .*|contributor|correspondent|for .*)$",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "de da do dos das del della di du des la le el al bin ibn ben van von der den ter ten zu zur y e af av bint abu".split()
)
_NOT_NAMES = frozenset(
    """university institute college school news press agency department ministry editor editors editorial staff team
    reporter writer correspondent attorney director professor manager ceo cto founder president minister author
    contributor guest admin read more min mins minute minutes share print posted updated published comments reply
    edited reviewed times post magazine journal daily today blog company inc ltd llc gmbh copyright rights reserved
    the a an and or of in on at for with to from this that your our my we you it is are was all new how what why when
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday home about contact search menu login subscribe newsletter follow photo image video
    technology business politics world sports sport health science culture opinion travel lifestyle entertainment
    education security marketing software services products solutions resources support tips guide guides review
    der die das und oder ein eine le les un une et ou los las una con para il lo gli""".split()
)
_SPLIT = re.compile(
    r"\s*(?:;|&|\||\s/\s|,?\s(?:and|und|et|y|e|och|og|en|i|и|ve|dan|with)\s|،|、|・|\sو(?=\w))\s*", re.IGNORECASE
)
_SAID_INSIDE = re.compile(r"[.!?]\s+(?:By|Von|Par|Por|Di)\s+([^.!?]{4,60})$")  # "… of the year. By Jane Doe on May 3"
_SEPARATORS = re.compile(r"\s+[|/·•–—⋅∙-]\s*|\s*[|·•⋅∙]\s*|\s{3,}|\t+|\s-\s")

MAX_BYLINE: Final = 160  # characters
MAX_NAME: Final = 48
CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_name(text: str, *, least: int = 2) -> bool:
    """Whether a text looks like one person's name of `least` words or more: capitals, no digits, no everyday words."""
    if not text or len(text) > MAX_NAME or re.search(r"[\d@#:;!?\"“”/\\|<>{}()[\]=+*]", text):
        return False
    words = text.replace(" ", " ").split()
    if CASELESS.search(text):
        return 1 <= len(words) <= 4 and len(text) <= 24
    if not least <= len(words) <= 5:
        return False
    solid = [word for word in words if word.casefold().strip(".,") not in _PARTICLES]
    if not solid or any(word.casefold().strip(".,’'") in _NOT_NAMES for word in solid):
        return False
    if text.isupper() and len(words) > 3:
        return False
    return all(
        re.match(r"^(?:[A-ZÀ-ÞĀ-ſƀ-ɏΑ-ΩА-ЯЁІЇЄҐ][\w’'.-]*|[a-zà-ÿ]{1,2}[’'][A-Z]\w+|al-[A-Z]\w+)$", word)
        for word in solid
    )


def read_byline(line: str, *, least: int = 1) -> tuple[str, ...]:
    """The names after "By", "Von", "بقلم" and the like; empty when the line does not open so or holds no names."""
    if len(line) > MAX_BYLINE:
        return ()
    match = _PREFIX.match(line)
    if not match:
        return ()
    return read_names(line[match.end() :], least=least)


def read_names(text: str, *, least: int = 2) -> tuple[str, ...]:
    """The names in a list of people, without the roles and places after a comma; all or the first must be names."""
    text = _SUFFIX.sub("", text.strip(" \t\u00a0,.-–—|:·•*"))
    found: list[str] = []
    for part in _SPLIT.split(text):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if not pieces or not is_name(pieces[0], least=least):
            break
        found.append(pieces[0])
        found += [piece for piece in pieces[1:] if is_name(piece) and len(pieces) > 2]
    return tuple(dict.fromkeys(found))


def names_beside(rest: str) -> tuple[str, ...]:
    """Names in what a date line says besides its date: "Jane Doe / example.org / Updated:"."""
    for piece in _SEPARATORS.split(rest):
        text = piece.strip(" \t\u00a0,.-–—|:·•*")
        text = re.sub(r"\s+(?:on|at|am|le|el|il)$", "", text, flags=re.IGNORECASE)
        said = _SAID_INSIDE.search(text)
        names = read_byline(text, least=1) or read_names(text) or (read_names(said[1]) if said else ())
        if names:
            return names
    return ()
