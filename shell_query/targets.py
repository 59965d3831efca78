"""Whether the rows of a query fit into an existing data extension. Pure: what MCE would refuse, and what it may.

A violation is what cannot go well: MCE refuses it when the query is saved, or would have nowhere to put a column. A
warning is what depends on the rows: it goes well for as long as each value fits. Findings name columns, never values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from shell_query.naming import FOLDER
from shell_query.sql import Field, FieldType, Inference, Problem, Statement, TableRef
from shell_query.sql.codes import Severity
from shell_query.sql.names import fold
from shell_query.sql.types import as_text, of_field, whole_and_scale

OUR_KEYS = "qpp_"


class UpdateType(StrEnum):
    """How rows get into a target, in MCE's words."""

    OVERWRITE = "Overwrite"
    APPEND = "Append"
    UPDATE = "Update"


@dataclass(frozen=True)
class TargetField:
    """A column of a target. `is_known` is false where MCE gave a type that we do not know."""

    column: Field
    is_required: bool = False
    is_primary_key: bool = False
    has_default: bool = False
    is_known: bool = True

    @property
    def must_be_given(self) -> bool:
        return self.is_primary_key or (self.is_required and not self.has_default)


@dataclass(frozen=True)
class Target:
    """A data extension to write into, as MCE has it."""

    key: str
    name: str
    is_sendable: bool
    folder_name: str
    fields: tuple[TargetField, ...]

    @property
    def is_ours(self) -> bool:
        """One of ours is another run's results, and is deleted behind it."""
        return fold(self.key).startswith(OUR_KEYS) or self.folder_name == FOLDER


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, or may not. `field` is the request's."""

    code: str
    field: str
    message: str
    severity: Severity = "error"

    @property
    def is_about_target(self) -> bool:
        return self.code.startswith("target_")

    def as_json(self) -> dict[str, str]:
        """As a run keeps it and the API shows it."""
        return {name: value for name, value in asdict(self).items() if name != "severity"}


KEY, UPDATE_TYPE, SQL = "targetDataExtension.customerKey", "targetDataExtension.updateType", "sqlText"


def of_sql(problem: Problem) -> Finding:
    message = f"{problem.message} (line {problem.line}, column {problem.column})"
    return Finding(problem.code, SQL, message, problem.severity)


def findings_of(
    target: Target | None, update_type: UpdateType, statement: Statement, inference: Inference
) -> list[Finding]:
    """What is wrong or unwise about this statement, and about its rows in this target."""
    return [
        *map(of_sql, (*statement.warnings, *inference.problems)),
        *findings(
            target,
            update_type=update_type,
            columns=None if inference.errors else inference.columns,
            tables=statement.tables,
        ),
    ]


def findings(
    target: Target | None,
    *,
    update_type: UpdateType,
    columns: Sequence[Field] | None,
    tables: Sequence[TableRef],
) -> list[Finding]:
    """Everything at once. `columns` is None where they could not be told: then only the target itself is looked at."""
    if target is None:
        return [Finding("target_not_found", KEY, "There is no data extension with this customer key.")]
    found = [*of_target(target, update_type), *of_reading(target, update_type, tables)]
    if columns is not None:
        found += of_columns(target, columns)
    return found


def of_target(target: Target, update_type: UpdateType) -> Iterator[Finding]:
    if target.is_ours:
        message = "This data extension is a run's own results, and is deleted behind it: choose one of yours."
        yield Finding("target_is_ours", KEY, message)
    if update_type is not UpdateType.UPDATE:
        return
    if not any(field.is_primary_key for field in target.fields):
        message = "Update needs a primary key to tell which row is meant, and this data extension has none."
        yield Finding("target_without_key", UPDATE_TYPE, message)
    if target.is_sendable:
        # docs/mce-facts.md 6, seen live: "Could not build exclusion text for unknown subscriber field type".
        message = "Marketing Cloud refuses Update on a sendable data extension: use Overwrite or Append."
        yield Finding("target_is_sendable", UPDATE_TYPE, message)


def of_reading(target: Target, update_type: UpdateType, tables: Sequence[TableRef]) -> Iterator[Finding]:
    if update_type is UpdateType.UPDATE:
        return
    for table in tables:
        if fold(table.name) != fold(target.name):
            continue
        if table.enterprise:
            # In the parent business unit a shared data extension is an own one too; elsewhere it is another.
            message = f"{update_type} may not read what it writes: Ent.{table.name} must be another data extension."
            yield Finding("target_read", UPDATE_TYPE, message, "warning")
        else:
            message = f"{update_type} may not read {table.name}, into which it writes: only Update may."
            yield Finding("target_read", UPDATE_TYPE, message)


