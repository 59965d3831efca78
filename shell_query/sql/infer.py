"""Which columns come out of a statement, and what the names in it fail to mean."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shell_query.sql.lexer import Source
from shell_query.sql.names import fold
from shell_query.sql.parse import Statement, too_deep, tree_of
from shell_query.sql.problem import Problem, SqlRefused, few
from shell_query.sql.resolve import Resolver
from shell_query.sql.types import Field, TableSchema


@dataclass(frozen=True)
class Inference:
    """The output columns in SELECT order, each name once, and what is wrong or unwise."""

    columns: tuple[Field, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors that stand even if Marketing Cloud takes the text: the columns are not known, or clash."""
        return tuple(each for each in self.problems if each.severity == "error" and not each.is_from_metadata)


def infer_columns(statement: Statement, tables: Mapping[str, TableSchema], names: Collection[str] = ()) -> Inference:
    """`tables` are those of `statement.tables` that exist, by TableRef.key or by name in lower case; the system data
    views need not be among them. `names` are those of other tables, one of which may be meant."""
    source = Source(statement.text)
    resolver = Resolver(source, tables, names)
    try:
        output = resolver.outermost(tree_of(source))
    except RecursionError:
        raise SqlRefused((too_deep(),)) from None
    fields: dict[str, Field] = {}
    for column in output:
        fields.setdefault(fold(column.name), column.type.field(column.name))
    return Inference(tuple(fields.values()), few(resolver.problems))
