"""The list of what is ours says what it was told, and is the same text however it came about."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.owned import OwnedList, any_list, plain_list, said

DIGESTS = st.binary(min_size=16, max_size=16).map(bytes.hex)
NAMES = st.text("ab/ ,\\\n\ré.", min_size=1, max_size=8).filter(
    lambda name: not name.startswith(("/", "../")) and "/../" not in name
)
FILES = st.dictionaries(NAMES, st.lists(DIGESTS, min_size=1, max_size=2).map(tuple), max_size=8)


def read(text: str) -> OwnedList:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(text.encode())
        return OwnedList.read(path)


@given(FILES, FILES)
def test_a_list_that_follows_another_is_the_text_that_is_made_from_nothing(before, after):
    listed = read(said(before))

    assert listed.files == before
    gone = before.keys() - after.keys()
    changed = {path: digests for path, digests in after.items() if before.get(path) != digests}
    assert listed.after(changed, gone) == listed.after(after, gone) == said(after)
    assert listed.after(after) == said({**before, **after})
    for path in before:
        assert listed.after({path: ("0" * 32,)}) == said({**before, path: ("0" * 32,)})


@given(FILES, FILES)
def test_what_a_list_says_otherwise_is_what_comes_or_has_another_digest(before, after):
    wanted = {path: bytes.fromhex(digests[0]) for path, digests in after.items()}
    new = {path: (digest.hex(),) for path, digest in wanted.items()}

    assert read(said(before)).otherwise(wanted) == {
        path: digests for path, digests in new.items() if before.get(path) != digests
    }


@given(st.dictionaries(st.text("ab/é. ", min_size=1).map("a{}".format), DIGESTS, min_size=1))
def test_a_list_without_odd_signs_is_read_the_quick_way_and_says_the_same(files):
    odd = {path for path in files if " /" in path or "../" in path}
    text = said({path: (digest,) for path, digest in files.items()})

    assert plain_list(text) == (None if odd else any_list(text))


def test_a_list_that_leads_outside_or_breaks_off_names_nothing_there(tmp_path):
    whole = said({"a/b.html": ("0" * 32,), "c": ("1" * 32,)})

    assert read(whole + "2" * 32 + " ../secret\n" + "3" * 32 + " /etc/passwd\n").files.keys() == {"a/b.html", "c"}
    assert read(whole[:-1]).files.keys() == {"a/b.html", "c"}
    assert read("").files == read("nonsense").files == OwnedList.read(tmp_path / "none").files == {}
