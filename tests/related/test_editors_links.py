"""Related articles against what editors of a real collection linked themselves."""

import json

import pytest

from sitegen.catalog.related import RelatedIndex
from sitegen.content.article import parse_article
from sitegen.content.parsing import ParseSettings
from sitegen.model import Article


@pytest.mark.shared
def test_five_neighbours_name_three_fifths_of_what_the_editors_of_a_real_collection_linked(shared_data):
    """As the collection's own scorer counts; shared tags alone, as Hugo ranks, give .393."""
    folder = shared_data / "collections" / "18f"
    rows = []
    for line in (folder / "articles.jsonl").read_text("utf-8").splitlines():
        each = json.loads(line)
        head = {"title": each["title"], "date": each["date"], "summary": each["summary"], "tags": each["tags"]}
        matter = "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items() if value)
        text = f"---\n{matter}\n---\n\n{each['markdown_no_anchors']}\n"
        read = parse_article(f"{each['id']}.md", text.encode(), ParseSettings())
        assert isinstance(read, Article)
        rows.append((each["id"], read.keys.date and read.keys.date.epoch, read.terms))
    index = RelatedIndex.build(rows)
    table = index.top()
    found = [{index.ids[other] for other, _ in table.row(row)[:5]} for row in range(len(index))]
    links = json.loads((folder / "truth.json").read_text("utf-8"))["links"]
    shares = [len(found[index.ids.index(id)] & set(to)) / min(5, len(to)) for id, to in links.items()]

    assert sum(shares) / len(shares) >= 0.6
