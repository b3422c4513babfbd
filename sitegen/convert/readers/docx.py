"""The reader of Word documents: mammoth makes HTML of what the document means, and that goes the way of every page.

Invariant: pure; pictures stay in the archive's memory until the article is written, and nothing is fetched.
"""

import io
from collections.abc import Iterator
from typing import Any, Final
from xml.sax import SAXParseException
from zipfile import BadZipFile

import msgspec

from sitegen.convert.document import Asset, Document, Source
from sitegen.convert.formats import Reading
from sitegen.convert.html.fields import Facts
from sitegen.convert.readers.office import office_document, office_facts
from sitegen.convert.sources.files import Tree, problem
from sitegen.errors import Problem

_STYLES: Final = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
p[style-name='Caption'] => figcaption:fresh
"""


def read(tree: Tree, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format docx: one document, one article."""
    import mammoth  # noqa: PLC0415 -- 0.2 s to import; only Word documents need it

    file = tree.packed
    assert file is not None  # a docx is a zip
    assets: list[Asset] = []

    def keep(image: Any) -> dict[str, str]:
        src = f"image-{len(assets) + 1}.{image.content_type.rpartition('/')[2].partition('+')[0]}"
        with image.open() as opened:
            assets.append(Asset(src=src, content=opened.read(), name=src, type=image.content_type))
        return {"src": src}

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(file.content),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(keep),
            external_file_access=False,
        )
    except (BadZipFile, SAXParseException, KeyError, ValueError, OSError, AttributeError) as error:
        yield problem(file.path, f"the document cannot be read: {error}", "open it in Word and save it again")
        return
    source = Source(path=file.path, name=file.name, format="docx", sha256=file.sha256, group=file.folder)
    facts = office_facts(tree.head("docProps/core.xml")) if tree.has("docProps/core.xml") else Facts()
    document = office_document(made.value, facts, source)
    if document is None:
        yield problem(file.path, "the document holds no text", "leave it out of the sources")
        return
    notes = tuple(dict.fromkeys(f"Word: {each.message}" for each in made.messages if "style" not in each.message))
    yield msgspec.structs.replace(document, assets=tuple(assets), notes=(*document.notes, *notes))
