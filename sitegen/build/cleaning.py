"""Taking away what sitegen made: the built site and the cache, and nothing else.

Invariant: a file goes only when its bytes are those that sitegen wrote, as the list in the output folder says, and it
lies inside that folder. What somebody changed, and what others put there, stays; then the list stays too and names the
folder as an output folder, so that the next build is not refused.
"""

import os
import shutil
from contextlib import nullcontext, suppress
from pathlib import Path

import msgspec

from sitegen.build.creating import unwritable
from sitegen.build.kept_copies import FOLDER as KEPT_COPIES
from sitegen.build.lock import site_lock
from sitegen.build.opened import MEMORY
from sitegen.build.publish import LIST, STAGE, Target, dangerous
from sitegen.build.search_parts import FOLDER as KEPT_PARTS
from sitegen.errors import Problem, UsageError, Where

# Only these: edits that were set aside (kept/) and what imports are compared with (imports/) cannot be made again.
REMEMBERED = (
    "cache.sqlite",
    "cache.sqlite-journal",
    "deploy.msgpack",
    "check.sqlite",
    "check.sqlite-journal",
    "external.msgpack",
    KEPT_COPIES,
    KEPT_PARTS,
)
FOLDERS = (KEPT_COPIES, KEPT_PARTS)
LOCK = "lock"  # made by taking it, and so no news


class CleaningPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken away. Paths are relative to the output folder and to `.sitegen/`.

    `changed` were written by sitegen and edited since; `foreign` never were sitegen's, or lie behind a link that leads
    outside.
    """

    output: str
    remove: tuple[str, ...]
    forget: tuple[str, ...]
    changed: tuple[str, ...]
    foreign: tuple[str, ...]


def plan_cleaning(root: Path, folder: Path) -> CleaningPlan:
    """Look at the output folder and the cache. Cost: every file of ours is read. Raises: UsageError."""
    why = dangerous(folder, root)
    if why:
        raise UsageError(
            Problem(
                code="usage.output",
                where=Where(str(folder)),
                message=f"cannot be the output folder: {why}",
                help="name the one that was built with  -o DIR",
            )
        )
    try:
        remove, changed = _ours(folder)
        foreign = _others(folder, {*remove, *changed, LIST})
    except OSError as error:
        raise unwritable(str(error.filename or folder), error) from error
    memory = root / MEMORY
    forget = tuple(name for name in REMEMBERED if (memory / name).exists())
    return CleaningPlan(
        output=str(folder),
        remove=tuple(remove),
        forget=forget,
        changed=tuple(changed),
        foreign=tuple(foreign),
    )


def _ours(folder: Path) -> tuple[list[str], list[str]]:
    """Paths that the list names and that are there: those still as written, and those changed since."""
    target = Target(folder, adopt=False, durable=False)
    real = folder.resolve()
    same: list[str] = []
    changed: list[str] = []
    for path in sorted(target.owned):
        found = target.look(path, None)
        if found is None:
            continue
        inside = (folder / path).parent.resolve().is_relative_to(real)
        (same if inside and target.is_ours(path, found.digest) else changed).append(path)
    return same, changed


def _others(folder: Path, known: set[str]) -> list[str]:
    """Files in an output folder that sitegen never wrote; none where it is no output folder."""
    if not (folder / LIST).is_file():
        return []
    found = []
    for at, folders, names in os.walk(folder):
        here = Path(at)
        links = [name for name in folders if (here / name).is_symlink()]
        found += [(here / name).relative_to(folder).as_posix() for name in (*names, *links)]
    return sorted(path for path in found if path not in known and not path.startswith((LIST, STAGE)))


def run_cleaning(root: Path, folder: Path) -> CleaningPlan:
    """Take away what is ours, with the folders that this empties, while no build runs. Raises: UsageError."""
    memory = root / MEMORY
    try:
        with site_lock(memory) if memory.is_dir() else nullcontext():
            plan = plan_cleaning(root, folder)
            _clear_output(folder, plan)
            for name in plan.forget:
                if name in FOLDERS:
                    shutil.rmtree(memory / name)
                else:
                    (memory / name).unlink(missing_ok=True)
            (memory / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            memory.rmdir()
    except OSError as error:
        raise unwritable(str(error.filename or folder), error) from error
    return plan


def _clear_output(folder: Path, plan: CleaningPlan) -> None:
    target = Target(folder, adopt=False, durable=False)
    if not (folder / LIST).is_file():
        return
    left = {path: bytes.fromhex(target.owned[path][0]) for path in plan.changed}
    target.start()
    target.publish(left, plan.remove, (), folder)
    if not plan.changed and not plan.foreign:
        (folder / LIST).unlink()
        with suppress(OSError):
            folder.rmdir()
