"""JSON of texts that are not whole: half a surrogate pair, as "\\ud800" in somebody's JSON is read."""

import json
from typing import Any

import pytest

from qspro.renderers import JSONRenderer


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ({"a": "ü\U0001f600"}, '{"a":"ü\U0001f600"}'),
        ({"a": "ü\ud800"}, '{"a":"\\u00fc\\ud800"}'),
        ({"\udfff": ["\u2028"]}, '{"\\udfff":["\\u2028"]}'),
    ],
)
def test_half_a_pair_is_escaped_and_what_is_whole_is_written_as_it_is(data: Any, written: str) -> None:
    rendered = JSONRenderer().render(data)
    assert rendered == written.encode()
    assert json.loads(rendered) == data
