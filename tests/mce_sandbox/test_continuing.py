"""What waits for a ContinueRequest: given out once, to its own account, and never more than memory holds."""

from mce_sandbox.soap.continuing import KEEP, KEEP_OBJECTS, Continuations, Found, Rest


def rest(objects: int = 1, mid: int = 7) -> Rest:
    return Rest(mid, [Found(str, each) for each in range(objects)], 2)


def test_a_rest_is_given_out_once_and_to_its_own_account() -> None:
    waiting = Continuations()
    waiting.keep("a", rest())
    assert waiting.take("a", 8) is None
    assert waiting.take("a", 7) is not None
    assert waiting.take("a", 7) is None


def test_batches_are_written_as_they_are_sent() -> None:
    first, left = rest(3).batch()
    assert first == ["0", "1"]
    assert left is not None
    assert left.batch() == (["2"], None)


def test_the_oldest_go_when_there_are_too_many() -> None:
    waiting = Continuations()
    for number in range(KEEP + 1):
        waiting.keep(str(number), rest())
    assert waiting.take("0", 7) is None
    assert waiting.take("1", 7) is not None


def test_the_oldest_go_when_they_are_too_large_together() -> None:
    waiting = Continuations()
    third = KEEP_OBJECTS // 3 + 1
    for name in ("a", "b", "c"):
        waiting.keep(name, rest(third))
    assert [waiting.take(name, 7) is None for name in ("a", "b", "c")] == [True, False, False]
