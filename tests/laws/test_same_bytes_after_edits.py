"""L1: after any history of edits, the tree of an incremental build is that of a clean one, byte for byte.

`SITEGEN_LONG=10000` runs so many steps instead of a thousand, and so does `python -m tests.laws.long edits 10000`.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import STEPS, Edits
from tests.laws.sites import quick_folder

STEPS_A_SITE = 40


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_after_any_history_of_edits_the_tree_is_a_clean_builds():
    steps = int(os.environ.get("SITEGEN_LONG", "1000"))
    with quick_folder() as folder:
        Edits.folder = folder
        run_state_machine_as_test(
            Edits,
            settings=settings(
                max_examples=max(1, steps // STEPS_A_SITE),
                stateful_step_count=STEPS_A_SITE,
                deadline=None,
                derandomize="SITEGEN_LONG" not in os.environ,  # a check run walks the same way twice; long runs wander
                database=None,
                print_blob=True,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(STEPS)  # noqa: T201 -- figures, for -s
