"""What GitHub takes: bounds that deploying refuses at and checking warns of, and sizes as people read them."""

from typing import Final

MAX_FILE_BYTES: Final = 100 * 1024 * 1024  # GitHub refuses a push with a larger file
MAX_SITE_BYTES: Final = 1024 * 1024 * 1024  # the documented limit of a site on GitHub Pages


def said_size(size: int) -> str:
    """`812 B`, `4.1 kB`, `100.0 MB`: in steps of 1,024, as GitHub counts."""
    if size < 1024:
        return f"{size} B"
    amount = float(size)
    for unit in ("kB", "MB"):
        amount /= 1024
        if amount < 1024:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:.2f} GB"
