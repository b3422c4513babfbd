"""Word, ODT and EPUB: what a person sees in the document stands in the Markdown, and what is hostile is refused."""

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.shared import Inches

from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import as_json

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def imported(source: Path, tmp_path: Path):
    return import_sources([str(source)], ImportOptions(into=tmp_path / "out", bases=tmp_path / "bases"))


def text_of(tmp_path: Path, name: str) -> str:
    return (tmp_path / "out" / name).read_text("utf-8")


def body_of(text: str) -> str:
    return text.split("---\n", 2)[2].strip()


@pytest.fixture
def word(tmp_path) -> Path:
    """A document as Word's own styles make it."""
    made = docx.Document()
    made.core_properties.title = "The mill"
    made.core_properties.author = "Ada Finch"
    made.core_properties.keywords = "mill; water"
    made.add_heading("The mill: a visit", 0)
    made.add_paragraph("By the river").style = made.styles["Subtitle"]
    line = made.add_paragraph("The wheel ")
    line.add_run("turns").bold = True
    line.add_run(" and ")
    line.add_run("turns").italic = True
    line.add_run(" again, says the miller, who has kept the place for thirty years and more.")
    made.add_heading("Inside", 1)
    made.add_paragraph("stone", style="List Bullet")
    made.add_paragraph("oak", style="List Bullet")
    made.add_paragraph("first", style="List Number")
    made.add_paragraph("Nothing is lost that is ground twice.", style="Quote")
    table = made.add_table(rows=2, cols=2)
    for at, word in enumerate(("grain", "price", "rye", "12")):
        table.cell(at // 2, at % 2).text = word
    made.add_picture(io.BytesIO(PNG), width=Inches(1))
    made.save(tmp_path / "mill.docx")
    return tmp_path / "mill.docx"


def test_a_word_document_keeps_its_structure_and_properties(word, tmp_path):
    report = imported(word, tmp_path)
    output = as_json(report)["documents"][0]["output"]
    text = text_of(tmp_path, output)

    assert 'title: "The mill: a visit"' in text
    assert '  - "Ada Finch"' in text
    assert '  - "water"' in text
    body = body_of(text)
    assert "The wheel **turns** and *turns* again" in body
    assert "## Inside" in body
    assert "- stone\n- oak" in body
    assert "1. first" in body
    assert "> Nothing is lost that is ground twice." in body
    assert re.search(r"\| grain \| price \|\n\| --- \| --- \|\n\| rye \| 12 \|", body)
    assert "![" in body
    assert "date:" not in text  # when a file was made is not when its article was published
    counts = as_json(report)["documents"][0]["ledger"]
    assert counts["blocks"] == counts["fields"] + counts["body"] + counts["links"] + sum(counts["dropped"].values())


OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)


