"""Makes `tests.laws` importable, however pytest was started: the long campaigns share its modules."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)
