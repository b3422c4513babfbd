"""The contract between themes and sitegen: what is promised is read from the code, and the guide says it."""

import ast
import shutil
import subprocess
import sys

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.own_themes import options_in_use, templates_in_use
from sitegen.build.session import Session
from sitegen.theme.contract import blocks_of, contract
from tests.documentation.guide import rows, section

AS_OF = 1_795_305_600  # 22 November 2026
PLAIN_LINES = 300


def given_to_templates(root):
    """What `render.py` hands to each template that it names, besides what all have."""
    tree = ast.parse((root / "sitegen" / "theme" / "render.py").read_text("utf-8"))
    found = {}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "template":
            name, given = call.args[0], {keyword.arg for keyword in call.keywords}
            if None in given:  # a plugin's output: its own template and its own values
                continue
            for each in [name.value] if isinstance(name, ast.Constant) else ["article.html", "page.html"]:
                found[each] = given
    return found


def test_the_guide_lists_what_each_template_gets(root):
    listed = {
        row[0].strip("`"): {name.strip(" `") for name in row[2].split(",") if name.strip()}
        for heading in ("## Writing a theme", "## Templates that a theme may have")
        for row in rows(section("themes", heading))
        if row[0].strip("`").endswith((".html", ".typ"))
    }
    listed.pop("base.html")
    given = given_to_templates(root)

    assert {name: given[name] for name in listed} == listed


def test_the_contract_names_the_blocks_of_each_template(root):
    found = contract(options_in_use(root, ("gazette",)), templates_in_use(root, ("gazette",)))

    assert found.api == 1
    assert {"main", "head", "tools", "footer"} <= set(found.blocks["base.html"])
    assert {"kicker", "byline", "after"} <= set(found.blocks["article.html"])
    assert {option.name for option in found.options} >= {"home", "accent", "footnotes"}


def test_a_template_that_cannot_be_parsed_offers_no_block():
    assert blocks_of("{% block %}") == ()


def test_theme_doc_prints_the_whole_contract(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "sitegen", "theme", "doc"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    found = contract(options_in_use(tmp_path, ()), templates_in_use(tmp_path, ()))

    for each in (*found.site, *found.filters, *found.options):
        assert f"  {each.name}\n      {each.says}\n" in done.stdout
    for name, blocks in found.blocks.items():
        assert f"  {name}\n      {', '.join(blocks)}\n" in done.stdout


@pytest.mark.parametrize("theme", ["gazette", "plain"])
def test_a_site_overrides_one_block_of_one_template_and_nothing_else(root, tmp_path, theme):
    site = tmp_path / "site"
    shutil.copytree(root / "tests" / "golden" / "small" / "site", site)
    config = (site / "sitegen.yaml").read_text("utf-8")
    text = "\n".join(line for line in config.splitlines() if not line.startswith("theme:")) + f"\ntheme: {theme}\n"
    (site / "sitegen.yaml").write_text(text, "utf-8")
    before = built(site)
    (site / "templates").mkdir(exist_ok=True)
    override = f'{{% extends "{theme}/article.html" %}}{{% block after %}}<p>Mine.</p>{{{{ super() }}}}{{% endblock %}}'
    (site / "templates" / "article.html").write_text(override, "utf-8")
    after = built(site)

    changed = {path for path in after if after[path] != before.get(path)}
    assert changed
    for path in changed - {".sitegen-output"}:
        assert after[path].replace(b"<p>Mine.</p>", b"") == before[path]


def built(site):
    with Session(site, site / "sitegen.yaml", BuildOptions(output=site / "public", as_of=AS_OF, jobs=1)) as session:
        report = session.build()
    assert not report.failed, report.problems
    output = site / "public"
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in output.rglob("*") if p.is_file()}


def test_plain_is_small_enough_to_read_in_one_sitting(root):
    files = [path for path in (root / "themes" / "plain").rglob("*") if path.is_file()]

    assert sum(len(path.read_text("utf-8").splitlines()) for path in files) < PLAIN_LINES
