"""The command line as a process of its own: `python -m sitegen`, and the script of that name.

Invariant: it ends when all is said and closed; what is in memory by then is left to the system, which takes it back at
once, where taking apart tens of thousands of values would cost an edit a seventh of its time.
"""

import atexit
import gc
import os
import sys

from sitegen.build.ahead import begin


def main() -> None:
    """Run a command and end the process. No cyclic collection while modules are imported: it would find nothing."""
    gc.disable()  # until a command runs: see `cli.shared.global_options`
    ahead = begin(sys.argv[1:])
    from sitegen.cli import main as run  # noqa: PLC0415 -- see above

    try:
        run(ahead=ahead)
    except SystemExit as end:
        import threading  # noqa: PLC0415 -- what comes before `begin` is what it waits for

        if threading.active_count() > 1 or not isinstance(end.code, int):
            raise
        atexit._run_exitfuncs()  # noqa: SLF001 -- what the interpreter itself calls at its end
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


if __name__ == "__main__":
    main()
