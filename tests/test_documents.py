"""What the repository says of itself: links that lead somewhere, decisions that say why, and the two commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
PARTS = ["Context", "Choice", "Refused", "Consequence"]
PART = re.compile(
    rf"^(?:## |\*\*)({'|'.join(PARTS)})\b", re.MULTILINE
)  # a heading, or bold words that open a paragraph


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_to_files(document):
    text = CODE.sub("", document.read_text(encoding="utf-8"))
    targets = [target for target in LINK.findall(text) if "://" not in target]

    assert not [target for target in targets if not (document.parent / target).exists()]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_decision_says_context_choice_what_was_refused_and_the_consequence(decision):
    text = decision.read_text(encoding="utf-8")

    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", decision.name)
    assert PART.findall(text) == PARTS


def test_no_two_decisions_share_a_number():
    numbers = [decision.name[:4] for decision in DECISIONS]

    assert len(numbers) == len(set(numbers))


def test_the_readme_gives_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "python3 dev.py site" in readme
    assert "python3 dev.py test" in readme
