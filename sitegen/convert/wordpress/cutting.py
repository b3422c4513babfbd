"""A WordPress export read as a stream: once for what all of its items say, once for its items.

Invariant: what stays in memory is the survey and one item, or one piece. A piece carries the frame and the part of the
survey that its items need, so it is read without the rest of the export, in any process.
"""

from collections.abc import Iterator
from io import StringIO
from typing import IO, Final

import msgspec

from sitegen.convert.sources.decode import text_stream
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.convert.sources.items import MAX_ITEM, Found, Items
from sitegen.convert.sources.pieces import PIECE, piece_of
from sitegen.convert.wordpress.survey import Survey
from sitegen.convert.wordpress.wxr import (
    Channel,
    Fault,
    Frame,
    Item,
    frame_of,
    missed,
    read_channel,
    read_item,
    refused,
    without_controls,
)
from sitegen.errors import Problem, Where

_TOO_LONG: Final = Fault(
    f"an item is longer than {MAX_ITEM // 1_000_000} million characters; what follows it was not read",
    "shorten that post before the export, or close its tags",
)
_BREAKS_OFF: Final = Fault(
    "the export breaks off in the item that begins here, or this item is never closed",
    "the file ends too early; export it again, or download it again",
)
_CUT_OUT: Final = "the file holds items that were cut out of an export; what the export says of its site is missing"


class Context(msgspec.Struct, frozen=True):
    """What a piece must know of the rest of its export."""

    frame: Frame
    survey: Survey


_packed = msgspec.msgpack.Encoder()
_context = msgspec.msgpack.Decoder(Context)


def surveyed(stream: IO[bytes], file: SourceFile) -> tuple[Context | None, list[Problem]]:
    """What an export says as a whole, and what is wrong with it beside its items; None when it is refused."""
    text, notes = text_stream(stream)
    found = Items(text)
    frame, survey, controls = Frame("", ""), Survey(), 0
    problems: list[Problem] = []
    known: set[str] = set()
    for row, item in enumerate(found):
        if not row:
            head = without_controls(found.head)
            if (fault := refused(head[0])) is not None:
                return None, [fault_problem(file, fault)]
            frame, controls = frame_of(head[0]), head[1]
            problems += [fault_problem(file, one, warning=True) for one in missed(head[0], 1, frame, known)]
            channel = read_channel(head[0], frame)
            problems += [fault_problem(file, channel)] if isinstance(channel, Fault) else []
            survey.channel = channel if isinstance(channel, Channel) else survey.channel
            if not head[0].strip():
                said = (
                    "the file holds items that were cut out of an export; what the export says of its site is missing"
                )
                notes = (*notes, said)
        content, count = without_controls(item.text)
        controls += count
        problems += [fault_problem(file, one, warning=True) for one in missed(content, item.line, frame, known)]
        read = read_item(content, row, item.line, frame)
        if isinstance(read, Item):
            survey.note(read)
        else:
            survey.broken += 1
    text.detach()
    if controls:
        notes = (*notes, f"{controls} control characters, which XML does not allow, were taken out")
    problems += [problem(file.path, note, code="import.encoding", warning=True) for note in notes]
    return Context(frame, survey), problems


def fault_problem(file: SourceFile, fault: Fault, *, warning: bool = False) -> Problem:
    where = Where(file.path, fault.line, fault.column)
    severity = "warning" if warning else "error"
    return Problem(code="import.wordpress", where=where, message=fault.message, help=fault.help, severity=severity)  # type: ignore[arg-type]


def items_of(stream: IO[bytes], context: Context) -> Iterator[Item | Fault]:
    """The items of an export in order."""
    text, _ = text_stream(stream)
    for row, found in enumerate(Items(text)):
        yield _read(found, row, found.line, context)
    text.detach()


def items_of_piece(file: SourceFile) -> tuple[Context, Iterator[Item | Fault]]:
    """What a piece knows of its export, and its items."""
    context = _context.decode(file.context)
    found = enumerate(Items(StringIO(file.content.decode("utf-8"))), start=file.row or 0)
    return context, (_read(one, row, one.line + file.lines_before, context) for row, one in found)


def _read(found: Found, row: int, line: int, context: Context) -> Item | Fault:
    if not found.whole:
        fault = _TOO_LONG if len(found.text) > MAX_ITEM else _BREAKS_OFF
        return msgspec.structs.replace(fault, line=line, column=1)
    return read_item(without_controls(found.text)[0], row, line, context.frame)


def cut_export(stream: IO[bytes], whole: SourceFile) -> Iterator[SourceFile | Problem]:
    """A large export in pieces."""
    context, problems = surveyed(stream, whole)
    yield from problems
    if context is None:
        return
    text, _ = text_stream(stream)
    out: list[str] = []
    size = first_row = line = end = 0
    for row, item in enumerate(Items(text)):
        if not out:
            first_row, line = row, item.line - 1
        else:
            out.append("\n" * (item.line - end))  # what stood between two items is left out, but for its lines
        out.append(item.text)
        end = item.line + item.text.count("\n")
        size += len(item.text)
        if size >= PIECE:
            yield _piece(whole, "".join(out), first_row, line, context)
            out, size = [], 0
    if out:
        yield _piece(whole, "".join(out), first_row, line, context)
    text.detach()
    yield from closing_words(whole, context.survey)


def _piece(whole: SourceFile, text: str, row: int, line: int, context: Context) -> SourceFile:
    own = Context(context.frame, context.survey.within(text))
    return piece_of(whole, text, row, line, _packed.encode(own))


def closing_words(file: SourceFile, survey: Survey) -> Iterator[Problem]:
    """What was left out of an export, and whether nothing else was in it."""
    if left := survey.said():
        yield problem(file.path, left, code="import.left-out", warning=True)
    if not survey.articles and not survey.broken:
        said = "the export holds no posts and no pages"
        yield problem(file.path, said, "export again, with  All content", code="import.wordpress")
