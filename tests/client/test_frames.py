from qspro_client.frames import frames


def test_frames_are_read_comments_are_signs_of_life_and_what_is_cut_off_is_nothing() -> None:
    sent = [
        ": keep-alive",
        "",
        "id: 1",
        "event: status",
        'data: {"status": "queued"}',
        "",
        "event: hello",
        "data: x",
        "",
    ]
    cut_off = ["id: 2", "event: status", 'data: {"status": "run']
    assert list(frames([*sent, *cut_off])) == [None, (1, {"status": "queued"})]
