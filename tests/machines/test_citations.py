"""What citation managers and search engines read, read back by their own parsers, whatever the titles hold."""

import json
from html.parser import HTMLParser

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors

from tests.machines.conftest import AUTHORS, TITLES

SITE = "Ann's & Ben's {Quay} \"Post\""
NAMES = list(TITLES)
UNREAD = {r"\textbraceleft{}": "⟦", r"\textbraceright{}": "⟧", r"\textasciicircum{}": "⌃"}
READ = str.maketrans({"⟦": "{", "⟧": "}", "⌃": "^"})


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_bibtex_reads_back_title_authors_date_and_address(machines, name):
    text = machines.cited(name, "bib")
    for command, sign in UNREAD.items():  # LaTeX that this reader does not know
        text = text.replace(command, sign)
    library = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors(), LatexDecodingMiddleware()])

    assert not library.failed_blocks
    (entry,) = library.entries
    fields = {
        field.key: field.value.translate(READ) if isinstance(field.value, str) else field.value
        for field in entry.fields
    }
    assert one_line(fields["title"]) == one_line(TITLES[name])
    assert fields["journal"] == SITE
    assert (
        fields["url"] == f"https://example.org/base/{machines.page(name).parent.relative_to(machines.root / 'public')}/"
    )
    assert ("year" in fields) == (name != "long")
    wanted = AUTHORS[: (NAMES.index(name) + 1) % 6]
    assert [author.strip("{}") for author in fields.get("author", [])] == wanted


@pytest.mark.parametrize("name", NAMES)
def test_ris_reads_back_title_authors_date_and_address(machines, name):
    (entry,) = rispy.loads(machines.cited(name, "ris"))

    assert entry["title"] == one_line(TITLES[name])
    assert entry.get("authors", []) == AUTHORS[: (NAMES.index(name) + 1) % 6]
    assert entry["keywords"] == ["News", "harbour", "b, c"]
    assert entry["type_of_reference"] == "NEWS"
    assert entry.get("year", "") == ("2024" if name != "long" else "")


@pytest.mark.parametrize("name", NAMES)
def test_csl_json_has_the_fields_of_its_schema(machines, name):
    (item,) = json.loads(machines.cited(name, "csl.json"))

    assert item["type"] == "article-newspaper"
    assert item["title"] == one_line(TITLES[name])
    assert [author["literal"] for author in item.get("author", [])] == AUTHORS[: (NAMES.index(name) + 1) % 6]
    if name != "long":
        assert item["issued"] == {"date-parts": [[2024, 5, NAMES.index(name) + 1]]}


class Metas(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "meta" and (given.get("name") or given.get("property")):
            self.found.append((given.get("name") or given["property"], given["content"]))


@pytest.mark.parametrize("name", NAMES)
def test_meta_elements_name_title_authors_and_date(machines, name):
    reader = Metas()
    reader.feed(machines.html(name))
    found = reader.found

    assert ("citation_title", TITLES[name]) in found
    assert [value for key, value in found if key == "citation_author"] == AUTHORS[: (NAMES.index(name) + 1) % 6]
    assert ("og:title", TITLES[name]) in found
    assert {"og:type", "og:url", "og:image", "og:site_name", "twitter:card"} <= {key for key, _ in found}
    if name != "long":
        assert ("citation_publication_date", f"2024/05/{NAMES.index(name) + 1:02}") in found


@pytest.mark.parametrize("name", NAMES)
def test_structured_data_is_complete(machines, name):
    value = machines.json_ld(name)

    assert value["@type"] == "NewsArticle"
    assert value["headline"] == TITLES[name]
    assert value["publisher"]["name"] == SITE
    assert value["articleSection"] == ["News"]
    assert value["keywords"] == ["harbour", "b, c"]
    assert value["image"][0]["url"] == "https://example.org/base/x.svg"
    assert value["wordCount"] > 0
    assert value["inLanguage"] == "en"
    names = [each["name"] for each in value["author"]]
    assert names == (AUTHORS[: (NAMES.index(name) + 1) % 6] or [SITE])
    assert ("datePublished" in value) == (name != "long")


def test_the_page_links_to_its_citations(machines):
    html = machines.html("plain")

    for suffix in ("bib", "ris", "csl.json"):
        assert f'href="/base/2024/05/plain/cite.{suffix}"' in html


def test_citations_stand_beside_a_page_with_a_name_of_its_own(own):
    text = (own.root / "content/plain.md").read_text("utf-8")
    own.write("content/plain.md", text.replace("slug: plain", "url: /old/page.html"))

    own.build()

    assert (own.root / "public/old/page.bib").is_file()


def test_typing_in_an_article_makes_no_citation_again(own):
    own.article("plain", 1, TITLES["plain"], "Text of plain with **marks** & [a link](/x.svg).")

    report = own.build()

    assert report.rendered
    assert not [path for path in report.rendered if "cite." in path]
