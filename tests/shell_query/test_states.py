from shell_query.states import ACTIVE, FINAL, MOVES, Status, sources


def test_every_state_is_active_or_final_and_none_is_both() -> None:
    assert set(Status) == ACTIVE | FINAL
    assert not ACTIVE & FINAL


def test_nothing_leads_out_of_a_final_state() -> None:
    assert {status: MOVES[status] for status in FINAL} == dict.fromkeys(FINAL, frozenset())


def test_sources_are_the_moves_read_backwards() -> None:
    assert sources(Status.RUNNING) == {Status.QUEUED}
    assert sources(Status.READY) == {Status.RUNNING}
    assert sources(Status.CANCELED) == {Status.QUEUED, Status.RUNNING}
    assert sources(Status.QUEUED) == frozenset()
