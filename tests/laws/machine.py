"""L1 as a state machine: whatever is done to a site, its next build leaves the tree that a build from nothing gives.

Invariant: after each step the output is a clean build's, but for what others put there; and a build that fails leaves
the output exactly as it was, and fails for the same reasons as a clean one.
"""

import os
import re
import shutil
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sitegen.build.live import Live, LiveOptions
from sitegen.catalog.published import Audience
from sitegen.errors import format_problem
from tests.laws import a_plugin, edits
from tests.laws.faults import DIED, dying_at, in_child, watch_disk
from tests.laws.sites import LIST, MEMORY, OUTPUT, Outcome, Tree, build, clean_build, difference, leftovers, tree

Article = tuple[dict[str, str | None], str]
KNOWN = 20  # clean builds remembered
STEPS = {"edits": 0, "compared": 0, "failed": 0, "crashes": 0, "served": 0, "faults": 0}

WHILE_RENDERING = re.compile(r"\n  while rendering (.+)")

_clean: list[ProcessPoolExecutor] = []


def clean_pool() -> ProcessPoolExecutor:
    """The process that makes the clean builds, beside this one."""
    if not _clean:
        _clean.append(ProcessPoolExecutor(1, get_context("fork")))
    return _clean[0]


def text_of(article: Article) -> bytes:
    fields, body = article
    matter = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    return f"---\n{matter}---\n{body}\n".encode()


def url_of(path: str) -> str:
    """The site path at which an output is asked for."""
    return "/" + (path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path)


def choices(table: dict[str, tuple[str | None, ...]]) -> st.SearchStrategy[tuple[str, str | None]]:
    """A name, each as often as any other, and one of its values."""
    return st.sampled_from(sorted(table)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(table[name])))


