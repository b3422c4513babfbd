"""For any text, the pieces of a large file give what the file gives as a whole."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.convert.formats import BY_NAME, Reading
from sitegen.convert.readers import rows
from sitegen.convert.sources import pieces
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.sources.pieces import cut_of
from sitegen.errors import Problem

SOUP = st.lists(
    st.sampled_from(
        ["a", "text", "b c", "é", "日本", '"', '""', ",", ";", "\n", "\r\n", "\r", "\n\n", "'", " ", "\\", "{", "}",
         '{"text": "x"}', '{"text": ["y"]}', '\n{"text": "x"}\n', "null", "\x85", "\u2028"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def read(format: str, files: list[SourceFile]) -> list[object]:
    """The rows with their numbers, and those without text with their lines."""
    found: list[object] = []
    for file in files:
        for one in BY_NAME[format].read(file, Reading(format=format)):
            if not isinstance(one, Problem):
                found.append((one.source.row, one.source.sha256, one.blocks, one.hints))
            elif one.code == "import.row" and one.where.line:
                found.append((one.where.line, one.message))
    return sorted(found, key=repr)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["csv", "jsonl"]), SOUP, st.integers(1, 60))
def test_rows_in_pieces_are_the_rows_of_the_file_with_their_numbers_and_lines(
    format: str, text: str, size: int
) -> None:
    content = (f"text,url\n{text}" if format == "csv" else text).encode()
    cut = cut_of("x", content, BY_NAME[format])
    assert cut is not None
    with pytest.MonkeyPatch.context() as bounds:
        bounds.setattr(pieces, "PIECE", size)
        bounds.setattr(rows, "FEW", 1_000_000)
        whole = SourceFile("x", "x", "x", content)
        found = list(cut(io.BytesIO(content), SourceFile("x", "x", "x", b"", digest=whole.sha256)))
        parts = [one for one in found if isinstance(one, SourceFile)]
        assert len(parts) == len(found)
        assert read(format, parts) == read(format, [whole])
