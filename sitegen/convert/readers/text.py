"""The reader of raw text: what a crawl or a clipboard gives, one article a file.

Invariant: pure. One block a line that is not blank; nothing is interpreted here.
"""

import re
from collections.abc import Iterator
from typing import Final

from sitegen.convert.document import Block, Document, Source
from sitegen.convert.formats import Reading
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.errors import Problem

MAX_CHARACTERS: Final = 8_000_000  # of one article; longer ones are no articles, and inference would be slow
_LINE_END = re.compile("\r\n|[\n\r\f\v\x85\u2028\u2029]")
_BLANK: Final = " \t\u00a0\u200b\u2060\ufeff\u3000\u00ad\u200e\u200f\u2002\u2003\u2009"


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format text: one article a file."""
    decoded = decode(file.content)
    if len(decoded.text) > MAX_CHARACTERS:
        yield problem(
            file.path,
            f"the text is longer than {MAX_CHARACTERS // 1_000_000} million characters",
            "one file should hold one article; split it",
        )
        return
    blocks = read_blocks(decoded.text)
    if not blocks:
        yield problem(
            file.path, "the file holds no text", "remove it from the sources, or put the article's text into it"
        )
        return
    source = Source(path=file.path, name=file.name, format="text", sha256=file.sha256, group=file.folder)
    yield Document(source=source, blocks=blocks, notes=decoded.notes)


def read_blocks(text: str) -> tuple[Block, ...]:
    """The lines of a text as blocks, numbered from 1. Cost: about 1 µs a line."""
    blocks: list[Block] = []
    gap = False
    for number, line in enumerate(_LINE_END.split(text), start=1):
        stripped = line.strip(_BLANK)
        if not stripped:
            gap = True
            continue
        indent = len(line) - len(line.lstrip(" \t"))
        blocks.append(Block(stripped, number, gap, indent))
        gap = False
    return tuple(blocks)
