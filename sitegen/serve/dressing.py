"""What the HTTP layer adds to pages: one script element; and the page that stands where there is no page.

Invariant: pure, and the only place where served bytes come to differ from built ones.
"""

from collections.abc import Sequence
from html import escape

from sitegen.errors import Problem, format_problem

NAME = "data-sitegen"


def inject(content: bytes, prefix: str, digest: str, status: int) -> bytes:
    """The page with the preview's script before the end of its body. Cost: one copy."""
    element = (
        f'<script {NAME} src="{prefix}live.js" data-digest="{digest}" data-status="{status}" defer></script>'.encode()
    )
    at = content.rfind(b"</body>")
    return content + element if at < 0 else content[:at] + element + content[at:]


def fault_page(problems: Sequence[Problem]) -> bytes:
    """A page that says what is wrong: readable without scripts; with them the overlay covers it."""
    said = "\n\n".join(format_problem(problem) for problem in problems) or "There is nothing to show yet."
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not right yet</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;padding:0 1rem}}
pre{{white-space:pre-wrap;background:#f4f4f4;color:#111;padding:1rem;border-left:.3rem solid #c33}}</style></head>
<body><h1>This page cannot be made yet</h1><pre>{escape(said)}</pre>
<p>It appears here as soon as this is mended.</p></body></html>
""".encode()


def bare_page(status: int, says: str) -> bytes:
    """A refusal as a page."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{status}</title><p>{escape(says)}.</p>\n'.encode()
    )
