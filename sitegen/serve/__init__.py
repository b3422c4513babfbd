"""The live preview: HTTP over a live site, a stream that says when to look again, and a watcher of files.

Invariant: what is served is what a build would write; this floor adds a script to HTML on its way out, no more.
"""
