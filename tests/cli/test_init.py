"""`sitegen init`: a site that works at once, and nothing lost."""

import pytest

from sitegen.build.new_site import plan_site, start_site, title_of
from sitegen.errors import UsageError

from .conftest import tree

NOW = 1_710_000_000  # 2024-03-09


def test_a_new_site_builds_at_once_without_a_warning(sitegen, tmp_path):
    made = sitegen("init", "my site é")
    built = sitegen("build", "--strict", cwd=tmp_path / "my site é")

    assert (made.code, built.code) == (0, 0), built.err
    assert not built.err
    assert (tmp_path / "my site é" / "public" / "index.html").is_file()
    assert "cd 'my site é'" in made.out


@pytest.mark.parametrize("theme", ["gazette", "plain"])
def test_the_sample_builds_with_each_shipped_theme(sitegen, tmp_path, theme):
    sitegen("init", "demo")
    config = tmp_path / "demo" / "sitegen.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("theme: gazette", f"theme: {theme}"), encoding="utf-8")

    assert sitegen("build", "--strict", cwd=config.parent).code == 0


def test_the_folder_and_its_parents_are_made(tmp_path):
    started = start_site(tmp_path / "a" / "b", NOW)

    assert set(started.created) == set(plan_site("B", NOW)) == set(tree(tmp_path / "a" / "b"))


@pytest.mark.parametrize(
    ("folder", "title"),
    [("my-site", "My site"), ("Été_2024", "Été 2024"), ("--", "My site"), ('say "hi": #1', 'Say "hi": #1')],
)
def test_the_title_comes_from_the_folders_name(tmp_path, folder, title):
    assert title_of(tmp_path / folder) == title


def test_any_folder_name_gives_a_config_that_can_be_read(sitegen, tmp_path):
    name = 'a "quoted": #1 \\ name'
    sitegen("init", name)

    assert sitegen("list", cwd=tmp_path / name).code == 0


def test_files_that_are_there_are_kept_and_named(site):
    (site.root / "sitegen.yaml").unlink()
    site.write(".gitignore", "mine\n")
    site.write("content/pages/about.md", "---\ntitle: Mine\n---\n")

    done = site.run("init", "--json")

    assert done.code == 0
    assert done.json["kept"] == [".gitignore", "content/pages/about.md"]
    assert (site.root / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert "was there already" in done.out or done.json["created"]


def test_a_folder_with_articles_gets_no_sample(site):
    (site.root / "sitegen.yaml").unlink()
    site.write("content/mine.md", "---\ntitle: Mine\ndate: 2024-01-01\n---\n")

    started = start_site(site.root, NOW)

    assert started.has_articles
    assert [name for name in started.created if name.endswith("welcome.md")] == []


def test_a_site_is_never_started_twice(site):
    before = tree(site.root)
    done = site.run("init")

    assert done.code == 2
    assert "there is a site here already" in done.err
    assert tree(site.root) == before


def test_a_file_where_the_folder_should_be_is_said(sitegen, tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")

    for folder in ("taken", "taken/below"):
        done = sitegen("init", folder)
        assert (done.code, done.out) == (2, "")
        assert "a file stands where a folder has to be" in done.err


def test_a_name_that_no_disk_takes_is_said(sitegen):
    done = sitegen("init", "x" * 300)

    assert (done.code, done.out) == (2, "")
    assert "cannot be written" in done.err


def test_a_file_where_content_should_be_leaves_no_config(tmp_path):
    (tmp_path / "content").write_text("x", encoding="utf-8")

    with pytest.raises(UsageError):
        start_site(tmp_path, NOW)
    assert not (tmp_path / "sitegen.yaml").exists()


def test_a_link_to_nothing_is_not_written_through(tmp_path):
    (tmp_path / ".gitignore").symlink_to(tmp_path / "elsewhere")

    assert start_site(tmp_path, NOW).kept == (".gitignore",)
    assert not (tmp_path / "elsewhere").exists()


def test_the_root_flag_names_the_folder(sitegen, tmp_path):
    assert sitegen("-C", "one", "init").code == 0
    assert sitegen("init", "two", "--root", "one").code == 0
    assert (tmp_path / "one" / "sitegen.yaml").is_file()
    assert (tmp_path / "one" / "two" / "sitegen.yaml").is_file()


def test_init_takes_no_config(sitegen):
    assert sitegen("init", "-c", "other.yaml").code == 2
