"""JSON of which a part cannot be read."""

import pytest
from lowincome.sources.legible import is_legible, loosely, written


@pytest.mark.parametrize("body", [b'{"a": "\xff"}', '{"a": "张"}'.encode()[:-3] + b'"}', b'{"a": "\\ud800"}',
                                  b'{"a": "\\udc00\\ud800"}', b'{"\\ud800": 1}'])
def test_what_cannot_be_read_leaves_the_rest_and_is_told(body: bytes) -> None:
    value = loosely(body)
    assert len(value) == 1
    assert not is_legible(value)


@pytest.mark.parametrize(("body", "value"), [
    ('{"a": "张𫖯�"}'.encode(), {"a": "张𫖯�"}), (b'{"a": "\\ud86d\\uddaf"}', {"a": "𫖯"}),
    (b"[1.5, 12, 1e2]", [1.5, 12, 100])])
def test_what_can_be_read_is_read_and_written_as_it_is(body: bytes, value: object) -> None:
    assert loosely(body) == value
    assert is_legible(value)
    assert loosely(written(value)) == value


@pytest.mark.parametrize("body", [b"", b'{"a": ', b"<html>", b'{"a": NaN}', b"[-Infinity]", b"[" * 100_000])
def test_what_is_no_json_is_none(body: bytes) -> None:
    with pytest.raises(ValueError):
        loosely(body)
