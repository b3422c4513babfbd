"""The small site that builds are tested with, told in stories."""

from pathlib import Path

import pytest

from tests.build.conftest import CONFIG, SmallSite

STORY = "stories:\n  ferry:\n    articles: [a1, a2]\n    closed: true\n    name: The ferry\n"


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    found = SmallSite(tmp_path / "site")
    found.write("sitegen.yaml", CONFIG)
    found.write("stories.yaml", STORY)
    return found
