"""Which columns fit into which target: a table of findings. Pure."""

from dataclasses import replace

import pytest

from shell_query.sql import Field, FieldType, parse
from shell_query.targets import Finding, Target, TargetField, UpdateType, findings, typed_by
from tests.shell_query.sql.test_infer import field, fields

OVERWRITE, APPEND, UPDATE = UpdateType.OVERWRITE, UpdateType.APPEND, UpdateType.UPDATE


def target(written: str, **how: object) -> Target:
    """`Id N key, Name T50 required, Status T10 default`."""
    made = Target("audience", "Audience", is_sendable=False, folder_name="Audiences", fields=read(written))
    return replace(made, **how)  # type: ignore[arg-type]


def read(written: str) -> tuple[TargetField, ...]:
    return tuple(read_one(part.strip()) for part in written.split(","))


def read_one(written: str) -> TargetField:
    words = [word for word in written.split() if word in {"key", "required", "default"}]
    column = field(" ".join(word for word in written.split() if word not in words))
    return TargetField(
        column,
        is_required=bool(words),
        is_primary_key="key" in words,
        has_default="default" in words,
    )


def found(
    there: Target | None, columns: str = "Id N", *, update_type: UpdateType = OVERWRITE, sql: str = "SELECT Id FROM T"
) -> list[Finding]:
    tables = parse(sql, max_characters=1000).tables
    return findings(there, update_type=update_type, columns=fields(columns), tables=tables)


def told(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.code) for finding in found]


def test_columns_that_fit_are_found_by_name_without_regard_to_case_or_order() -> None:
    assert found(target("Id N key, FullName T50 required, Born D"), "born D, FULLNAME T50, id N") == []


def test_a_target_that_is_not_there_is_the_one_thing_told() -> None:
    assert told(found(None, "Nope N")) == [("error", "target_not_found")]


@pytest.mark.parametrize(
    "how", [{"key": "QPP_0123456789abcdef"}, {"key": "qpp_x"}, {"folder_name": "QueryPlusPlus Results"}]
)
def test_a_data_extension_of_ours_is_no_target(how: dict[str, str]) -> None:
    assert told(found(target("Id N", **how))) == [("error", "target_is_ours")]


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    there = target("Id N key, Name T50 required, Born D", key="qpp_x", is_sendable=True)
    assert [(each.field, each.message) for each in found(there, "Born N, Nope T5, Other B", update_type=UPDATE)] == [
        (
            "targetDataExtension.customerKey",
            "This data extension is a run's own results, and is deleted behind it: choose one of yours.",
        ),
        (
            "targetDataExtension.updateType",
            "Marketing Cloud refuses Update on a sendable data extension: use Overwrite or Append.",
        ),
        ("sqlText", "Born is a Number and cannot be written into a Date: convert it."),
        ("sqlText", "Audience has no field Nope: leave the column out, or name it with AS."),
        ("sqlText", "Audience has no field Other: leave the column out, or name it with AS."),
        ("sqlText", "Id is part of the primary key: select a column of this name."),
        ("sqlText", "Name is required: select a column of this name."),
    ]


@pytest.mark.parametrize(
    ("there", "severities"),
    [
        ("Id N, Name T50", []),
        ("Id N, Name T50 required", ["error"]),
        ("Id N, Name T50 required default", ["warning"]),
        ("Id N, Name T50 key default", ["error"]),
    ],
)
def test_a_field_that_is_not_given_may_be_needed(there: str, severities: list[str]) -> None:
    assert told(found(target(there))) == [(severity, "target_field_required") for severity in severities]


@pytest.mark.parametrize("update_type", [OVERWRITE, APPEND])
@pytest.mark.parametrize("sql", ["SELECT Id FROM audience", "SELECT t.Id FROM T t JOIN [AUDIENCE] a ON a.Id = t.Id"])
def test_only_update_reads_what_it_writes(update_type: UpdateType, sql: str) -> None:
    there = target("Id N key")
    assert told(found(there, update_type=update_type, sql=sql)) == [("error", "target_read")]
    assert found(there, update_type=UPDATE, sql=sql) == []


