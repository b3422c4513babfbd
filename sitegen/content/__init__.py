"""From the text of a source to an article, as values: front matter, Markdown, dates, addresses.

Invariant: pure; no disk, clock, network, environment or randomness.
"""
