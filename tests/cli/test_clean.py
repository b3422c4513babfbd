"""`sitegen clean`: what sitegen wrote goes, and nothing else."""

import pytest

from .conftest import article, tree


@pytest.fixture
def built(site):
    site.write("content/a.md", article("A"))
    site.write("static/images/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert site.run("build").code == 0
    return site


def sources(site) -> dict[str, bytes]:
    return {path: text for path, text in tree(site.root).items() if not path.startswith(("public/", ".sitegen/"))}


def test_only_the_sources_are_left(built):
    before = sources(built)
    done = built.run("clean")

    assert (done.code, done.err) == (0, "")
    assert tree(built.root) == before
    assert not (built.root / "public").exists()
    assert not (built.root / ".sitegen").exists()


def test_a_dry_run_names_what_would_go_and_removes_nothing(built):
    before = tree(built.root)
    done = built.run("clean", "--dry-run")
    report = built.run("clean", "--dry-run", "--json").json

    assert tree(built.root) == before
    assert "public/index.html" in done.out.splitlines()
    assert report["dry_run"]
    assert set(report["removed"]) == set(built.run("clean", "--json").json["removed"])


def test_what_somebody_changed_or_added_stays_and_is_named(built):
    built.write("public/index.html", "mine")
    built.write("public/CNAME", "notes.example")
    built.write("public/2024/notes/extra.txt", "mine")
    report = built.run("clean", "--json").json

    assert report["changed"] == ["public/index.html"]
    assert report["foreign"] == ["public/2024/notes/extra.txt", "public/CNAME"]
    assert set(tree(built.root / "public")) == {
        ".sitegen-output", "index.html", "CNAME", "2024/notes/extra.txt",
    }  # fmt: skip


def test_after_cleaning_beside_foreign_files_the_next_build_is_not_refused(built):
    built.write("public/index.html", "mine")
    built.write("public/CNAME", "notes.example")
    built.run("clean")
    done = built.run("build")

    assert done.code == 0, done.err
    assert (built.root / "public/CNAME").read_text(encoding="utf-8") == "notes.example"
    assert (built.root / ".sitegen/kept/index.html").read_text(encoding="utf-8") == "mine"


def test_a_clean_site_builds_the_same_again(built):
    before = tree(built.root / "public")
    built.run("clean")
    built.run("build")

    assert tree(built.root / "public") == before


def test_edits_that_were_set_aside_and_imports_stay(built):
    built.write(".sitegen/kept/index.html", "edited")
    built.write(".sitegen/imports/x", "base")
    built.run("clean")

    assert set(tree(built.root / ".sitegen")) == {"kept/index.html", "imports/x"}


def test_nothing_to_remove_is_no_fault(site):
    done = site.run("clean")

    assert (done.code, done.out) == (0, "there is nothing to remove\n")
    assert not (site.root / ".sitegen").exists()


def test_a_folder_that_sitegen_did_not_write_is_left_alone(site, tmp_path):
    for output in (tmp_path / "others", site.root / "content"):
        output.mkdir(exist_ok=True)
        (output / "index.html").write_text("mine", encoding="utf-8")
        site.run("clean", "-o", output)
        assert (output / "index.html").read_text(encoding="utf-8") == "mine"


def test_another_output_folder_can_be_named(built, tmp_path):
    built.run("build", "-o", tmp_path / "out side")
    built.run("clean", "--output", tmp_path / "out side")

    assert not (tmp_path / "out side").exists()
    assert (built.root / "public/index.html").is_file()


@pytest.mark.parametrize("output", ["/", ".", "content", "sitegen.yaml"])
def test_a_folder_that_cannot_be_an_output_is_exit_2(built, output):
    before = sources(built)
    done = built.run("clean", "-o", output)

    assert done.code == 2
    assert "cannot be the output folder" in done.err
    assert sources(built) == before


def test_no_file_is_removed_through_a_link_that_leads_outside(built, tmp_path):
    outside = tmp_path / "outside"
    (built.root / "public/images").rename(outside)
    (built.root / "public/images").symlink_to(outside)
    report = built.run("clean", "--json").json

    assert set(tree(outside)) == {"a.svg"}
    assert "public/images/a.svg" in report["changed"]


def test_a_forged_list_cannot_name_files_outside(built, tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("x", encoding="utf-8")
    listed = built.root / "public/.sitegen-output"
    lines = listed.read_text(encoding="utf-8")
    digest = next(line.split(" ")[0] for line in lines.splitlines() if line.endswith("images/a.svg"))
    precious.write_bytes((built.root / "static/images/a.svg").read_bytes())
    listed.write_text(f"{lines}{digest} ../../precious.txt\n{digest} images/../../../precious.txt\n", encoding="utf-8")
    built.run("clean")

    assert precious.is_file()


def test_a_folder_in_the_place_of_a_file_of_ours_stays(built):
    (built.root / "public/index.html").unlink()
    built.write("public/index.html/inside.txt", "mine")
    done = built.run("clean")

    assert done.code == 0, done.err
    assert (built.root / "public/index.html/inside.txt").is_file()


def test_clean_without_a_site_is_exit_2(sitegen):
    assert sitegen("clean").code == 2
