"""Social cards drawn: Typst with the fonts of a site, and no others but those that it carries itself.

Invariant: a picture follows from its text, the fonts and the versions of the libraries alone. No font of the machine is
looked at, and nothing is fetched.
"""

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from posixpath import splitext
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.cache import Cache
from sitegen.build.scan import Files
from sitegen.build.toolchain import toolchain_digest
from sitegen.build.work import Head
from sitegen.digest import digest_bytes, digest_value
from sitegen.engine import Input, Later
from sitegen.errors import Problem, Where
from sitegen.notation.words import near
from sitegen.theme.social_cards import Font, TypesettingError

if TYPE_CHECKING:
    import typst

CARRIED = ("Libertinus Serif", "DejaVu Sans Mono")  # families inside Typst: Latin, Greek, Cyrillic, Hebrew; Arabic
COLOURS = 32  # of a picture: letters on paper, at a third of the bytes that all their shades take
PIXELS_AN_INCH = 72  # a point of the page is a pixel
_NOBODYS = "\U0010fffe"  # a sign that no font has, and that is drawn as all such


def can_typeset() -> bool:
    """Whether Typst is installed."""
    return find_spec("typst") is not None


def missing(config: str) -> Problem:
    """What to say where it is not; `config` is the path of the config."""
    return Problem(
        code="social-card.missing",
        where=Where(config),
        message="no social cards are drawn: Typst is not installed",
        help="install it with  pip install 'sitegen-articles[cards]', or take  social_cards: true  out of the config",
        severity="warning",
    )


def no_template(config: str) -> Problem:
    """What to say where the theme has nothing to typeset."""
    return Problem(
        code="social-card.template",
        where=Where(config),
        message="no social cards are drawn: the theme has no social_card.typ",
        help="write  templates/social_card.typ , or take  social_cards: true  out of the config",
        severity="warning",
    )


def fonts_of(names: Sequence[str], static: Files, config: str) -> tuple[Input, tuple[Problem, ...]]:
    """The input `fonts`: these files of `static/`; and a problem for each that is not there. `config` names them."""
    there = [name for name in names if name in static.seen]
    value = Later(lambda: tuple([Font(f"{static.shown}/{name}", static.content(name)) for name in there]))
    lost = tuple(_no_font(name, static, config) for name in names if name not in static.seen)
    return Input(value, digest_value([(name, static.digest(name)) for name in there])), lost


class _Signs(msgspec.Struct, frozen=True, array_like=True):
    """The signs of titles that were tried: those that a font has, and those that none has."""

    made_of: bytes
    drawn: str
    lost: str


def untitled(published: Sequence[Head], content: str, fonts: Input, cache: Cache) -> list[Problem]:
    """A warning for each card that lacks its title, as no font has its letters. Signs are tried once; then the cost is
    4 µs an article. Raises: Damaged.
    """
    titles = {head.source: card.title for head in published if not ((card := head.card).image and card.image.src)}
    made_of = digest_bytes(toolchain_digest() + fonts.digest)
    kept = cache.known(_TRIED, _Signs)
    if kept is None or kept.made_of != made_of:
        kept = _Signs(made_of, "", "")
    new = set().union(*titles.values()) - {*kept.drawn, *kept.lost}
    if new:
        try:
            lost = typesetter(fonts.current()).lost(new)
        except TypesettingError:  # a font that is none: each card says so
            return []
        kept = _Signs(made_of, kept.drawn + "".join(sorted(new - lost)), kept.lost + "".join(sorted(lost)))
        cache.remember(_TRIED, kept)
    letters = set(filter(str.isalpha, kept.lost))
    return [_untitled(f"{content}/{source}", title) for source, title in titles.items() if letters & set(title)]


_TRIED = "signs of social cards"  # in the cache


def _untitled(path: str, title: str) -> Problem:
    return Problem(
        code="social-card.letters",
        where=Where(path),
        message=f'its social card shows no title: no font has all letters of "{title}"',
        help="put a font that has them below static/, and name it in  outputs: {social_card_fonts: [fonts/NAME.ttf]}",
        severity="warning",
    )


def _no_font(name: str, static: Files, config: str) -> Problem:
    meant = near(name, list(static))
    return Problem(
        code="config.font",
        where=Where(config),
        message=f'outputs.social_card_fonts: there is no file "{static.shown}/{name}"',
        help=f"did you mean {meant}?" if meant else f"put the font below {static.shown}/, and name it from there",
    )


