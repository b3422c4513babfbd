"""Lines that belong to one paragraph: text broken in mid-sentence is joined, and only where the text shows it.

Invariant: pure; no text is added or lost but the spaces at the joins.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sitegen.convert.inference.lines import Line

MIN_OPEN_WORDS: Final = 4  # a shorter line may be a label or a list's item
_OPEN_WORDS = frozenset(
    """a an the of and or to in on at for with by from as that which who our your their its his her this these is are
    was were be been has have had will would can could may our we they than into about between through
    der die das den dem des ein eine einen einer und oder von zu in mit auf für im am zum zur
    le la les un une des de du et ou à au aux en dans par pour sur que qui
    el los las una del y o a en con por para que il lo gli di da e che su per con
    o os as um uma do da dos das em no na het een van te voor met""".split()
)
_LIST = re.compile(r"^(?:(?:[•▪▸►‣◦●○■□✓✔➤*-]|\d{1,3}[.)])\s|[–—]\s+[^a-z])")
_GOES_ON = re.compile(r"^(?:[,;.:!?)\]”’»…]|[–—]\s+[a-z]|[a-zà-öø-ÿа-яёα-ω])")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")


def paragraphs(lines: Sequence[Line]) -> list[list[int]]:
    """Indices of the lines, grouped into paragraphs, in order."""
    width = wrap_width(lines)
    groups: list[list[int]] = []
    said = 0  # words of the paragraph so far
    for index, line in enumerate(lines):
        if groups and _joins(lines[index - 1], said, line, width):
            groups[-1].append(index)
            said += line.words
        else:
            groups.append([index])
            said = line.words
    return groups


def join(texts: Sequence[str]) -> str:
    """One paragraph's lines as one line; words broken by a soft hyphen are mended, scripts without spaces get none."""
    out = texts[0]
    for text in texts[1:]:
        if out.endswith("\u00ad"):
            out = out[:-1] + text
        elif (_EAST_ASIAN.match(out[-1]) and _EAST_ASIAN.match(text)) or re.match(r"[,;.:!?)\]”…]", text):
            out += text
        else:
            out += " " + text
    return out


def wrap_width(lines: Sequence[Line]) -> int:
    """The width that the text was wrapped at, or 0: most full lines nearly fill it, and most break a sentence."""
    full = [line for line, after in pairwise(lines) if not after.block.gap]
    if len(full) < 4 or sum(line.block.gap for line in lines) < 1:
        return 0
    sizes = sorted(len(line.text) for line in full)
    width = sizes[int(len(sizes) * 0.95)]
    if not 30 <= width <= 110:
        return 0
    near = sum(size >= width * 0.75 for size in sizes)
    broken = sum(not line.ends_sentence for line in full)
    return width if near >= 0.75 * len(full) and broken >= 0.6 * len(full) else 0


def _joins(last: Line, said: int, line: Line, width: int) -> bool:
    if _LIST.match(line.text):
        return False
    if width and not line.block.gap and len(last.text) >= 0.6 * width and not _LIST.match(line.text):
        return True
    if last.ends_sentence and not last.text.endswith((";", ",")):
        return False
    if said >= MIN_OPEN_WORDS and _GOES_ON.match(line.text):
        return True
    tail = re.findall(r"\w+", last.text)
    return said > MIN_OPEN_WORDS and (
        last.text.endswith((",", "،", "、")) or (bool(tail) and tail[-1] in _OPEN_WORDS and last.text[-1].isalpha())
    )
