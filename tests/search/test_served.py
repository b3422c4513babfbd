"""The preview serves the index that a build would write, made when it is first asked for."""

import pytest

from sitegen.build.live import Live
from sitegen.build.live.preview import LiveOptions
from sitegen.catalog.published import Audience
from tests.search.conftest import AS_OF

pytestmark = pytest.mark.slow


def test_the_index_that_is_served_is_the_index_that_is_built_also_after_an_edit(searchable):
    live = Live(searchable.root, searchable.root / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        for body in ("", "The mill has a new wheel, and a cat.\n"):
            if body:
                searchable.article("mill", body=body)
                searchable.article("nan", draft="true")
            assert not searchable.build(audience=Audience(drafts=True, future=True)).failed

            served = {path: live.page(f"/pagefind/{path}") for path in searchable.index()}

            assert {path: page.content for path, page in served.items()} == searchable.index()
            assert served["pagefind.js"].type.startswith("text/javascript")
        assert live.page("/pagefind/nothing.pf_index").status == 404
    finally:
        live.close()
