"""The four doors: what comes through them, what is made again when it changes, and how a fault is named."""

import os
import subprocess
import sys

import pytest

from sitegen.build.live import Live, LiveOptions
from tests.clusters import cluster

from .conftest import AS_OF, EVERYTHING, MARKDOWN

ARTICLE = '{% extends "plain/article.html" %}{% block after %}<p id=q>{{ "hi" | loud }} {{ site.longer(3) | join(" ") }}</p>{% endblock %}'


@pytest.fixture
def full(shelf):
    shelf.install(EVERYTHING)
    shelf.write("templates/article.html", ARTICLE)
    shelf.write(
        "templates/extra.html",
        '{% extends "plain/base.html" %}{% block main %}{% for id in ids %}<i>{{ site.card(id).title }}</i>{% endfor %}{% endblock %}',
    )
    return shelf


def test_all_four_doors_open(full):
    report = full.build()

    assert not report.failed, report.problems
    assert "Text <b>1</b> here." in full.page("2024/01/a1/index.html")
    assert "<p id=q>HI@ a1 a2 a3</p>" in full.page("2024/01/a1/index.html")
    assert full.page("list.txt") == "Article 3\nArticle 2\nArticle 1\n"
    assert "<i>Article 3</i><i>Article 2</i>" in full.page("extra/index.html")


def test_a_plugin_that_is_not_named_changes_nothing(full):
    full.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: plain\n")
    full.write("templates/article.html", '{% extends "plain/article.html" %}')
    full.build()
    named_not = full.tree()
    (full.place / "extra_plugin-1.0.dist-info" / "entry_points.txt").unlink()
    full.build(clean=True)

    assert full.tree() == named_not
    assert "extra_plugin" not in sys.modules
    assert "Text !1! here." in full.page("2024/01/a1/index.html")


def test_options_of_the_config_reach_the_plugin(full):
    full.build()
    full.write(
        "sitegen.yaml",
        "title: Test site\nbase_url: https://example.org/\ntheme: plain\nplugins:\n  - {name: extra, options: {word: em}}\n",
    )
    full.build()

    assert "Text <em>1</em> here." in full.page("2024/01/a1/index.html")


def test_workers_and_one_process_give_the_same_bytes(full):
    for n in range(4, 80):
        full.write(f"content/b{n}.md", f"---\ntitle: Article {n}\ndate: 2024-02-01\n---\n\nText !{n % 10}! here.\n")
    assert not full.build().failed
    one = full.tree()
    assert not full.build(clean=True, output=full.site / "other", jobs=2).failed

    assert full.tree("other") == one


