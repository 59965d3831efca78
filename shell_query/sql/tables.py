"""Which data extensions and data views a query reads."""

from dataclasses import dataclass

from sqlglot import exp

from shell_query.sql.lexer import Source
from shell_query.sql.names import fold
from shell_query.sql.places import span


@dataclass(frozen=True)
class TableRef:
    """A table as the query names it first, brackets stripped. `enterprise`: prefixed `Ent.`, shared by the parent."""

    name: str
    enterprise: bool
    line: int
    column: int

    @property
    def key(self) -> str:
        """Without regard to case: `orders`, or `ent.orders`."""
        return table_key(self.name, enterprise=self.enterprise)


def table_key(name: str, *, enterprise: bool) -> str:
    return f"ent.{fold(name)}" if enterprise else fold(name)


def is_enterprise(table: exp.Table) -> bool:
    return str(table.db).lower() == "ent"


def tables_of(tree: exp.Query, source: Source) -> tuple[TableRef, ...]:
    """Each table once, in the order of the text."""
    found: dict[str, TableRef] = {}
    named = [table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier)]
    for table in sorted(named, key=lambda table: span(table.this)):
        line, column = source.place(span(table.this)[0])
        ref = TableRef(str(table.name), is_enterprise(table), line, column)
        found.setdefault(ref.key, ref)
    return tuple(found.values())
