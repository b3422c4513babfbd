"""What is read at sight is what the parser composes."""

from hypothesis import given
from hypothesis import strategies as st

from sitegen.notation.at_sight import read_at_sight
from sitegen.notation.compose import compose
from sitegen.notation.nodes import Quoted

KEYS = st.sampled_from(("title", "date", "tags", "a", "null", "true", "A_b1", "<<", "x-y", "1", "", "é"))
WORDS = st.sampled_from(
    ("a", "12:30", "2024-05-14T10:00:00Z", "null", "~", "No", "a: b", "a:b", "a #b", "a#b", "x:", "it's", "水", "é",
     "1.10", "[", "]", "{", "}", ",", ", ", '"', "'", "&x", "*x", "!t", "|", ">", "- ", "?", "%", "@", "\\", " ", "\t",
     "\xa0", "\u2028", "\x85", "\ufeff", "😀", "#", ":", ": ", "NULL")
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=4).map("".join) | st.text(max_size=12)
QUOTES = st.builds(lambda text, mark: f"{mark}{text}{mark}", TEXTS, st.sampled_from("\"'"))
LISTS = st.builds(
    lambda items, comma: f"[{comma.join(items)}]", st.lists(TEXTS | QUOTES, max_size=4), st.sampled_from((", ", ","))
)
VALUES = TEXTS | QUOTES | LISTS
LINES = st.builds(lambda key, colon, value: key + colon + value, KEYS, st.sampled_from((": ", ":", ":  ")), VALUES)
USUAL = st.builds(lambda key, value: f"{key}: {value}", st.sampled_from("abcdef"), VALUES)
BLOCKS = USUAL | st.lists(USUAL | LINES | st.sampled_from(("", "- a", "  b", "---", "# c")), max_size=4).map("\n".join)


def told(value):
    """A value with what its type says of it."""
    if isinstance(value, dict):
        return {key: told(item) for key, item in value.items()}
    if isinstance(value, list):
        return [told(item) for item in value]
    return type(value), value


@given(BLOCKS, st.sampled_from(("", "\n")))
def test_what_is_read_at_sight_is_what_the_parser_composes(block, end):
    text = block.replace("\r\n", "\n").replace("\r", "\n") + end
    seen = read_at_sight(text)

    if seen is not None:
        value, faults = compose(text)
        assert told(seen) == told(value)
        assert list(seen) == list(value)
        assert not faults


def test_usual_front_matter_is_read_at_sight():
    text = (
        'title: "The ferry, at last"\nslug: the-ferry\ndate: 2024-05-14T09:30:00Z\ntags: [harbour, "old town"]\n'
        "author: A. Writer\nurl: https://example.org/a#b\nsummary: Boats & people\nnote:\nempty: []\n"
    )

    assert read_at_sight(text) == {
        "title": Quoted("The ferry, at last"),
        "slug": "the-ferry",
        "date": "2024-05-14T09:30:00Z",
        "tags": ["harbour", Quoted("old town")],
        "author": "A. Writer",
        "url": "https://example.org/a#b",
        "summary": "Boats & people",
        "note": None,
        "empty": [],
    }
