"""Files in columns are the files one by one: what is read again, what is remembered, and what their digest is."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Cache, Damaged
from sitegen.build.scan import Files, walk
from sitegen.build.seen import RACY_NS, KnownFiles, Seen, Signature
from sitegen.build.walk import hidden_in_content
from sitegen.digest import digest_bytes

NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1)
SIGNATURES = st.builds(Signature, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
SEEN = st.builds(Seen, SIGNATURES, st.binary(min_size=16, max_size=16), NUMBERS)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=9)
FILES = st.dictionaries(NAMES, SEEN, max_size=200)


@given(FILES)
def test_columns_give_back_what_is_known_of_each_file(files):
    columns = msgspec.msgpack.decode(msgspec.msgpack.encode(KnownFiles.of(files)), type=KnownFiles)

    assert columns.by_name() == files
    assert list(columns) == list(files)
    assert dict(columns.digests_by_name()) == {name: seen.digest for name, seen in files.items()}
    assert all(columns.get(name) == seen for name, seen in files.items())
    assert columns.get("\0") is None


@given(FILES, st.data())
def test_columns_with_some_rows_changed_are_those_of_the_changed_files(files, data):
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(files)), SEEN)) if files else {}
    columns = KnownFiles.of(files)

    assert columns.after({columns.rows[name]: seen for name, seen in changed.items()}) == KnownFiles.of(files | changed)


@given(FILES, st.data())
def test_the_rows_to_read_again_are_those_whose_digest_holds_no_more(files, data):
    touched = data.draw(st.sets(st.sampled_from(sorted(files)))) if files else set()
    now = {
        name: msgspec.structs.replace(seen.signature, size=seen.signature.size ^ 1)
        if name in touched
        else seen.signature
        for name, seen in files.items()
    }
    signatures = KnownFiles.of({name: Seen(each, bytes(16), 0) for name, each in now.items()}).signatures
    expected = [row for row, (name, seen) in enumerate(files.items()) if not seen.holds_for(now[name])]

    assert KnownFiles.of(files).unlike(signatures) == expected


@pytest.mark.parametrize("column", ["names", "signatures", "digests", "times"])
def test_columns_that_do_not_fit_each_other_are_damage(tmp_path, column):
    seen = Seen(Signature(1, 2, 3, 4), bytes(16), 5)
    columns = KnownFiles.of({"a": seen, "b": seen})
    cache = Cache(tmp_path)
    cache.remember("files", {"content": msgspec.structs.replace(columns)})
    assert cache.known("files", dict[str, KnownFiles]) == {"content": columns}
    setattr(columns, column, getattr(columns, column)[:-1])
    cache.remember("files", {"content": columns})
    with pytest.raises(Damaged, match="columns of files"):
        cache.known("files", dict[str, KnownFiles])
    cache.close()


def looked_at(folder: Path, known: KnownFiles | None) -> Files:
    return Files(folder, "content", walk(folder, "content", hidden_in_content), known)


def later(files: Files) -> KnownFiles:
    """What is known of files that were read long after they were written."""
    return KnownFiles.of({n: msgspec.structs.replace(s, at=s.at + 2 * RACY_NS) for n, s in files.seen.items()})


def test_a_look_by_columns_is_a_look_by_names(tmp_path):
    for n in range(300):
        (tmp_path / f"a{n}.md").write_text(f"Article {n}.")
    known = later(looked_at(tmp_path, None))
    same = looked_at(tmp_path, known)
    assert not same.fresh
    assert (same.came, same.went) == (False, False)

    (tmp_path / "a7.md").write_text("Edited.")
    by_columns, by_names = looked_at(tmp_path, known), looked_at(tmp_path, None)
    assert by_columns.fresh == {"a7.md"}
    assert by_columns.digests() == by_names.digests()
    assert by_columns.fingerprint() == by_names.fingerprint() != same.fingerprint()
    assert by_columns.digest("a7.md") == digest_bytes(b"Edited.")
    assert by_columns.digest("a8.md") == same.digest("a8.md")
    assert by_columns.columns() == KnownFiles.of(by_columns.seen)
    assert list(by_columns) == list(by_names)

    (tmp_path / "b.md").write_text("New.")
    (tmp_path / "a9.md").unlink()
    other = looked_at(tmp_path, known)
    assert (other.came, other.went, other.fresh) == (True, True, {"a7.md", "b.md"})
    assert other.fingerprint() == looked_at(tmp_path, None).fingerprint()


def test_a_file_that_goes_between_the_look_and_the_reading_is_not_there(tmp_path):
    for n in range(3):
        (tmp_path / f"a{n}.md").write_text(f"Article {n}.")
    known = later(looked_at(tmp_path, None))
    os.utime(tmp_path / "a1.md", ns=(1, 1))
    found = walk(tmp_path, "content", hidden_in_content)
    (tmp_path / "a1.md").unlink()
    files = Files(tmp_path, "content", found, known)

    assert list(files) == ["a0.md", "a2.md"]
    assert files.went
    assert files.fingerprint() == looked_at(tmp_path, None).fingerprint()