class Typst:
    """A typesetter with the fonts of one site. Cost: 15 ms a picture to draw, 25 to make it small."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        """Raises: TypesettingError for a file that is no font."""
        import typst  # noqa: PLC0415 -- 60 MB, which only a site with such pictures loads

        with tempfile.TemporaryDirectory(prefix="sitegen-fonts-") as folder:
            for n, font in enumerate(fonts):
                Path(folder, f"{n}{splitext(font.path)[1]}").write_bytes(font.content)
            found = typst.Fonts(include_system_fonts=False, font_paths=[folder])
            own: dict[int, str] = {}
            every = [each for each in found.fonts() if each.path is not None]
            for each in every:
                own.setdefault(int(Path(each.path or "").stem), each.family)
            wrong = next((font.path for n, font in enumerate(fonts) if n not in own), "")
            if wrong:
                message = "is no font that can be read: TrueType and OpenType (.ttf, .otf, .ttc) can"
                raise TypesettingError(message, help="convert it, or name another file", path=wrong)
            # a root that is gone after this: a template that read a file would show what nobody has recorded
            self._compiler = typst.Compiler(b"", root=folder, font_paths=found, ignore_system_fonts=True)
            self.families = tuple(dict.fromkeys([*(own[n] for n in sorted(own)), *CARRIED]))
            self._typeset("\n".join([_in(each) for each in every]))  # reads the files, which are gone after this
        self._drawn: dict[str, bool] = {}

    def drawable(self, text: str) -> str:
        """A text without the signs that no font has; "" where one of them is a letter. Cost: .2 ms a new sign."""
        lost = self.lost(text)
        if any(map(str.isalpha, lost)):
            return ""
        return " ".join("".join([sign for sign in text if sign not in lost]).split()) if lost else text

    def lost(self, signs: Iterable[str]) -> set[str]:
        """Those of some signs that no font has. Cost: .2 ms a new one."""
        signs = set(signs)
        new = sorted(signs - self._drawn.keys())
        if new:
            nobodys, *others = self._typeset(_sample(self.families, _NOBODYS, *new))
            for sign, other in zip(new, others, strict=True):
                self._drawn[sign] = not _shows(sign) or other != nobodys
        return {sign for sign in signs if not self._drawn[sign]}

    def picture(self, source: str) -> bytes:
        """The PNG of a text in Typst's language, its first page. Raises: TypesettingError."""
        from PIL import Image  # noqa: PLC0415

        named = re.search(r"""["']@[a-z]+/""", source)
        if named is not None:
            line = source.count("\n", 0, named.start())
            message = "packages cannot be used: they would have to be fetched"
            raise TypesettingError(message, _line(source, line), "write what you need of it into the template")
        first, *_ = self._typeset(source)
        with Image.open(BytesIO(first)) as image:
            few = image.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        out = BytesIO()
        few.save(out, "PNG")
        return out.getvalue()

    def _typeset(self, source: str) -> list[bytes]:
        import typst  # noqa: PLC0415

        try:
            made = self._compiler.compile(source.encode(), format="png", ppi=PIXELS_AN_INCH)
        except typst.TypstError as error:
            place = re.search(r"\.typ:(\d+):", error.diagnostic or "")
            help = error.hints[0] if error.hints else "mend the line; what it says is Typst"
            line = _line(source, int(place[1]) - 1) if place else ""
            raise TypesettingError(error.message, line, help) from error
        assert made is not None
        return made if isinstance(made, list) else [made]


@lru_cache(maxsize=2)
def typesetter(fonts: tuple[Font, ...]) -> Typst:
    """The typesetter of a site; one is kept a process, for loading it takes .1 s."""
    return Typst(fonts)


def _sample(families: Sequence[str], *signs: str) -> str:
    """A page for each sign."""
    named = "".join(f'"{family}", ' for family in families)
    head = f"#set page(width: 16pt, height: 16pt, margin: 2pt)\n#set text(font: ({named}), size: 8pt)\n"
    return head + "\n#pagebreak()\n".join(f'#"\\u{{{ord(sign):x}}}"' for sign in signs)


def _line(source: str, number: int) -> str:
    return "".join(source.splitlines()[number : number + 1]).strip()


def _in(font: "typst.FontInfo") -> str:
    """A word in one font of a family."""
    style = f'weight: {font.weight}, style: "{font.style.lower()}", stretch: {font.stretch:.0%}'
    return f'#text(font: "{font.family}", {style})[a]'


def _shows(sign: str) -> bool:
    """Whether a sign has a form of its own, which a font can lack: spaces and marks above letters have none."""
    return unicodedata.category(sign)[0] in "LNPS"
