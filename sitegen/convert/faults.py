"""What is said where the fault is ours: a step that failed at one source or article, or that took too long for it.

Invariant: such a fault is an error of that source alone, with all that a report of it needs; everything else goes on.
"""

import traceback
from pathlib import Path
from typing import Final

from sitegen.convert import patience
from sitegen.convert.patience import TooLong
from sitegen.convert.sources.files import problem
from sitegen.errors import Problem

REPORT: Final = "please report this line, with the file if you may share it"
SHORT: Final = "only a summary"  # a note of an item, which is said once of all items of a feed
FEW: Final = 5  # items that such a message names
SIMPLER: Final = "take the file apart or save it again more simply, and report it if it is an ordinary one"


def own_fault(path: str, fault: BaseException, doing: str, before: int = 0) -> Problem:
    """A step that failed at a source, after `before` articles of it. `doing` names the step: "read", "write"."""
    rest = "all else is imported"
    if before:
        rest = f"the {before} articles before it in this source are imported, what follows it there is not"
    if isinstance(fault, TooLong):
        said = f"this was given up: it took more than {patience.LIMIT_S:.0f} seconds to {doing}"
        return problem(path, said, f"{rest}; {SIMPLER}", code="import.time")
    places = traceback.extract_tb(fault.__traceback__)
    where = f"{Path(places[-1].filename).name}:{places[-1].lineno}"
    said = f"sitegen itself failed to {doing} this: {type(fault).__name__} at {where}: {fault}"
    return problem(path, said, f"{rest}; {REPORT}", code="import.fault")


def ended(path: str, doing: str = "read") -> Problem:
    """A source at which the process that was at work on it ended; `doing` is as for `own_fault`."""
    most = f"{patience.HARD_S:.0f} seconds"
    said = f"the process that was to {doing} this was ended: it took more than {most}, or more memory than there is"
    return problem(path, said, f"all else is imported; {SIMPLER}", code="import.time")


def unwritten(path: str, error: OSError, into: Path) -> Problem:
    """An article that the disk did not take."""
    said = f"its Markdown cannot be written to {error.filename or into}: {error.strerror}"
    return problem(path, said, "check the folder given with --into", code="import.write")


def summaries_alone(path: str, rows: list[int]) -> Problem:
    """The items of a feed that came without their text."""
    few = ", ".join(map(str, rows[:FEW])) + (" …" if len(rows) > FEW else "")
    said = f"item {few} has only a summary" if len(rows) == 1 else f"{len(rows)} items have only a summary ({few})"
    help = "for whole texts save the pages that the feed leads to, and import them"
    return problem(path, said, help, code="import.feed", warning=True)
