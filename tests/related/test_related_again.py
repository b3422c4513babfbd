"""A site's related table, kept from build to build: the same rows as from nothing, whatever happened in between."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.build import relate_again, relate_few, relate_kept
from sitegen.build.cache import COUNTED, Cache
from sitegen.build.listing import list_related
from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.build.site import Site
from sitegen.catalog import plain_index, vectors
from sitegen.catalog.links import Near

NOW = 1_900_000_000
CONFIG = (  # without stories, whose addresses a listing must know, a listing leaves the table alone
    "title: Harbour\nbase_url: https://harbour.example/\nrelated: {count: 3}\nstories: false\n"
)
WORDS = [*"harbour crane tide gull anchor pilot beacon cargo ferry rope north south east west".split(), "港湾", "2031"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
EDIT = st.none() | st.tuples(TEXT, TEXT, st.integers(1, 28), st.booleans())


def article(title: str, text: str, day: int = 1, draft: bool = False) -> str:
    return f"---\ntitle: Note {title}\ndate: 2024-02-{day:02d}\ndraft: {str(draft).lower()}\n---\n\n{text}\n"


def write(root: Path, number: int, text: str | None) -> None:
    """One article's source; by turns a file and a bundle, so that sources change under one id."""
    file, bundle = root / f"content/n{number:02d}.md", root / f"content/n{number:02d}/index.md"
    if text is None or bundle.exists():
        shutil.rmtree(bundle.parent, ignore_errors=True)
    if text is None:
        file.unlink(missing_ok=True)
    elif number % 5 == 0 and file.exists():
        file.unlink()
        bundle.parent.mkdir()
        bundle.write_text(text, encoding="utf-8")
    else:
        file.write_text(text, encoding="utf-8")


def site(root: Path, size: int = 24) -> Path:
    (root / "content").mkdir(parents=True)
    (root / "sitegen.yaml").write_text(CONFIG, encoding="utf-8")
    for number in range(size):
        text = " ".join(WORDS[(number * step) % 14] + str(number % step) for step in (1, 2, 3, 5, 7)) + " harbour"
        write(root, number, article(str(number), text, number % 28 + 1))
    return root


def session(root: Path) -> Session:
    return Session(root, root / "sitegen.yaml", BuildOptions(as_of=NOW))


def rows(loaded: Site) -> dict[str, tuple[Near, ...]]:
    return dict(loaded.snapshot.table("related").rows())


def again(root: Path) -> dict[str, tuple[Near, ...]]:
    with session(root) as opened:
        return opened.answer(rows)


def anew(root: Path) -> dict[str, tuple[Near, ...]]:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "site"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".sitegen", "public"))
        return again(copy)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[bool]]:
    """Tells of each table whether it came from the one before."""
    seen: list[bool] = []

    def tell_of(module, name: str, *, refusals: bool) -> None:
        before = getattr(module, name)

        def told(*given, **named):
            found = before(*given, **named)
            if found is not None or refusals:
                seen.append(found is not None)
            return found

        monkeypatch.setattr(module, name, told)

    tell_of(relate_few, "few_rows", refusals=False)  # what it refuses is asked of the other
    tell_of(relate_again, "updated_rows", refusals=True)
    return lambda: seen


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.lists(st.tuples(st.integers(0, 30), EDIT), min_size=1, max_size=3), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    late=st.sampled_from([2, 40, vectors.LATE]),
)
def test_any_edits_in_any_sessions_give_what_computing_anew_gives(steps, late):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module in (vectors, plain_index):
            patch.setattr(module, "LATE", late)  # so that a copied table is met too
        root = site(Path(folder) / "site")
        assert again(root) == anew(root)
        for edits, asked in steps:
            for number, edit in edits:
                write(root, number, None if edit is None else article(edit[0], edit[1], edit[2], edit[3]))
            if asked:
                assert again(root) == anew(root)
            else:  # parsed, but nobody asks for the table
                with session(root) as opened:
                    opened.load()
        assert again(root) == anew(root)


def test_one_edit_in_a_new_session_goes_from_the_kept_table(tmp_path, quick):
    root = site(tmp_path / "site")
    again(root)
    write(root, 3, article("3", "gull gull anchor newword"))

    assert again(root) == anew(root)
    assert quick() == [True]  # the copy has nothing kept, so it is never asked


def test_an_edit_that_only_a_listing_saw_is_taken_out_of_the_frequencies(tmp_path, quick):
    root = site(tmp_path / "site")
    again(root)
    for text in ("gull gull anchor", "beacon anchor pilot", "rope"):
        write(root, 3, article("3", text))
        with session(root) as opened:
            opened.load()

    assert again(root) == anew(root)
    assert quick() == [True]


def test_so_many_edits_that_marks_are_missing_make_the_table_whole_again(tmp_path, quick):
    root = site(tmp_path / "site")
    again(root)
    for number in range(5):
        write(root, number, article(str(number), f"gull beacon {WORDS[number]}"))
        assert again(root) == anew(root)

    assert quick() == [True, True, True, False, True]