def test_a_cluster_gives_the_same_bytes(full, sitegen_command, tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed (PyPI: distributed)")
    for n in range(4, 80):
        full.write(f"content/b{n}.md", f"---\ntitle: Article {n}\ndate: 2024-02-01\n---\n\nText !{n % 10}! here.\n")
    assert not full.build().failed
    with cluster(tmp_path, path=str(full.place)) as address:
        done = sitegen_command("-C", full.site, "build", "--clean", "-o", full.site / "other", "--cluster", address)

    assert done.returncode == 0, done.stderr
    assert full.tree("other") == full.tree()


def test_a_second_build_makes_nothing_and_a_title_makes_what_shows_it(full):
    full.build()
    assert full.build().rendered == ()
    full.write("content/a1.md", "---\ntitle: Art\ndate: 2024-01-01\n---\n\nText !1! here.\n")

    assert {"list.txt", "extra/index.html", "2024/01/a2/index.html"} <= set(full.build().rendered)
    assert full.page("list.txt") == "Article 3\nArticle 2\nArt\n"


def test_a_body_alone_leaves_the_outputs_of_plugins_as_they_are(full):
    full.build()
    full.write("content/a1.md", "---\ntitle: Article 1\ndate: 2024-01-01\nsummary: s\n---\n\nText !1! there.\n")
    full.build()
    full.write("content/a1.md", "---\ntitle: Article 1\ndate: 2024-01-01\nsummary: s\n---\n\nOther !1! words.\n")

    assert not {"list.txt", "extra/index.html"} & set(full.build().rendered)


@pytest.mark.parametrize(
    ("old", "new", "path", "shows"),
    [
        ('"@"', '"%"', "2024/01/a1/index.html", "HI%"),
        ("<{tokens[index].tag}>", "<{tokens[index].tag} id=x>", "2024/01/a1/index.html", "<b id=x>1</b>"),
        ("> n)", "< n)", "2024/01/a1/index.html", "<p id=q>HI@ </p>"),
        ('"/list.txt"', '"/liste.txt"', "liste.txt", "Article 3"),
        ('join(title[id] for id in order) + "\\n"', 'join(title[id] for id in order) + "!"', "list.txt", "Article 1!"),
    ],
    ids=["filter", "markdown", "query", "address", "content"],
)  # fmt: skip
def test_an_edit_of_a_plugin_gives_what_a_clean_build_gives(full, old, new, path, shows):
    full.build()
    assert old in EVERYTHING
    full.install(EVERYTHING.replace(old, new))
    assert not full.build().failed
    after = full.tree()
    assert not full.build(clean=True).failed

    assert full.tree() == after
    assert shows in full.page(path)
    assert ("list.txt" in after) == ("liste" not in new)


def with_a_helper(shelf, packaged: bool) -> None:
    """The filter of the plugin comes from a module beside it, which imports another; both in a package, or in none."""
    shelf.install(
        EVERYTHING.replace("def loud(text):", "from loudness import end\ndef loud(text):").replace('"@"', "end()")
    )
    shelf.write("../packages/loudness.py", "import volume\ndef end():\n    return volume.END\n")
    shelf.write("../packages/volume.py", "END = '@'\n")
    if packaged:
        wheel(shelf, "loudness", "Requires-Dist: some-volume>=1\n", "a")
        wheel(shelf, "volume", "", "b", name="some-volume")


def wheel(shelf, module: str, more: str, digest: str, name: str = "") -> None:
    folder = f"../packages/{(name or module).replace('-', '_')}-1.0.dist-info"
    shelf.write(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name or module}\nVersion: 1.0\n{more}")
    shelf.write(f"{folder}/RECORD", f"{module}.py,sha256={digest},20\n{folder[12:]}/METADATA,,\n")


def test_an_edit_of_what_a_plugin_imports_gives_what_a_clean_build_gives(full):
    with_a_helper(full, packaged=False)
    assert not full.build().failed
    assert "<p id=q>HI@ " in full.page("2024/01/a1/index.html")
    assert full.build().rendered == ()
    full.write("../packages/volume.py", "END = '%'\n")
    assert not full.build().failed
    after = full.tree()
    assert not full.build(clean=True).failed

    assert full.tree() == after
    assert "<p id=q>HI% " in full.page("2024/01/a1/index.html")


def test_another_version_of_a_package_that_a_plugin_needs_is_seen_by_the_next_process(full, sitegen_command):
    with_a_helper(full, packaged=True)
    assert not full.build().failed
    full.write("../packages/volume.py", "END = '%'\n")
    wheel(full, "volume", "", "c", name="some-volume")  # as pip does: the list of files holds another digest

    assert full.build().rendered == (), "what this process has imported stays as it is"
    assert sitegen_command("-C", full.site, "build").returncode == 0
    assert "<p id=q>HI% " in full.page("2024/01/a1/index.html")


def test_an_error_in_what_a_plugin_imports_names_the_plugin(full, sitegen_command):
    with_a_helper(full, packaged=False)
    full.write("../packages/volume.py", "END = None\n")
    full.write("../packages/loudness.py", "import volume\ndef end():\n    return volume.END.nothing\n")
    done = sitegen_command("-C", full.site, "build")

    assert done.returncode == 1
    assert "the plugin extra 1.0 failed: AttributeError" in done.stderr
    assert "loudness.py:3" in done.stderr


BROKEN = {
    "setting it up": ("def setup(hooks):\n    raise RuntimeError('no')\n", 2, "RuntimeError: no"),
    "a syntax": ("def setup(hooks)\n    pass\n", 1, "SyntaxError"),
    "a rule": (MARKDOWN.replace("if not found:", "if found: 1 / 0\n        if not found:") + "def setup(hooks):\n    hooks.markdown(bang)\n", 7, "ZeroDivisionError"),
    "installing": ("def bad(md):\n    md.nothing()\ndef setup(hooks):\n    hooks.markdown(bad)\n", 2, "AttributeError"),
    "a filter": ("def loud(text):\n    return text.nothing\ndef longer(keys, /, n):\n    return ()\ndef setup(hooks):\n    hooks.filter('loud', loud)\n    hooks.query('longer', longer)\n", 2, "AttributeError"),
    "a query": ("def longer(keys, /, n):\n    return keys[99]\ndef setup(hooks):\n    hooks.filter('loud', str)\n    hooks.query('longer', longer)\n", 2, "IndexError"),
    "an answer": ("def longer(keys, /, n):\n    return object()\ndef setup(hooks):\n    hooks.filter('loud', str)\n    hooks.query('longer', longer)\n", 0, "TypeError"),
    "listing outputs": ("def more(keys, /):\n    raise KeyError('x')\ndef setup(hooks):\n    hooks.outputs(more)\n", 2, "KeyError"),
    "an output": ("def more(keys, /):\n    return ['/x/']\ndef setup(hooks):\n    hooks.outputs(more)\n", 0, "MoreOutput"),
    "an address": ("from sitegen.plugins import MoreOutput\ndef more(keys, /):\n    return [MoreOutput(url='x')]\ndef setup(hooks):\n    hooks.outputs(more)\n", 0, "a path such as /map/"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_in_a_plugin_names_it_and_its_place(shelf, sitegen_command, name):
    code, line, says = BROKEN[name]
    shelf.install(code)
    if "loud" in code:
        shelf.write("templates/article.html", ARTICLE)
    done = sitegen_command("-C", shelf.site, "build")

    assert done.returncode in (1, 2)
    assert "the plugin extra 1.0 failed" in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not line or f"extra_plugin.py:{line}" in done.stderr, done.stderr
    assert not (shelf.site / "public").exists()


@pytest.fixture
def sitegen_command(shelf):
    def run(*words):
        env = {**os.environ, "PYTHONPATH": str(shelf.place)}
        return subprocess.run(
            [sys.executable, "-m", "sitegen", *map(str, words)], check=False, capture_output=True, text=True, env=env
        )

    return run


FAILING = EVERYTHING.replace(
    "    return tuple(each.id for", "    'Boom' in title.values() and 1 / 0\n    return tuple(each.id for"
)
BOOM, CALM = (f"---\ntitle: {each}\ndate: 2024-01-02\n---\n\nText !2! here.\n" for each in ("Boom", "Article 2"))


def test_a_remembered_question_that_fails_at_the_next_build_names_its_plugin_and_is_right_again_when_mended(
    full, sitegen_command
):
    full.install(FAILING)
    full.build()
    good = full.tree()
    full.write("content/a2.md", BOOM)
    done = sitegen_command("-C", full.site, "build")
    report = full.build()

    assert done.returncode == 1
    assert "the plugin extra 1.0 failed" in done.stderr
    assert "extra_plugin.py:" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr
    assert report.failed
    assert full.tree() == good

    full.write("content/a2.md", CALM)
    report = full.build()
    assert not report.failed, report.problems
    assert full.tree() == good


def test_a_question_that_fails_and_that_nobody_asks_any_more_is_forgotten(full):
    full.install(FAILING)
    full.build()
    good = full.tree()
    full.write("content/a2.md", BOOM)
    full.write("templates/article.html", '{% extends "plain/article.html" %}')
    for text in (BOOM, BOOM.replace("!2!", "!4!")):
        full.write("content/a2.md", text)
        report = full.build()
        assert not report.failed, report.problems
    assert "id=q" not in full.page("2024/01/a1/index.html")

    full.write("templates/article.html", ARTICLE)
    assert any("ZeroDivisionError" in problem.message for problem in full.build().problems)
    full.write("content/a2.md", CALM)
    assert not full.build().failed
    assert full.tree() == good


def test_a_plugin_that_cannot_list_its_outputs_is_said_by_the_preview_which_goes_on(full):
    live = Live(full.site, full.site / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        full.install(EVERYTHING.replace("def more(order, title, /):", "def more(order, title, /):\n    1 / 0"))
        live.refresh()

        assert any("the plugin extra 1.0 failed" in problem.message for problem in live.check())
        assert live.page("/2024/01/a1/").status == 500
        full.install(EVERYTHING)
        live.refresh()
        assert not live.check()
        assert live.page("/list.txt").status == 200
    finally:
        live.close()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            "def q(nothing, /):\n    return ()\ndef setup(hooks):\n    hooks.query('q', q)\n",
            "reads nothing, which there is not",
        ),
        (
            "def q(keys, /, n):\n    return ()\ndef setup(hooks):\n    hooks.query('latest', q)\n",
            "the name of a question that there is already",
        ),
    ],
)
def test_a_name_that_is_taken_or_missing_is_said(shelf, code, says):
    from sitegen.errors import BuildError

    shelf.install(code)
    with pytest.raises(BuildError, match=says):
        shelf.build()


def test_a_plugin_that_is_not_installed_is_said_with_the_nearest_name(shelf):
    from sitegen.errors import ConfigError

    shelf.install(EVERYTHING, name="almanac")
    shelf.write("sitegen.yaml", "plugins: [almanak]\n")
    with pytest.raises(ConfigError, match=r'there is no plugin "almanak" here(?s:.)*did you mean almanac'):
        shelf.build()


def test_two_outputs_at_one_address_are_named(full):
    full.install(EVERYTHING.replace('"/list.txt"', '"/2024/01/a1/"'))
    report = full.build()

    assert report.failed
    assert any("the plugin extra" in str(problem.where) + problem.message for problem in report.problems)


def test_served_is_built_and_an_edit_of_the_plugin_is_seen(full):
    full.build()
    live = Live(full.site, full.site / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        for url, path in (
            ("/2024/01/a1/", "2024/01/a1/index.html"),
            ("/list.txt", "list.txt"),
            ("/extra/", "extra/index.html"),
        ):
            assert live.page(url).content == (full.site / "public" / path).read_bytes()
        full.install(EVERYTHING.replace('"@"', '"%"').replace('"/list.txt"', '"/liste.txt"'))
        live.refresh()
        assert b"HI%" in live.page("/2024/01/a1/").content
        assert live.page("/list.txt").status == 404
        assert live.page("/liste.txt").status == 200
        full.install("def setup(hooks):\n    raise RuntimeError('no')\n")
        live.refresh()
        assert any("the plugin extra 1.0 failed" in problem.message for problem in live.page("/2024/01/a1/").problems)
        full.install(EVERYTHING)
        live.refresh()
        assert live.page("/2024/01/a1/").content == (full.site / "public/2024/01/a1/index.html").read_bytes()
    finally:
        live.close()


def test_a_page_whose_question_fails_after_an_edit_says_so_in_the_preview_and_is_right_again_when_mended(full):
    full.install(FAILING)
    live = Live(full.site, full.site / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        good = live.page("/2024/01/a1/").content
        full.write("content/a2.md", BOOM)
        live.refresh()
        page = live.page("/2024/01/a1/")
        assert page.status == 500
        assert any("the plugin extra 1.0 failed: ZeroDivisionError" in problem.message for problem in page.problems)
        assert live.page("/").status == 200
        full.write("content/a2.md", CALM)
        live.refresh()
        assert live.page("/2024/01/a1/").content == good
    finally:
        live.close()
