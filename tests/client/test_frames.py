from qspro_client.frames import frames


def test_frames_are_read_and_comments_and_what_is_cut_off_are_not() -> None:
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
    assert list(frames([*sent, *cut_off])) == [(1, {"status": "queued"})]
