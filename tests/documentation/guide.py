"""The guide as its tests read it: its pages, their tables, and the examples that can be run.

How an example is marked stands after its fence, where readers do not see it:

    ```markdown file=content/2024/ferry.md    the text is written to that file, in the page's own folder
    ```console run                            lines that begin with `$ ` are run there; what follows is what they print
    ```console run fails                      the same, and the last of these commands has to fail
    ```console run installed                  the same, with the sitegen that the page has installed
    ```console serve                          the last command is a server: it is started, asked for a page, and ended

In what a command prints, `…` alone on a line stands for any lines, and inside a line for any characters.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

GUIDE = Path(__file__).resolve().parents[2] / "content" / "pages" / "guide"
PAGES = {path.stem: path.read_text("utf-8") for path in sorted(GUIDE.glob("*.md"))}

_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?P<code>.+?)\1(?!`)")


class Block(NamedTuple):
    """A fenced block: what stands after its fence, and its text."""

    info: tuple[str, ...]
    text: str

    @property
    def file(self) -> str:
        """The file that the block is written to; "" for none."""
        return next((word.removeprefix("file=") for word in self.info if word.startswith("file=")), "")

    @property
    def runs(self) -> bool:
        return "run" in self.info

    @property
    def serves(self) -> bool:
        return "serve" in self.info

    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command with what the guide says that it prints."""
        command, printed = "", []
        for line in self.text.splitlines(keepends=True):
            if line.startswith("$ "):
                if command:
                    yield command, "".join(printed)
                command, printed = line.removeprefix("$ ").rstrip("\n"), []
            else:
                printed.append(line)
        if command:
            yield command, "".join(printed)


def blocks(page: str) -> list[Block]:
    return [Block(tuple(found["info"].split()), found["text"]) for found in _FENCE.finditer(PAGES[page])]


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", PAGES[page])


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next of its level or a higher one."""
    text = prose(page)
    level, _, _ = heading.partition(" ")
    found = re.search(rf"^{re.escape(heading)}(?: \{{[^}}\n]*\}})?$", text, re.MULTILINE)
    assert found, f"{page}.md has no heading {heading}"
    end = re.search(rf"^#{{1,{len(level)}}} ", text[found.end() :], re.MULTILINE)
    return text[found.end() : found.end() + end.start()] if end else text[found.end() :]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in a text, without their heads."""
    found, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if below.startswith("|") and set(below) <= set("|-: "):
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        found.append(cells)
    return found


def named(text: str) -> list[str]:
    """What stands in a text as code, in order."""
    return [found["code"].strip() for found in _CODE.finditer(text)]


def first_column(text: str) -> list[str]:
    """Every code in the first column of the tables in a text."""
    return [name for row in rows(text) for name in named(row[0])]
