"""Columns say what heads say; heads that are read when they are asked for are those that were written."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Cache, Damaged
from sitegen.build.heads import DIGESTS, HEADS, Columns, DigestColumn, Encoded, Heads, Published
from sitegen.build.options import BuildOptions
from sitegen.build.reading import Sources
from sitegen.build.session import Session
from sitegen.build.work import CARD, Head
from sitegen.catalog.published import Audience, Due, is_published, next_change
from sitegen.digest import SIZE_BYTES, digest_bytes
from sitegen.engine import Items

NOW = 1_900_000_000
MOMENT = st.none() | st.sampled_from([NOW - 9, NOW, NOW + 9, -(10**10)])
ID = st.sampled_from(["a", "b", "b/c", "z", "é"])


@st.composite
def heads(draw) -> Head:
    id, kind = draw(ID), draw(st.sampled_from(["article", "page"]))
    return Head(
        id=id,
        source=draw(st.sampled_from([f"{id}.md", f"{id}/index.md"])),
        kind=kind,
        url=f"/{id}/",
        due=Due(draw(st.booleans()), draw(MOMENT), draw(MOMENT)),
        epoch=draw(MOMENT),
        bundle=draw(st.booleans()),
        translated=draw(st.booleans()),
        digests=b"".join(digest_bytes(draw(st.binary(max_size=1))) for _ in DIGESTS),
        keys_encoded=b"keys",
        card_encoded=draw(st.binary(max_size=2)),
        links=draw(st.sampled_from([(), (("wiki", "Tea"),)])),
    )


MANY = st.lists(heads(), max_size=7, unique_by=lambda head: head.source)
AUDIENCE = st.builds(Audience, drafts=st.booleans(), future=st.booleans(), expired=st.booleans())


@given(MANY, AUDIENCE)
def test_columns_say_what_the_heads_say(some, audience):
    files = {head.source: digest_bytes(head.source.encode()) for head in some}
    columns = Columns.of(some, files)
    ordered = sorted(some, key=lambda head: (head.id, head.source))
    shown = [head for head in ordered if is_published(head.due, NOW, audience)]
    published = Published(Heads(columns, {head.source: head for head in some}), columns.shown(NOW, audience))

    assert list(published) == [published[n] for n in range(len(published))] == published[:] == shown
    assert columns.files_by_source() == files
    assert columns.next_change(NOW) == next_change([head.due for head in some], NOW)
    assert published.to_come(NOW) == [head.id for head in shown if head.due.start is not None and head.due.start > NOW]
    assert list(published.articles) == [head.kind == "article" for head in shown]
    assert all(head in published.telling for head in shown if head.links or head.bundle or head.translated)
    for part in DIGESTS:
        assert published.column(part) == b"".join(head.digests[part] for head in shown)


@given(MANY, MANY)
def test_columns_with_some_heads_changed_are_those_that_are_made_of_all(before, after):
    files = {head.source: digest_bytes(head.source.encode()) for head in (*before, *after)}
    columns = Columns.of(before, {})
    now = {head.source: head for head in after}
    found = columns.after(now, files)
    stays = [head for head in before if head.source not in now]
    moves = {head.source: head.id for head in before}.items() < {head.source: head.id for head in after}.items()

    if found is not None:
        whole = Columns.of([*stays, *after], files)
        known = {**dict.fromkeys((head.source for head in stays), bytes(SIZE_BYTES)), **{s: files[s] for s in now}}
        assert msgspec.structs.replace(found, files=b"") == msgspec.structs.replace(whole, files=b"")
        assert found.files_by_source() == known
    else:
        assert moves or any(head.source not in {each.source for each in before} for head in after)


@given(MANY, st.data())
def test_digests_in_a_column_have_the_fingerprint_of_the_same_in_a_mapping(some, data):
    some = [head for n, head in enumerate(some) if head.id not in {each.id for each in some[:n]}]
    published = Published.of(some)
    others = {id: digest_bytes(b"other") for id in published.ids if data.draw(st.booleans())}
    column = DigestColumn(published.ids, published.column(CARD), others)
    plain = {head.id: others.get(head.id, head.card_digest) for head in some}

    assert column == plain
    assert Items({}, column).fingerprint() == Items({}, plain).fingerprint()
    assert dict(Encoded(published, "card_encoded", others)) == {
        head.id: others.get(head.id, head.card_encoded) for head in some
    }


CONFIG = """title: Tea
base_url: https://tea.example/
search: false
stories: false
related: {count: 0}
feeds: {content: summary}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "sitegen.yaml").write_text(CONFIG, encoding="utf-8")
    for n in range(90):
        head = f"title: Cup {n}\ndate: 2024-02-{n % 28 + 1:02d}\nsummary: A cup of tea."
        (tmp_path / f"content/n{n:02}.md").write_text(f"---\n{head}\n---\n\nCup {n} of ninety.\n", encoding="utf-8")
    return tmp_path


def build(root: Path) -> Session:
    with Session(root, root / "sitegen.yaml", BuildOptions(as_of=NOW)) as session:
        assert not session.build().failed
        return session


def kept(root: Path) -> tuple[Cache, Heads]:
    cache = Cache(root / ".sitegen")
    sources = Sources(cache)
    known = cache.known("columns", tuple[bytes, Columns])
    assert known is not None
    sources.heads = Heads(known[1], {}, cache)
    return cache, sources.heads


def test_one_edit_reads_the_heads_of_a_few_pieces_only(root, monkeypatch):
    build(root)
    read: list[int] = []
    whole: list[str] = []
    before, all_before = Cache.known_piece, Cache.known_pieces

    def piece(cache, name, number, type):
        read.extend([number] if name == HEADS else [])
        return before(cache, name, number, type)

    def pieces(cache, name, type):
        whole.append(name)
        return all_before(cache, name, type)

    monkeypatch.setattr(Cache, "known_piece", piece)
    monkeypatch.setattr(Cache, "known_pieces", pieces)
    path = root / "content/n07.md"
    path.write_text(path.read_text("utf-8") + "\nAnd a saucer.\n", encoding="utf-8")
    build(root)

    assert "saucer" in (root / "public/2024/02/n07/index.html").read_text("utf-8")
    assert HEADS not in whole
    assert len(set(read)) == len(read) < 20


def test_heads_that_are_read_one_by_one_are_those_that_are_read_together(root):
    build(root)
    cache, some = kept(root)
    other, every = kept(root)
    every.load()

    assert len(every) == 90
    assert [some[source] for source in sorted(every, reverse=True)] == list(every.values())[::-1]
    with pytest.raises(KeyError):
        some["nowhere.md"]
    cache.close()
    other.close()


@pytest.mark.parametrize("way", ["another", "missing"])
def test_a_head_that_does_not_fit_its_row_is_damage(root, way):
    build(root)
    cache, lazily = kept(root)
    first, second = lazily.columns.sources[:2]
    known = cache.known_pieces(HEADS, Head)
    if way == "another":
        known[first] = msgspec.structs.replace(known[first], digests=known[second].digests)
    else:
        del known[first]
    cache.remember_pieces(HEADS, known)

    with pytest.raises(Damaged):
        kept(root)[1][first]
    with pytest.raises(Damaged):
        kept(root)[1].load()
    cache.close()
    path = root / f"content/{first}"
    path.write_text(path.read_text("utf-8") + "\nAnd a saucer.\n", encoding="utf-8")
    build(root)
    assert kept(root)[1][first].source == first
