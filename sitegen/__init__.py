"""sitegen: a static site generator for article collections.

The floors, from the bottom: `model errors digest`, then `content engine config`, then `catalog theme`, then
`build convert`, then `check`, and `cli` on top. Imports go down only; `tests/test_floors.py` holds that.
"""

__version__ = "0.1.0"
