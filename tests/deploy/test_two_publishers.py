"""Two publishers and one branch: whatever the order of their steps, no commit, domain or kept file is lost.

`SITEGEN_INTERLEAVINGS=100` tries a hundred orders instead of twenty.
"""

import os
import random

import pytest

from sitegen.deploy.git import Bench
from sitegen.deploy.origin import find_origin
from sitegen.deploy.plan import File, blob_id, plan_publish
from sitegen.errors import BuildError

from .conftest import files_of, git, is_sound, push_files


class Publisher:
    """One deployment at a time, a step at a time: fetch, commit, push; each round has other content."""

    def __init__(self, site, folder, name):
        self.origin = find_origin(site.root, "origin", "gh-pages")
        self.folder, self.name = folder, name
        self.rounds, self.step = 0, 0
        self.pushed: list[str] = []

    def act(self) -> None:
        if self.step == 0:
            self.rounds += 1
            place = self.folder / f"{self.name}-{self.rounds}"
            place.mkdir(parents=True)
            self.bench = Bench(place, self.origin)
            self.tip = self.bench.fetch()
        elif self.step == 1:
            content = f"{self.name} {self.rounds}".encode()
            site = {f"{self.name}/page.html": File(blob_id(content), len(content))}
            plan = plan_publish(site, self.tip.entries, keep=("kept/",))
            self.commit = self.bench.commit(plan, self.tip, f"{self.name} {self.rounds}", 1, lambda _: content).commit
        else:
            try:
                self.bench.push(self.tip)
                self.pushed.append(self.commit)
            except BuildError as error:
                assert error.problems[0].code == "deploy.moved", error  # noqa: PT017
        self.step = (self.step + 1) % 3


@pytest.mark.parametrize("seed", range(int(os.environ.get("SITEGEN_INTERLEAVINGS", "20"))))
def test_no_order_of_steps_loses_a_commit_a_domain_or_a_kept_file(site, tmp_path, seed):
    push_files(site.remote, tmp_path / "by-hand", {"CNAME": "example.org\n", "kept/file": "mine"})
    dice = random.Random(seed)
    both = [Publisher(site, tmp_path / "benches", name) for name in ("a", "b")]
    for _ in range(14):
        dice.choice(both).act()
    there = git(site.remote, "log", "--format=%H", "gh-pages").split()

    assert {commit for each in both for commit in each.pushed} <= set(there)
    assert len(there) == 1 + sum(len(each.pushed) for each in both)
    after = files_of(site.remote)
    assert (after["CNAME"], after["kept/file"]) == (b"example.org\n", b"mine")
    assert is_sound(site.remote)


def test_a_branch_that_moved_is_said_and_the_next_deployment_starts_from_it(site, tmp_path, monkeypatch):
    site.deploy()
    push, theirs = Bench.push, []

    def late(bench, tip):
        if not theirs:
            theirs.append(push_files(site.remote, tmp_path / "other", {"theirs.txt": "x"}))
        push(bench, tip)

    monkeypatch.setattr(Bench, "push", late)
    site.article("three")
    first, second = site.deploy(), site.deploy()

    assert first.exit_code == 1
    assert "somebody else published to gh-pages" in first.stderr
    assert second.exit_code == 0
    assert theirs[0] in site.commits()


def test_a_branch_that_came_into_being_meanwhile_is_not_overwritten(site, tmp_path, monkeypatch):
    push = Bench.push

    def late(bench, tip):
        push_files(site.remote, tmp_path / "other", {"theirs.txt": "x"})
        push(bench, tip)

    monkeypatch.setattr(Bench, "push", late)

    assert "somebody else published" in site.deploy().stderr
    assert files_of(site.remote) == {"theirs.txt": b"x"}
