"""Files that the guide tells its reader to have: exports, documents, archives. Made here, small and real.

Invariant: the same bytes on every machine, since the guide shows digests and counts of them.
"""

import gzip
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.documentation.guide import blocks

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = ROOT / "tests" / "convert" / "exports"
TEXT = (
    "The night ferry leaves the north quay at eleven, and has done so since the bridge was closed in the autumn.",
    "Nobody counted the passengers in the first week. In the second there were four hundred, most with bicycles.",
    "The harbour master wants a second boat, and the council has asked what it would cost before the winter is over.",
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
PARAGRAPHS = "".join(f"<p>{text}</p>\n" for text in TEXT)
PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The night ferry | The Quay</title>
<link rel="canonical" href="https://quay.example/2020/05/the-night-ferry/">
<meta property="article:published_time" content="2020-05-05T17:03:00+02:00"><meta name="author" content="Ada Miller">
</head>
<body><nav><a href="/">Home</a> <a href="/news/">News</a></nav>
<article><h1>The night ferry</h1><p class="byline">By Ada Miller</p>
<figure><img src="PICTURE" alt="A boat at the pier"><figcaption>At the pier. Photo: Cy Orr</figcaption></figure>
{PARAGRAPHS}</article><footer>Share this article</footer></body></html>
"""


def give(page: str, folder: Path) -> None:
    """Put what a page of the guide begins with into its folder; nothing for most pages."""
    if any("path/to/the/repository" in block.text for block in blocks(page)):
        _repository(folder / "path/to/the/repository")
    for name, make in GIVEN.get(page, {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(make())


def _repository(folder: Path) -> None:
    """A copy of what pip reads of this repository: installing leaves files in it."""
    folder.mkdir(parents=True)
    for name in ("sitegen", "themes"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, folder / name)


def _page(picture: str) -> str:
    return PAGE.replace("PICTURE", picture)


def _mhtml() -> bytes:
    import base64

    lines = [
        "From: <Saved by a browser>", "Snapshot-Content-Location: https://quay.example/2020/05/the-night-ferry/",
        "Subject: The night ferry", "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="part"', "", "--part",
        "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64",
        "Content-Location: https://quay.example/2020/05/the-night-ferry/", "",
        base64.encodebytes(_page("https://quay.example/boat.png").encode()).decode().strip(), "--part",
        "Content-Type: image/png", "Content-Transfer-Encoding: base64", "Content-Location: https://quay.example/boat.png",
        "", base64.b64encode(PNG).decode(), "--part--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def _warc() -> bytes:
    def record(kind: str, url: str, content: bytes, type: str) -> bytes:
        block = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
            type.encode(),
            len(content),
            content,
        )
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-05-06T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{len(content):032x}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)

    page = _page("https://quay.example/boat.png").encode()
    return record(
        "response", "https://quay.example/2020/05/the-night-ferry/", page, "text/html; charset=utf-8"
    ) + record("response", "https://quay.example/boat.png", PNG, "image/png")


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 5, 5, 0, 0, 0)), content)
    return out.getvalue()


def _export(service: str) -> Callable[[], bytes]:
    folder = EXPORTS / service
    return lambda: _zip(
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    )


def _word() -> bytes:
    import docx

    made = docx.Document()
    made.core_properties.title = "The mill"
    made.core_properties.author = "Ada Finch"
    made.add_heading("The mill: a visit", 0)
    for text in TEXT:
        made.add_paragraph(text)
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as archive:  # python-docx writes today's time beside each part
        return _zip({name: archive.read(name) for name in archive.namelist()})


def _odt() -> bytes:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    body = '<text:h text:outline-level="1">The weir</text:h>' + "".join(f"<text:p>{text}</text:p>" for text in TEXT)
    content = (
        f'<office:document-content {spaces} office:version="1.3"><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>"
    )
    return _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def _epub() -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier>'
        "<dc:title>Boats of the Quay</dc:title><dc:creator>Ada Miller</dc:creator>"
        "<dc:language>en</dc:language></metadata>"
        '<manifest><item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="one"/><itemref idref="two"/></spine></package>'
    )

    def chapter(title: str, text: str) -> bytes:
        return (
            f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head>'
            f"<body><h1>{title}</h1><p>{text}</p></body></html>"
        ).encode()

    return _zip(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "book.opf": package.encode(),
            "one.xhtml": chapter("The first boat", TEXT[0]),
            "two.xhtml": chapter("The second boat", TEXT[1]),
        }
    )


GIVEN: dict[str, dict[str, Callable[[], bytes]]] = {
    "sources": {
        "saved/The night ferry.html": lambda: _page("The night ferry_files/boat.png").encode(),
        "saved/The night ferry_files/boat.png": lambda: PNG,
        "ferry.mhtml": _mhtml,
        "quay.warc.gz": _warc,
        "medium-export.zip": _export("medium"),
        "substack-export.zip": _export("substack"),
        "quay.ghost.2021-06-01.json": (EXPORTS / "ghost" / "quay.ghost.2021-06-01.json").read_bytes,
        "mill.docx": _word,
        "weir.odt": _odt,
        "boats.epub": _epub,
    }
}