def test_a_changed_count_of_related_articles_has_its_reasons(tmp_path):
    root = site(tmp_path / "site")
    again(root)
    (root / "sitegen.yaml").write_text(CONFIG.replace("3", "5"), encoding="utf-8")

    assert again(root) == anew(root)


@pytest.mark.parametrize("name", ["related", COUNTED, relate_kept.COUNTS, relate_kept.MARKS])
@pytest.mark.parametrize("way", ["flipped", "foreign", "missing", "of another time"])
def test_a_damaged_part_of_the_table_costs_time_and_changes_nothing(tmp_path, name, way):
    root = site(tmp_path / "site")
    again(root)
    cache = Cache(root / ".sitegen")
    db = sqlite3.connect(cache.path)
    if way == "flipped":
        db.execute("update known set value = cast(substr(value, 1, 20) || x'ff' || substr(value, 22) as blob) "
                   "where name = ?", (name,))  # fmt: skip
    elif way == "foreign":
        cache.remember(name, ["not", "this"])
    elif way == "missing":
        cache.forget(name)
    else:
        old = db.execute("select * from known where name = ?", (name,)).fetchall()
        for number in range(4):
            write(root, number, article(str(number), f"other {WORDS[number]} words"))
        again(root)
        db.executemany("insert or replace into known values (?, ?, ?, ?)", old)
    db.commit()
    db.close()
    cache.close()
    write(root, 3, article("3", "gull gull anchor newword"))

    assert again(root) == anew(root)


def test_parts_that_do_not_fit_each_other_are_damage(tmp_path):
    root = site(tmp_path / "site")

    def shorter(value: object) -> object:
        if isinstance(value, list):
            return [shorter(each) for each in value]
        return value[:-4] if isinstance(value, bytes) and len(value) > 16 else value

    words = " ".join(f"{word}{n}" for word in WORDS for n in range(7))  # so many that some become common
    for name in (COUNTED, relate_kept.COUNTS, relate_kept.MARKS):
        again(root)
        cache = Cache(root / ".sitegen")
        cache.remember(name, shorter(cache.known(name, list[object])))
        cache.close()
        write(root, 3, article("3", f"{words} {name}" * (name != relate_kept.COUNTS)))
        with session(root) as opened:
            assert opened.answer(rows) == anew(root)
            assert "made anew" in opened.cache.notice


def test_a_listing_drops_a_damaged_cache_and_answers(tmp_path):
    root = site(tmp_path / "site")
    with session(root) as opened:
        wanted = opened.answer(lambda loaded: list_related(loaded, 3))
    db = sqlite3.connect(root / ".sitegen/cache.sqlite")
    db.execute("update known set value = x'00' where name = 'related'")
    db.execute("update terms set value = x'00'")
    db.commit()
    db.close()

    with session(root) as opened:
        assert opened.answer(lambda loaded: list_related(loaded, 3)) == wanted
        assert "made anew" in opened.cache.notice


def test_a_listing_says_why_for_as_many_as_it_is_asked_for(tmp_path):
    root = site(tmp_path / "site")
    with session(root) as opened:
        few = {row.id: row.related for row in opened.answer(lambda loaded: list_related(loaded, 3))}
        many = {row.id: row.related for row in opened.answer(lambda loaded: list_related(loaded, 8))}

    assert all(many[id][:3] == few[id] for id in few)
    assert any(near.reasons for related in many.values() for near in related[3:])


def test_rows_travel_and_are_what_they_were(tmp_path):
    import pickle

    root = site(tmp_path / "site")
    with session(root) as opened:
        table = opened.load().snapshot.table("related")
        other = pickle.loads(pickle.dumps(table))
        assert dict(other.rows()) == dict(table.rows())
        assert other.near("n03", 2) == table.near("n03", 2)
        again_other = pickle.loads(pickle.dumps(opened.load().snapshot.table("related")))  # from the kept table
        assert msgspec.msgpack.encode(dict(again_other.rows())) == msgspec.msgpack.encode(dict(table.rows()))


def test_a_build_on_several_processes_leaves_numbers_to_one_that_ends(tmp_path):
    root = site(tmp_path / "site", 70)
    script = (
        "import sys; from pathlib import Path\n"
        "from sitegen.build.options import BuildOptions; from sitegen.build.session import Session\n"
        "root = Path(sys.argv[1])\n"
        "for _ in range(2):\n"
        "    with Session(root, root / 'sitegen.yaml', BuildOptions(jobs=2)) as session:\n"
        "        assert not session.build().failed\n"
        "    (root / 'content/new.md').write_text('---\\ntitle: New\\ndate: 2024-01-01\\n---\\nharbour dome ferry')\n"
        "print('numpy' in sys.modules, 'harbour' in (root / 'public/2024/01/new/index.html').read_text())\n"
    )

    ran = subprocess.run([sys.executable, "-c", script, root], check=True, capture_output=True, text=True)

    assert ran.stdout.split() == ["False", "True"]