def odt(path: Path, body: str, before: str = "") -> Path:
    styles = (
        '<office:automatic-styles><style:style style:name="T1" style:family="text"><style:text-properties '
        'fo:font-weight="bold"/></style:style><style:style style:name="P1" style:family="paragraph" '
        'style:parent-style-name="Title"/><text:list-style style:name="L1"><text:list-level-style-number text:level="1"/>'
        "</text:list-style></office:automatic-styles>"
    )
    content = (
        f"<?xml version='1.0'?>{before}<office:document-content {OFFICE}>{styles}<office:body><office:text>{body}"
        "</office:text></office:body></office:document-content>"
    )
    meta = (
        f"<office:document-meta {OFFICE}><office:meta><meta:initial-creator>Nia Reed</meta:initial-creator>"
        "<dc:language>en-GB</dc:language><meta:keyword>moss</meta:keyword></office:meta></office:document-meta>"
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", content)
        packed.writestr("meta.xml", meta)
        packed.writestr("Pictures/moss.png", PNG)
    return path


def test_an_odt_document_keeps_its_structure_and_properties(tmp_path):
    body = """
<text:p text:style-name="P1">Moss on the wall</text:p>
<text:p>It is <text:span text:style-name="T1">green</text:span>, and<text:s text:c="2"/>it <text:a xlink:href="https://moss.example/">grows</text:a><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Slowly.</text:p></text:note-body></text:note> there.</text:p>
<text:h text:outline-level="1">Where</text:h>
<text:list text:style-name="L1"><text:list-item><text:p>north</text:p></text:list-item><text:list-item><text:p>shade</text:p></text:list-item></text:list>
<text:p text:style-name="Quotations">Moss asks for nothing.</text:p>
<table:table><table:table-row><table:table-cell><text:p>month</text:p></table:table-cell><table:table-cell><text:p>growth</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:text-box><text:p><draw:frame><draw:image xlink:href="Pictures/moss.png"/><svg:desc>A wall</svg:desc></draw:frame>The north wall</text:p></draw:text-box></draw:frame></text:p>
"""
    report = imported(odt(tmp_path / "moss.odt", body), tmp_path)
    text = text_of(tmp_path, as_json(report)["documents"][0]["output"])

    assert 'title: "Moss on the wall"' in text
    assert '  - "Nia Reed"' in text
    body = body_of(text)
    assert "It is **green**, and it [grows](https://moss.example/)" in body
    assert "## Where" in body
    assert "1. north\n2. shade" in body
    assert "> Moss asks for nothing." in body
    assert "| month | growth |" in body
    assert re.search(r'!\[A wall\]\([^)"]+ "The north wall"\)', body)
    assert "Slowly." in body


def epub(path: Path, chapters: dict[str, str]) -> Path:
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Tales of the weir</dc:title><dc:creator>Ada Finch</dc:creator><dc:date>2018-05-01</dc:date>"
        f'<dc:language>en</dc:language></metadata><manifest>{items}<item id="nav" href="nav.xhtml" properties="nav" '
        f'media-type="application/xhtml+xml"/></manifest><spine>{spine}</spine></package>'
    )
    links = "".join(f'<li><a href="{name}">Chapter of {name}</a></li>' for name in chapters)
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/epub+zip")
        packed.writestr("META-INF/container.xml", container)
        packed.writestr("OPS/book.opf", package)
        packed.writestr(
            "OPS/nav.xhtml",
            f'<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol>{links}</ol></nav></body></html>',
        )
        packed.writestr("OPS/images/weir.png", PNG)
        for name, body in chapters.items():
            page = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>'
            packed.writestr(f"OPS/{name}", page)
    return path


def test_a_book_is_an_article_a_chapter_and_names_what_it_leaves_out(tmp_path):
    book = epub(
        tmp_path / "weir.epub",
        {
            "cover.xhtml": '<img src="images/weir.png" alt="Cover"/>',
            "text/one.xhtml": '<h1>The eel</h1><p>An eel lived under the weir, and nobody had ever seen it twice.</p><img src="../images/weir.png" alt="The weir"/>',
            "text/two.xhtml": "<p>No heading opens this chapter; the contents name it all the same.</p>",
        },
    )
    report = imported(book, tmp_path)
    documents = as_json(report)["documents"]

    assert [one["fields"]["title"]["value"] for one in documents] == ["The eel", "Chapter of text/two.xhtml"]
    assert [one["source"]["row"] for one in documents] == [1, 2]
    text = text_of(tmp_path, documents[0]["output"])
    assert '  - "Tales of the weir"' in text
    assert '  - "Ada Finch"' in text
    assert "date: 2018-05-01" in text
    assert [(each.severity, "cover.xhtml" in each.message) for each in report.problems] == [("warning", True)]


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', "entities"),
        ("<!-- unclosed", "broken"),
    ],
)
def test_hostile_or_broken_xml_is_refused_in_words(tmp_path, before, said):
    report = imported(odt(tmp_path / "bad.odt", "<text:p>x</text:p>", before), tmp_path)

    assert not report.done
    assert said in report.problems[0].message
    assert report.problems[0].help


@pytest.mark.parametrize("name", ["word/document.xml", "META-INF/container.xml"])
def test_a_document_without_its_parts_is_a_problem_and_no_crash(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as packed:
        packed.writestr(name, "<a/>")
    report = imported(tmp_path / "empty.zip", tmp_path)

    assert not report.done
    assert len(report.problems) == 1