class Edits(RuleBasedStateMachine):
    """A site of a few articles, in a folder of its own."""

    folder: Path | None = None  # where sites are made; a campaign sets one in memory

    def __init__(self) -> None:
        super().__init__()
        self.temporary = TemporaryDirectory(dir=self.folder)
        self.root = Path(self.temporary.name) / "site"
        self.copy = Path(self.temporary.name) / "clean"
        self.out = self.root / OUTPUT
        self.articles: dict[str, Article] = {
            f"a{n}.md": ({"title": f"Article {n}", "date": f"2024-01-0{n}", "tags": "[odd]"}, edits.BODIES[n])
            for n in range(1, 4)
        }
        self.gone: dict[str, Article] = {}
        self.files: dict[str, str] = {**edits.ALWAYS, **edits.AT_FIRST}
        self.settings: dict[str, str | None] = {
            "title": "Test site",
            "base_url": "https://example.org/",
            "theme": "plain",
        }
        self.options: dict[str, Any] = {"as_of": edits.MOMENTS[1]}
        self.written: Tree = {}
        self.foreign: Tree = {}
        self.edited: dict[str, bytes] = {}
        self.saved: Path | None = None
        self.good: tuple[Any, ...] | None = None
        self.failures = 0
        self.known: dict[Any, Future[tuple[Outcome, Tree]]] = {}
        self.wait = False  # the next edit comes before the next build
        self.live: tuple[Any, Live] | None = None  # a preview of the site, and what it was told
        self.stood: set[str] = set()  # addresses that stood in the last good build
        self.sync()

    def teardown(self) -> None:
        if self.live is not None:
            self.live[1].close()
        self.temporary.cleanup()

    # ---- the folder follows from the values

    def wanted(self) -> Tree:
        config = "".join(f"{name}: {value}\n" for name, value in self.settings.items() if value is not None)
        return {
            "sitegen.yaml": config.encode(),
            **{path: edits.encoded(text) for path, text in self.files.items()},
            **{f"content/{name}": text_of(article) for name, article in self.articles.items()},
        }

    def sync(self) -> None:
        """Write what differs, as an editor would: some files in place, others whole and then moved."""
        wanted = self.wanted()
        for path in self.written.keys() - wanted.keys():
            (self.root / path).unlink()
        for path, content in wanted.items():
            if self.written.get(path) != content:
                full = self.root / path
                full.parent.mkdir(parents=True, exist_ok=True)
                full.write_bytes(content)
        a_plugin.write(self.files.get(a_plugin.NAME, a_plugin.STATES[0]))
        self.written = wanted
        STEPS["edits"] += 1

    def pick(self, n: int) -> str:
        names = sorted(self.articles)
        return names[n % len(names)]

    def remember_good(self) -> None:
        self.good = (dict(self.articles), dict(self.files), dict(self.settings), dict(self.options))

    def back_to_good(self) -> None:
        if self.good is not None:
            articles, files, settings, options = self.good
            self.articles, self.files = dict(articles), dict(files)
            self.settings, self.options = dict(settings), dict(options)
            self.sync()

    @initialize(sparse=st.booleans())
    def begin(self, sparse: bool) -> None:
        """Half of the sites show little on each page: what is not shown cannot hide a read that was not recorded."""
        if sparse:
            self.files["templates/article.html"] = edits.SPARSE_TEMPLATE
            self.settings["related"] = "false"
            self.sync()

    # ---- edits

    numbers = st.integers(0, 20)

    @precondition(lambda self: self.articles)
    @rule(n=numbers, choice=choices(edits.FIELDS), wait=st.booleans())
    def edit_a_field(self, n: int, choice: tuple[str, str | None], wait: bool) -> None:
        name, value = choice
        fields, body = self.articles[self.pick(n)]
        self.articles[self.pick(n)] = ({**fields, name: value}, body)
        self.sync()
        self.wait = wait

    @precondition(lambda self: self.articles)
    @rule(n=numbers, choice=choices(edits.FIELDS), file=choices(edits.FILES), both=st.booleans())
    def edit_again(self, n: int, choice: tuple[str, str | None], file: tuple[str, str | None], both: bool) -> None:
        """Ordinary edits are what most builds are for: they get more than one rule's share of the steps."""
        if both:
            self.edit_a_field(n, choice, wait=True)
        self.edit_a_file(file, wait=False)

    @precondition(lambda self: self.articles)
    @rule(n=numbers, body=st.sampled_from(edits.BODIES))
    def edit_a_body(self, n: int, body: str) -> None:
        self.articles[self.pick(n)] = (self.articles[self.pick(n)][0], body)
        self.sync()

    @rule(place=st.sampled_from(edits.PLACES), body=st.sampled_from(edits.BODIES), choice=choices(edits.FIELDS))
    def add(self, place: str, body: str, choice: tuple[str, str | None]) -> None:
        fields: dict[str, str | None] = {"title": place, "date": "2024-02-02", choice[0]: choice[1]}
        self.articles[place] = (fields, body)
        self.sync()

    @precondition(lambda self: len(self.articles) > 1)
    @rule(n=numbers)
    def delete(self, n: int) -> None:
        name = self.pick(n)
        self.gone[name] = self.articles.pop(name)
        self.sync()

    @precondition(lambda self: self.gone)
    @rule()
    def restore(self) -> None:
        name, article = self.gone.popitem()
        self.articles[name] = article
        self.sync()

    @precondition(lambda self: self.articles)
    @rule(n=numbers, place=st.sampled_from(edits.PLACES))
    def rename_or_move(self, n: int, place: str) -> None:
        name = self.pick(n)
        if name == place:
            return
        (self.root / "content" / place).parent.mkdir(parents=True, exist_ok=True)
        (self.root / "content" / name).replace(self.root / "content" / place)  # keeps times and inode
        self.articles[place] = self.articles.pop(name)
        self.written[f"content/{place}"] = self.written.pop(f"content/{name}")
        self.sync()

    @precondition(lambda self: len(self.articles) > 1)
    @rule(n=numbers, m=numbers)
    def swap_files(self, n: int, m: int) -> None:
        a, b = self.pick(n), self.pick(m)
        self.articles[a], self.articles[b] = self.articles[b], self.articles[a]
        self.sync()

    @precondition(lambda self: len(self.articles) > 1)
    @rule(n=numbers, m=numbers)
    def swap_slugs(self, n: int, m: int) -> None:
        a, b = self.pick(n), self.pick(m)
        if a != b:
            fields_a, fields_b = self.articles[a][0], self.articles[b][0]
            self.articles[a] = ({**fields_a, "slug": fields_b.get("slug") or "b-slug"}, self.articles[a][1])
            self.articles[b] = ({**fields_b, "slug": fields_a.get("slug") or "a-slug"}, self.articles[b][1])
            self.sync()

    @precondition(lambda self: self.articles)
    @rule(n=numbers)
    def edit_behind_the_same_size_and_time(self, n: int) -> None:
        name = self.pick(n)
        fields, body = self.articles[name]
        path = self.root / "content" / name
        before = path.stat()
        self.articles[name] = (fields, body.swapcase())
        self.sync()
        if path.stat().st_size == before.st_size:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(choice=choices(edits.FILES), wait=st.booleans())
    def edit_a_file(self, choice: tuple[str, str | None], wait: bool) -> None:
        path, text = choice
        under = [other for other in self.files if other.startswith(path + "/") or path.startswith(other + "/")]
        for other in under:
            del self.files[other]
        if text is None:
            self.files.pop(path, None)
        else:
            self.files[path] = text
        self.sync()
        self.wait = wait

    @rule(choice=choices(edits.SETTINGS))
    def edit_the_config(self, choice: tuple[str, str | None]) -> None:
        self.settings[choice[0]] = choice[1]
        self.sync()

    @rule(source=st.sampled_from(a_plugin.STATES), wait=st.booleans())
    def edit_the_plugin(self, source: str, wait: bool) -> None:
        self.files[a_plugin.NAME] = source
        self.settings.setdefault("plugins", "[laws]")
        self.sync()
        self.wait = wait

    @rule(broken=st.sampled_from(edits.BROKEN), stays=st.booleans(), keep_going=st.booleans())
    def break_and_repair(self, broken: tuple[str, str], stays: bool, keep_going: bool) -> None:
        path, text = broken
        full = self.root / path
        if full.is_dir():
            return
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text.encode())
        self.written = {**self.written, path: text.encode()}
        self.check(keep_going=keep_going)
        if stays and path == "content/new.md":
            self.articles["new.md"] = ({"title": "New"}, "mended")
        if self.written.pop(path, None) is not None:  # after two failures in a row the last good site stands again
            full.unlink()
        self.sync()

    @rule(moment=st.sampled_from(edits.MOMENTS))
    def move_the_clock(self, moment: int) -> None:
        self.options["as_of"] = moment

    @rule(audience=st.sampled_from([Audience(), Audience(drafts=True, future=True), Audience(expired=True)]))
    def show_others(self, audience: Audience) -> None:
        self.options["audience"] = audience

    @rule(base_url=st.sampled_from([None, None, "http://localhost:8000/x/"]), jobs=st.sampled_from([1, 1, 2]))
    def other_options(self, base_url: str | None, jobs: int) -> None:
        self.options |= {"base_url": base_url, "jobs": jobs}

    # ---- the cache

    @rule(
        how=st.sampled_from(["delete", "truncate", "damage", "garbage", "clean", "journal"]), seed=st.integers(0, 10**6)
    )
    def lose_the_cache(self, how: str, seed: int) -> None:
        path = self.root / MEMORY / "cache.sqlite"
        if how == "delete" or not path.exists():
            shutil.rmtree(self.root / MEMORY, ignore_errors=True)
        elif how == "clean":
            self.check(clean=True)
        else:
            random, content = Random(seed), bytearray(path.read_bytes())
            if how == "truncate":
                del content[random.randrange(len(content)) :]
            elif how == "garbage":
                content = bytearray(random.randbytes(5000))
            elif how == "damage":
                for _ in range(random.choice([1, 5, 50])):
                    content[random.randrange(len(content))] = random.randrange(256)
            else:
                path.with_name(path.name + "-journal").write_bytes(random.randbytes(4000))
            path.write_bytes(content)

    @rule()
    def save_the_cache(self) -> None:
        self.saved = self.root.with_name("saved")
        shutil.rmtree(self.saved, ignore_errors=True)
        if (self.root / MEMORY).exists():
            shutil.copytree(self.root / MEMORY, self.saved)

    @precondition(lambda self: self.saved is not None and self.saved.exists())
    @rule()
    def restore_an_older_cache(self) -> None:
        shutil.rmtree(self.root / MEMORY, ignore_errors=True)
        shutil.copytree(self.saved, self.root / MEMORY)

    # ---- the output

    def outputs(self) -> list[str]:
        if not self.out.is_dir():
            return []
        return sorted(tree(self.out).keys() - self.foreign.keys() - self.edited.keys() - {LIST})

    @rule(n=st.integers(0, 500), everything=st.sampled_from([False, False, False, True]))
    def delete_outputs(self, n: int, everything: bool) -> None:
        if everything:
            shutil.rmtree(self.out, ignore_errors=True)
            self.foreign, self.edited = {}, {}
        elif paths := self.outputs():
            (self.out / paths[n % len(paths)]).unlink()

    @rule(n=st.integers(0, 500), same_size=st.booleans())
    def edit_an_output(self, n: int, same_size: bool) -> None:
        if paths := self.outputs():
            path = paths[n % len(paths)]
            content = (self.out / path).read_bytes()
            mine = b"X" + content[1:] if same_size and content else content + b"\nby hand"
            if not content.startswith(b"X"):
                (self.out / path).write_bytes(mine)
                self.edited[path] = mine

    @rule(path=st.sampled_from(edits.FOREIGN))
    def put_a_foreign_file(self, path: str) -> None:
        full = self.out / path
        if not (self.out / LIST).exists() or os.path.lexists(full):
            return
        if any(parent.is_file() for parent in full.parents):
            return
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(b"mine, at " + path.encode())
        self.foreign[path] = full.read_bytes()

    @rule()
    def remove_foreign_files(self) -> None:
        for path in self.foreign:
            (self.out / path).unlink()
        self.foreign = {}

    @rule()
    def lose_the_list(self) -> None:
        if not (self.out / LIST).exists():
            return
        (self.out / LIST).unlink()
        before = tree(self.out)
        outcome = build(self.root, **self.options)
        assert outcome.failed
        assert not difference(tree(self.out), before)
        outcome, wanted = self.builds(adopt=True)
        if outcome.failed:
            shutil.rmtree(self.out)
            self.foreign, self.edited = {}, {}
            return
        now = tree(self.out)
        self.foreign = {path: content for path, content in now.items() if path not in wanted}
        self.edited = {}
        assert all(before[path] == content for path, content in self.foreign.items())
        assert not difference(now, {**self.foreign, **wanted})

    @rule(n=st.integers(1, 60))
    def die_at_a_change(self, n: int) -> None:
        before = tree(self.out) if self.out.exists() else {}

        def run() -> int:
            watch_disk(dying_at(n), self.root)
            build(self.root, **{**self.options, "jobs": 1})
            return 0

        code = in_child(run)
        assert code in (0, DIED), code
        STEPS["crashes"] += 1
        self.no_torn_page(before)

    def no_torn_page(self, before: Tree) -> None:
        outcome, wanted = self.clean(**{**self.options, "jobs": 1}).result()
        now = tree(self.out) if self.out.exists() else {}
        for path, content in now.items():
            if not path.startswith(".sitegen"):
                assert content in (before.get(path), None if outcome.failed else wanted.get(path)), path
        assert before.keys() & self.foreign.keys() <= now.keys()

    # ---- the law

    def clean(self, **options: Any) -> "Future[tuple[Outcome, Tree]]":
        """A clean build of what stands in the folder, made beside this process; the last few are remembered."""
        key = (
            tuple(sorted(self.written.items())),
            tuple(sorted((name, str(value)) for name, value in options.items())),
        )
        if key not in self.known:
            while len(self.known) > KNOWN:
                del self.known[next(iter(self.known))]
            self.known[key] = clean_pool().submit(clean_build, self.root, self.copy, **options)
        return self.known[key]

    def builds(self, **options: Any) -> tuple[Outcome, Tree]:
        """The site built, and meanwhile a copy of it built from nothing; both fail or neither does."""
        options = {**self.options, **options}
        others = {name: value for name, value in options.items() if name not in ("adopt", "clean")}
        later = self.clean(**{**others, "jobs": 1})
        outcome = build(self.root, **options)
        clean, wanted = later.result()
        STEPS["compared"] += 1
        STEPS["failed"] += clean.failed
        if "output.foreign" not in outcome.codes:
            assert outcome.failed == clean.failed, (outcome.problems, outcome.codes, clean.problems)
            assert outcome.problems == clean.problems
        return outcome, wanted

    @invariant()
    def law(self) -> None:
        wait, self.wait = self.wait, False
        if not wait:
            self.check()

    def check(self, **options: Any) -> None:
        before = tree(self.out) if self.out.exists() else {}
        outcome, wanted = self.builds(**options)
        now = tree(self.out) if self.out.exists() else {}
        written = bool(wanted)
        if "output.foreign" in outcome.codes:
            assert not difference(now, before)
            self.make_way(wanted)
            outcome, wanted = self.builds(**options)
            now = tree(self.out)
            assert "output.foreign" not in outcome.codes, outcome.report
        if not options.get("keep_going"):
            self.serves(outcome, wanted)
        if outcome.failed and not (options.get("keep_going") and written):
            assert not difference(now, before)
            self.failures += 1
            if self.failures > 1:
                self.failures = 0
                self.back_to_good()
                self.check()
            return
        if not options.get("keep_going"):
            self.remember_good()
        self.failures = 0
        for path, content in self.edited.items():
            if path in wanted:
                kept = tree(self.root / MEMORY / "kept") if (self.root / MEMORY / "kept").exists() else {}
                assert content in kept.values() or wanted[path] == content, f"the edit of {path} is lost"
            else:
                self.foreign[path] = content
        self.edited = {}
        self.foreign = {path: content for path, content in self.foreign.items() if path not in wanted}
        assert not (found := difference(now, {**wanted, **self.foreign})), found
        assert not leftovers(self.root)

    def serves(self, outcome: Outcome, wanted: Tree) -> None:
        """A preview that goes on running sends what a clean build writes, and says what it says."""
        live = self.preview()
        said = {format_problem(problem) for problem in (*live.problems(), *live.check())}
        rendering = {text: found[1] for text in outcome.problems if (found := WHILE_RENDERING.search(text))}
        assert said == set(outcome.problems) - rendering.keys(), (said, outcome.problems)
        if rendering:
            self.says_where(live, rendering)
        if outcome.failed:
            return
        urls = {url_of(path): content for path, content in wanted.items() if path != LIST}
        for url, content in urls.items():
            page = live.page(url)
            assert page.status == 200, (url, page.status, page.problems)
            assert page.content == content, (url, difference({url: page.content}, {url: content}))
        for url in self.stood - urls.keys():
            assert live.page(url).status != 200, url
        self.stood = set(urls)
        STEPS["served"] += 1

    def says_where(self, live: Live, rendering: dict[str, str]) -> None:
        """What rendering alone finds, the preview says on the page that a build names, and no page says anything else.
        A build says each fault once, however many pages it spoils.
        """
        held = live.held
        assert held is not None
        for text, context in rendering.items():
            source = context.removeprefix("content/")
            url = held.articles.heads[source].url if source != context else context
            page = live.page(url)
            assert page.status == 500, (url, page.status)
            assert text in {format_problem(problem) for problem in page.problems}, (text, page.problems)
        first_lines = {text.partition("\n")[0] for text in rendering}
        for output in held.site.snapshot.table("outputs"):
            page = live.page(output.url)
            for problem in page.problems:
                assert format_problem(problem).partition("\n")[0] in first_lines, (output.url, problem)
        STEPS["faults"] += 1

    def preview(self) -> Live:
        """The running preview, having looked at everything; started anew when it is to be told something else."""
        told = {name: self.options.get(name) for name in ("as_of", "base_url")}
        told["audience"] = self.options.get("audience", Audience())
        if self.live is None or self.live[0] != told:
            if self.live is not None:
                self.live[1].close()
            self.live = told, Live(self.root, self.root / "sitegen.yaml", LiveOptions(**told))
            self.live[1].load()
        else:
            self.live[1].refresh()
        return self.live[1]

    def make_way(self, wanted: Tree) -> None:
        """The user moves what stands in the way of outputs."""
        for path in list(self.foreign):
            if path in wanted or any(other.startswith(path + "/") or path.startswith(other + "/") for other in wanted):
                (self.out / path).unlink()
                del self.foreign[path]