def test_a_shared_data_extension_of_the_same_name_may_be_another() -> None:
    assert told(found(target("Id N key"), sql="SELECT Id FROM Ent.Audience")) == [("warning", "target_read")]


def test_update_needs_a_primary_key_and_nothing_sendable() -> None:
    there = target("Id N", is_sendable=True)
    assert told(found(there, update_type=UPDATE)) == [
        ("error", "target_without_key"),
        ("error", "target_is_sendable"),
    ]
    assert found(there, update_type=OVERWRITE) == found(there, update_type=APPEND) == []


def test_without_columns_the_target_alone_is_looked_at() -> None:
    there = target("Id N key", is_sendable=True)
    alone = findings(there, update_type=UPDATE, columns=None, tables=())
    assert told(alone) == [("error", "target_is_sendable")]


FITS = """
T50 T50, T50 T, E254 T254, P50 T50, L5 T5, N T11, B T5, X18.2 T21, E254 E254, P50 P50, L5 L5, N N, N X18.2, N X12.2,
X10.2 X18.4, B B, B N, B X5.2, D D, X10.0 N
"""
DOUBTFUL = """
T51 T50, T T50, E254 T100, N T10, B T4, X18.2 T20, D T50, T254 E254, T20 P50, T5 L5, N E254, N X11.2, X18.2 N,
X18.2 X17.2, X18.3 X18.2, X12.0 N, T50 N, T50 X18.2, T50 D, T50 B, N B, X18.2 B
"""
IMPOSSIBLE = "D N, D X18.2, D B, N D, X18.2 D, B D"


def pairs(written: str) -> list[tuple[str, str]]:
    """`N T11, ...`: a column's type and a field's."""
    return [(pair.split()[0], pair.split()[1]) for pair in written.replace("\n", " ").split(",")]


@pytest.mark.parametrize(
    ("column", "there", "severities"),
    [
        *((*pair, []) for pair in pairs(FITS)),
        *((*pair, ["warning"]) for pair in pairs(DOUBTFUL)),
        *((*pair, ["error"]) for pair in pairs(IMPOSSIBLE)),
    ],
)
def test_types_and_lengths(column: str, there: str, severities: list[str]) -> None:
    outcome = found(target(f"A {there}"), f"A {column}")
    assert told(outcome) == [(severity, "target_type") for severity in severities]


@pytest.mark.parametrize(
    ("column", "there", "message"),
    [
        ("T51", "T50", "A can have 51 characters, and the field holds 50."),
        ("X18.3", "X18.2", "A can have 3 digits after the point, and the field holds 2."),
        ("X18.2", "X10.2", "A can have 16 digits before the point, and the field holds 8."),
        ("T50", "D", "A is a text: each value must be a date."),
        ("T50", "E254", "A is a Text: each value must be an e-mail address."),
        ("N", "B", "A is a number: everything but 0 becomes true."),
        ("D", "T50", "A is a date, which Marketing Cloud writes in a form of its own: use CONVERT with a style."),
    ],
)
def test_a_doubt_says_what_must_be_so(column: str, there: str, message: str) -> None:
    assert [finding.message for finding in found(target(f"A {there}"), f"A {column}")] == [message]


def test_a_field_of_a_type_that_nobody_knows_is_a_doubt() -> None:
    there = target("A T50", fields=(TargetField(field("A T50"), is_known=False),))
    assert told(found(there, "A N")) == [("warning", "target_type")]


def test_rows_are_read_in_the_querys_order_and_names_with_the_targets_types() -> None:
    there = target("Id N key, Amount X18.2, Born D")
    assert typed_by(there, fields("born T50, AMOUNT N")) == [
        Field("born", FieldType.DATE),
        Field("AMOUNT", FieldType.DECIMAL, 18, 2),
    ]
