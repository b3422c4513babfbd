"""What sitegen adds to CommonMark, one rule a module; `content/markdown.py` puts them together.

Invariant: a rule knows its tokens and its text, never a site: addresses that depend on the rest of the site leave
here as refs.
"""
