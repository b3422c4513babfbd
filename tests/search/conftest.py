"""A small collection in five languages, built with its search index."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session

AS_OF = 1_800_000_000
CONFIG = "title: Quay\nbase_url: https://example.org/some/where/\ntheme: gazette\n"
TEXTS = {
    "ferry": ("The ferry at dawn", "en", "Ann Lee", "[harbour, boats]", 2021,
              "The harbour ferry crosses at dawn with letters, and the seabirds follow her."),
    "mill": ("The mill and the flood", "en", "Ben Roe", "[harbour]", 2023, "The water rose to the wheel of the mill."),
    "market": ("Bread & <strong> rolls", "en", "Ann Lee", "[food]", 2024, "A baker at the harbour: `a < b` rolls."),
    "tokyo": ("灯台への手紙", "ja", "江美", "[灯台]", 2022, "東京から船で灯台へ行きました。手紙を書くのが好きです。"),
    "beijing": ("北京的图书馆", "zh", "李明", "[图书馆]", 2020, "我们昨天去了北京的图书馆，看到了很多有趣的历史书籍。"),
    "khubz": ("خبز الصباح", "ar", "سامر", "[خبز]", 2024, "يفتح المخبز أبوابه قبل الفجر ويبيع الخبز الساخن في الميناء."),
    "nan": ("رصدخانه", "fa", "شیرین", "[ستاره]", 2021, "ستاره‌شناسان شب‌ها در رصدخانه کار می‌کنند."),
}  # fmt: skip


class Searchable:
    """A site whose builds make an index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sitegen.yaml", CONFIG)
        for name in TEXTS:
            self.article(name)

    def write(self, path: str, text: str) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, "utf-8")

    def article(self, name: str, **fields: str) -> None:
        title, lang, author, tags, year, body = TEXTS[name]
        given = {"title": f"'{title}'", "lang": lang, "authors": f"[{author}]", "tags": tags, "date": f"{year}-05-06",
                 "body": body, **fields}  # fmt: skip
        body = given.pop("body")
        matter = "".join(f"{key}: {value}\n" for key, value in given.items())
        self.write(f"content/{name}.md", f"---\n{matter}slug: {name}\n---\n\n{body}\n")

    def build(self, **options: Any) -> Any:
        with Session(self.root, self.root / "sitegen.yaml", BuildOptions(as_of=AS_OF, **options)) as session:
            return session.build()

    def index(self) -> dict[str, bytes]:
        folder = self.root / "public" / "pagefind"
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    def clean_index(self) -> dict[str, bytes]:
        """The index of a build from nothing."""
        copy = self.root.with_name(self.root.name + "-clean")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.root, copy, ignore=shutil.ignore_patterns(".sitegen", "public"))
        other = Searchable.__new__(Searchable)
        other.root = copy
        assert not other.build().failed
        return other.index()


@pytest.fixture(scope="session")
def indexer() -> None:
    """Skips where the indexer's wheel is not installed."""
    pytest.importorskip("pagefind_bin_extended", reason="no Pagefind here (PyPI: pagefind[extended])")


@pytest.fixture
def searchable(tmp_path: Path, indexer: None) -> Searchable:
    site = Searchable(tmp_path / "site")
    assert not site.build().failed
    return site


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory, indexer: None) -> Searchable:
    """A built site that tests only look at."""
    site = Searchable(tmp_path_factory.mktemp("search") / "site")
    assert not site.build().failed
    return site


Edit = Callable[[Searchable], None]