def of_columns(target: Target, columns: Sequence[Field]) -> Iterator[Finding]:
    there = {fold(field.column.name): field for field in target.fields}
    given = {fold(column.name) for column in columns}
    for column in columns:
        field = there.get(fold(column.name))
        if field is None:
            message = f"{target.name} has no field {column.name}: leave the column out, or name it with AS."
            yield Finding("target_field_missing", SQL, message)
        else:
            yield from of_fit(column, field)
    for field in target.fields:
        if fold(field.column.name) not in given:
            yield from of_absence(field)


def of_absence(field: TargetField) -> Iterator[Finding]:
    """A field of the target that the query does not give."""
    name = field.column.name
    if field.must_be_given:
        kind = "part of the primary key" if field.is_primary_key else "required"
        yield Finding("target_field_required", SQL, f"{name} is {kind}: select a column of this name.")
    elif field.is_required:
        message = f"{name} is required and is not selected: Marketing Cloud has to put in its default."
        yield Finding("target_field_required", SQL, message, "warning")


def of_fit(column: Field, field: TargetField) -> Iterator[Finding]:
    """Whether values of the column's type go into the field, as T-SQL's INSERT converts them."""
    if (column.type, field.column.type) in IMPOSSIBLE:
        message = f"{column.name} is a {column.type} and cannot be written into a {field.column.type}: convert it."
        yield Finding("target_type", SQL, message)
    elif reason := doubt(column, field):
        yield Finding("target_type", SQL, f"{column.name} {reason}.", "warning")


# T-SQL does not convert a date to a number at all, and takes a number for days since 1900, which nobody means.
NOT_DATES = (FieldType.NUMBER, FieldType.DECIMAL, FieldType.BOOLEAN)
IMPOSSIBLE = frozenset(pair for kind in NOT_DATES for pair in ((FieldType.DATE, kind), (kind, FieldType.DATE)))

EACH_VALUE = {
    FieldType.EMAIL_ADDRESS: "an e-mail address",
    FieldType.PHONE: "a phone number",
    FieldType.LOCALE: "a locale",
    FieldType.NUMBER: "a whole number",
    FieldType.DECIMAL: "a number",
    FieldType.DATE: "a date",
    FieldType.BOOLEAN: "true or false",
}


def doubt(column: Field, field: TargetField) -> str:
    """What could go wrong with some rows, in words that follow the column's name; "" for nothing."""
    there = field.column
    if not field.is_known:
        return "goes into a field of a type that we do not know"
    if of_field(there).is_text:
        return doubt_of_text(column, there)
    if of_field(column).is_text:
        return f"is a text: each value must be {EACH_VALUE[there.type]}"
    if there.type in {FieldType.NUMBER, FieldType.DECIMAL} and column.type is not FieldType.BOOLEAN:
        return doubt_of_number(column, there)
    if there.type is FieldType.BOOLEAN and column.type is not FieldType.BOOLEAN:
        return "is a number: everything but 0 becomes true"
    return ""


def doubt_of_text(column: Field, there: Field) -> str:
    if column.type is FieldType.DATE:
        return "is a date, which Marketing Cloud writes in a form of its own: use CONVERT with a style"
    if there.type not in {column.type, FieldType.TEXT}:
        return f"is a {column.type}: each value must be {EACH_VALUE[there.type]}"
    longest, room = as_text(of_field(column)).length or 0, of_field(there).length or 0
    return f"can have {longest} characters, and the field holds {room}" if longest > room else ""


def doubt_of_number(column: Field, there: Field) -> str:
    whole, scale = whole_and_scale(of_field(column))
    room, places = whole_and_scale(of_field(there))
    if scale > places:
        return f"can have {scale} digits after the point, and the field holds {places}"
    return f"can have {whole} digits before the point, and the field holds {room}" if whole > room else ""


def typed_by(target: Target, columns: Sequence[Field]) -> list[Field]:
    """The columns with the query's names in its order, and the types of the target: that is how its rows are read."""
    there = {fold(field.column.name): field.column for field in target.fields}
    return [replace(there[fold(column.name)], name=column.name) for column in columns]
