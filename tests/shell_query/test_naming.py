"""Names and keys within what MCE takes (docs/mce-facts.md 2)."""

from uuid import UUID

import pytest

from shell_query.naming import (
    data_extension_key,
    data_extension_name,
    query_key,
    query_name,
    run_of_data_extension,
    run_of_query,
)

RUN = UUID("0123456789abcdef0123456789abcdef")


def test_the_snippet_names_the_data_extension() -> None:
    assert data_extension_name(RUN, "Top customers") == "QPP_Top customers_0123"


def test_without_a_snippet_it_is_results() -> None:
    assert data_extension_name(RUN, "") == "QPP_Results_0123"


def test_what_marketing_cloud_refuses_in_a_name_is_left_out() -> None:
    assert data_extension_name(RUN, "a/b: <c>, ünï & 'd'!") == "QPP_a b c ünï d_0123"


def test_a_snippet_of_nothing_but_refused_marks_is_results() -> None:
    assert data_extension_name(RUN, "!?/") == "QPP_Results_0123"


@pytest.mark.parametrize(("attempt", "tail"), [(0, "0123"), (1, "01234567"), (2, RUN.hex)])
def test_a_taken_name_is_followed_by_a_longer_hash(attempt: int, tail: str) -> None:
    assert data_extension_name(RUN, "x", attempt=attempt) == f"QPP_x_{tail}"


@pytest.mark.parametrize("attempt", [0, 1, 2])
def test_a_long_snippet_is_cut_and_the_hash_kept_whole(attempt: int) -> None:
    name = data_extension_name(RUN, "x" * 100, attempt=attempt)
    assert len(name) == 100
    assert name.endswith("_" + RUN.hex[: (4, 8, 32)[attempt]])


def test_keys_hold_the_whole_run_id_in_36_characters() -> None:
    assert (data_extension_key(RUN), query_key(RUN)) == (f"QPP_{RUN.hex}", f"QPQ_{RUN.hex}")
    assert {len(data_extension_key(RUN)), len(query_key(RUN))} == {36}


def test_the_query_is_named_after_the_run() -> None:
    assert query_name(RUN) == f"QPP_Query_{RUN}"


@pytest.mark.parametrize("attempt", [0, 1, 2])
def test_the_run_of_what_was_made_for_it_is_found_again(attempt: int) -> None:
    name = data_extension_name(RUN, "Top customers", attempt=attempt)
    assert run_of_data_extension(data_extension_key(RUN), name) == RUN
    assert run_of_query(query_key(RUN), query_name(RUN)) == RUN


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (f"QPP_{RUN.hex}", "Renamed"),
        (f"QPP_{RUN.hex}", "QPP_Results_4567"),
        (f"QPP_{RUN.hex}", f"Results_{RUN.hex}"),
        (f"QPP_{RUN.hex[:-1]}", "QPP_Results_0123"),
        (f"QPP_{RUN.hex}0", "QPP_Results_0123"),
        (f"qpp_{RUN.hex}", "QPP_Results_0123"),
        (f"QPP_{RUN.hex.upper()}", "QPP_Results_0123"),
        (f"QPQ_{RUN.hex}", "QPP_Results_0123"),
        (f"QPP_{RUN.hex}\n", "QPP_Results_0123"),
        ("QPP_Orders", "QPP_Orders"),
        ("", ""),
    ],
)
def test_what_is_not_named_as_we_name_data_extensions_is_nobodys(key: str, name: str) -> None:
    assert run_of_data_extension(key, name) is None


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (f"QPQ_{RUN.hex}", "Renamed"),
        (f"QPQ_{RUN.hex}", f"QPP_Query_{RUN.hex}"),
        (f"QPP_{RUN.hex}", f"QPP_Query_{RUN}"),
        ("QPQ_Orders", f"QPP_Query_{RUN}"),
    ],
)
def test_what_is_not_named_as_we_name_queries_is_nobodys(key: str, name: str) -> None:
    assert run_of_query(key, name) is None
