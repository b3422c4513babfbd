"""Archives are folders of sources, or one document; what is hostile in them is refused, member by member, in words."""
# ruff: noqa: E501 -- the invented articles stand in one piece

import gzip
import io
import stat
import zipfile
import zlib
from pathlib import Path

import msgspec
import pytest

from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report
from sitegen.convert.sources import archives
from sitegen.convert.sources.files import Disk, Tree

ARTICLE = "A boat is named after the baker\n\nMay 5, 2020\n\nThe new boat is named after the baker, who wept a little when she heard of it.\n"


def run(path: Path) -> Report:
    into = path.parent / "out"
    return import_sources([str(path)], ImportOptions(into=into, bases=into / ".sitegen" / "imports"))


def packed(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return path


def said(report: Report) -> str:
    return "\n".join(f"{problem.where.path}: {problem.message} / {problem.help}" for problem in report.problems)


def test_the_files_of_a_zip_are_sources(tmp_path: Path) -> None:
    report = run(packed(tmp_path / "raw.zip", {"texts/boat.txt": ARTICLE.encode(), "__MACOSX/._boat.txt": b"\0\1"}))
    (done,) = report.done
    assert report.problems == ()
    assert done.article.source.path == str(tmp_path / "raw.zip" / "texts" / "boat.txt")
    assert done.article.source.name == "texts/boat.txt"


def test_a_zip_among_other_files_gives_its_members_names_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    packed(folder / "a.zip", {"boat.txt": ARTICLE.encode()})
    packed(folder / "b.zip", {"boat.txt": ARTICLE.replace("boat", "ship").encode()})
    names = {done.article.source.name for done in run(folder).done}
    assert names == {"a.zip/boat.txt", "b.zip/boat.txt"}


def test_a_gz_holds_one_file_and_may_have_several_parts(tmp_path: Path) -> None:
    half = len(ARTICLE) // 2
    parts = gzip.compress(ARTICLE[:half].encode()) + gzip.compress(ARTICLE[half:].encode())
    (tmp_path / "boat.txt.gz").write_bytes(parts)
    (done,) = run(tmp_path / "boat.txt.gz").done
    assert done.article.title.value == "A boat is named after the baker"


@pytest.mark.parametrize(
    ("name", "words"),
    [("../boat.txt", "leads outside"), ("a/../../boat.txt", "leads outside"), ("/etc/boat.txt", "absolute"), ("C:/boat.txt", "absolute"), ("..\\boat.txt", "leads outside")],
)  # fmt: skip
def test_a_name_that_leads_outside_is_refused_and_the_rest_is_read(name: str, words: str, tmp_path: Path) -> None:
    report = run(packed(tmp_path / "raw.zip", {name: ARTICLE.encode(), "good.txt": ARTICLE.encode()}))
    assert [done.article.source.name for done in report.done] == ["good.txt"]
    assert words in said(report)


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("boat.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "link" in said(run(tmp_path / "raw.zip"))


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "raw.zip", {"boat.txt": ARTICLE.encode()}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    assert "encrypted" in said(run(path))


def test_a_member_that_explodes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    report = run(packed(tmp_path / "raw.zip", {"bomb.txt": b"a" * 5_000_000}))
    assert "grows more than 250 times" in said(report)


def test_a_header_that_lies_about_the_size_unpacks_no_more_than_it_says(tmp_path: Path) -> None:
    path = packed(tmp_path / "raw.zip", {"boat.txt": b"a" * 3_000_000})
    content = path.read_bytes().replace((3_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(content)
    assert "broken in the archive" in said(run(path))


def test_a_gz_that_explodes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1_000_000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"a" * 1_100_000))
    assert "unpacks to more than 1 MB" in said(run(tmp_path / "bomb.gz"))


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", {"boat.txt": ARTICLE.encode()}).read_bytes()
    outer = packed(tmp_path / "raw.zip", {"inner.zip": inner, "more.gz": gzip.compress(inner)})
    assert said(run(outer)).count("archive in an archive") == 2


@pytest.mark.parametrize("cut", [3, 25, 60, -10])
def test_a_broken_archive_is_a_problem_with_its_name(cut: int, tmp_path: Path) -> None:
    for name, content in (
        ("raw.zip", packed(tmp_path / "x.zip", {"boat.txt": ARTICLE.encode()}).read_bytes()[:cut]),
        ("raw.gz", gzip.compress(ARTICLE.encode())[:cut]),
    ):
        (tmp_path / name).write_bytes(content)
        report = run(tmp_path / name)
        assert report.done == ()
        assert str(tmp_path / name) in said(report)


def test_two_members_of_one_name_are_one_article_and_a_problem(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("boat.txt", ARTICLE)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("boat.txt", ARTICLE)
    (tmp_path / "raw.zip").write_bytes(out.getvalue())
    report = run(tmp_path / "raw.zip")
    assert len(report.done) == 1
    assert "two files of this name" in said(report)


def test_a_page_finds_what_lies_beside_it_and_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "raw" / "page_files").mkdir(parents=True)
    (tmp_path / "raw" / "page.html").write_text("<html>", "utf-8")
    (tmp_path / "raw" / "page_files" / "a b.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.png").write_bytes(b"\x89PNG")
    (tmp_path / "raw" / "page_files" / "link.png").symlink_to(tmp_path / "secret.png")
    file = Tree(Disk(tmp_path / "raw", frozenset()), "", "raw", "").file("page.html")
    assert file.asset("page_files/a%20b.png").file == str(tmp_path / "raw" / "page_files" / "a b.png")
    outside = (
        "../secret.png",
        "page_files/../../secret.png",
        "%2e%2e/secret.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "//host/x.png",
        "",
    )
    for address in outside:
        assert file.asset(address) is None
        assert msgspec.structs.replace(file, store=None).asset(address) is None
    for address in ("page_files/link.png", "missing.png", "page_files"):
        assert file.asset(address) is None


def test_a_pages_folder_of_assets_is_no_source(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    (folder / "page_files").mkdir(parents=True)
    (folder / "page_files" / "note.txt").write_text(ARTICLE, "utf-8")
    words = (
        "The new boat is named after the baker, who wept a little when she heard of it on the pier that evening. " * 5
    )
    (folder / "page.html").write_text(
        f"<!DOCTYPE html><html><body><article><h1>A boat</h1><p>{words}</p></article></body></html>", "utf-8"
    )
    assert [done.article.source.name for done in run(folder).done] == ["page.html"]


def test_random_bytes_behind_a_zips_mark_never_raise(tmp_path: Path) -> None:
    whole = packed(tmp_path / "x.zip", {"boat.txt": ARTICLE.encode(), "b/c.txt": b"x" * 400}).read_bytes()
    for n in range(0, len(whole), 7):
        broken = bytearray(whole)
        broken[n] ^= 0xFF
        (tmp_path / "raw.zip").write_bytes(broken)
        report = run(tmp_path / "raw.zip")
        assert report.done or report.problems


def test_deflate_is_what_the_bound_of_growth_is_made_for() -> None:
    assert len(zlib.compress(b"a" * 10_000_000)) * 1100 > 10_000_000, "deflate grows about 1,030 times at most"
