"""Comments below an article: threads from a data file, and nothing in them runs."""

import pytest

from sitegen.theme.comments import MAX_DEPTH, Comment, talk_from


def nested(comment: Comment) -> list[object]:
    return [comment.id, *(nested(answer) for answer in comment.replies)]


def test_answers_stand_below_what_they_answer() -> None:
    talk = talk_from(
        [{"id": "1"}, {"id": "2", "parent": "1"}, {"id": "3"}, {"id": "4", "parent": "2"}, {"id": "5", "parent": "1"}]
    )
    assert [nested(comment) for comment in talk.comments] == [["1", ["2", ["4"]], ["5"]], ["3"]]
    assert talk.count == 5


@pytest.mark.parametrize(
    "value",
    [None, 7, "text", {}, [], [1, "a", None], [{"id": ["x"], "html": 3, "date": "never", "url": "javascript:1"}],
     [{"id": "1", "parent": "1"}], [{"id": "1", "parent": "2"}, {"id": "2", "parent": "1"}],
     [{"id": "1"}, {"id": "1", "parent": "1"}]],
)  # fmt: skip
def test_a_file_of_another_shape_breaks_nothing_and_loses_no_comment(value: object) -> None:
    def count(comment: Comment) -> int:
        return 1 + sum(map(count, comment.replies))

    talk = talk_from(value)
    assert sum(map(count, talk.comments)) == talk.count
    assert all(not comment.url for comment in talk.comments)


def test_threads_are_no_deeper_than_a_page_can_show() -> None:
    def depth(comment: Comment) -> int:
        return 1 + max(map(depth, comment.replies), default=0)

    talk = talk_from([{"id": str(n), "parent": str(n - 1)} for n in range(5000)])
    assert depth(talk.comments[0]) == MAX_DEPTH + 1


@pytest.mark.parametrize(
    "html",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">x</a>',
     "<iframe src=//evil.example></iframe>", "<svg onload=alert(1)>", "</div></section><style>*{display:none}</style>",
     '<p style="position:fixed">x</p>', "<form action=//evil.example><input></form>"],
)  # fmt: skip
def test_nothing_in_a_comment_runs_or_loads(html: str) -> None:
    (comment,) = talk_from([{"id": "1", "html": html}]).comments
    for bad in ("<script", "<img", "javascript:", "<iframe", "<svg", "<style", "style=", "onerror", "<form", "</div>"):
        assert bad not in comment.html


def test_a_link_whose_address_was_taken_out_is_its_words() -> None:
    (comment,) = talk_from(
        [{"id": "1", "html": 'An <a href="javascript:x" title="y">old <b>bell</b></a> <a href="/z">rings</a>.'}]
    ).comments
    assert comment.html == 'An old <b>bell</b> <a href="/z" rel="nofollow ugc noopener">rings</a>.'
