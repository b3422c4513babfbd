"""The reader of a web archive that reaches it whole; usually its pages are sources of their own (see `warc.py`).

Invariant: a page goes the way of every page.
"""

import io
from collections.abc import Iterator

import msgspec

from sitegen.convert.document import Document
from sitegen.convert.formats import Reading
from sitegen.convert.readers.html import read_html
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.sources.warc import pages_in
from sitegen.errors import Problem


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format warc."""
    if file.row is not None:
        yield read_html(file)
        return
    for found in pages_in(io.BytesIO(file.content), file, on_disk=False):
        if isinstance(found, SourceFile):
            yield read_html(msgspec.structs.replace(found, store=None))
        elif isinstance(found, Problem):
            yield found
