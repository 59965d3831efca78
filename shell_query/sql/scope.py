"""Which columns can be seen from a place in the query, and which one a name means."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from shell_query.sql.codes import Code
from shell_query.sql.names import bracketed, fold
from shell_query.sql.types import UNKNOWN, ValueType


@dataclass(frozen=True)
class Column:
    """A column that comes out of a table or a query. A column without a name is the number of its place."""

    name: str
    type: ValueType
    nullable: bool = True


@dataclass(frozen=True)
class Relation:
    """Something in FROM. `columns` are None where the table is not known: then it may have any. `is_guess`: they are
    those of another table of the same name, and it may have others."""

    alias: str
    columns: tuple[Column, ...] | None
    is_data_view: bool = False
    is_guess: bool = False

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        """In lower case; of two with one name the first."""
        return {fold(column.name): column for column in reversed(self.columns or ())}

    def column(self, name: str) -> Column | None:
        return self._by_name.get(fold(name))


@dataclass(frozen=True)
class Meaning:
    """What a name means: its type, and where it means nothing or too much, why. Then `fix` is what to write instead,
    or one of `candidates` is what was probably meant: they can be many, and are gone through once, if at all."""

    type: ValueType
    code: Code | None = None
    message: str = ""
    fix: str | None = None
    candidates: Iterable[str] = ()
    is_known: bool = False
    nullable: bool = False


@dataclass
class Scope:
    relations: list[Relation] = field(default_factory=list)
    outer: "Scope | None" = None

    def chain(self) -> Iterator["Scope"]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def relation(self, alias: str) -> Relation | None:
        """The nearest one of that name, also of a query around this one."""
        for scope in self.chain():
            for relation in scope.relations:
                if fold(relation.alias) == fold(alias):
                    return relation
        return None

    def owner(self, name: str, table: str) -> Relation | None:
        """Whose column this is, where that is clear."""
        if table:
            return self.relation(table)
        for scope in self.chain():
            if owners := [relation for relation in scope.relations if relation.column(name)]:
                return owners[0] if len(owners) == 1 else None
        return None

    def meaning(self, name: str, table: str) -> Meaning:
        return self._qualified(name, table) if table else self._plain(name)

    def _qualified(self, name: str, table: str) -> Meaning:
        relation = self.relation(table)
        if relation is None:
            aliases = (relation.alias for scope in self.chain() for relation in scope.relations)
            message = f"{table} is not a table or alias of this query."
            return Meaning(UNKNOWN, Code.UNKNOWN_ALIAS, message, candidates=aliases)
        if relation.columns is None:
            return Meaning(UNKNOWN)
        column = relation.column(name)
        if column is None and relation.is_guess:
            return Meaning(UNKNOWN)
        if column is None:
            known = (column.name for column in relation.columns)
            return _unknown_column(name, f" in {relation.alias}", known)
        return _known(column)

    def _plain(self, name: str) -> Meaning:
        for scope in self.chain():
            owners = [relation for relation in scope.relations if relation.column(name)]
            found = [column for owner in owners if (column := owner.column(name))]
            if len(found) > 1:
                among = " and ".join(owner.alias for owner in owners)
                message = f"{name} is ambiguous: {among} have it. Write {owners[0].alias}.{name}."
                fix = f"{bracketed(owners[0].alias)}.{bracketed(name)}"
                return Meaning(found[0].type, Code.AMBIGUOUS_COLUMN, message, fix)
            if found:
                return _known(found[0])
            if any(relation.columns is None or relation.is_guess for relation in scope.relations):
                return Meaning(UNKNOWN)
        known = (
            column.name for scope in self.chain() for relation in scope.relations for column in relation.columns or ()
        )
        return _unknown_column(name, "", known)


def _known(column: Column) -> Meaning:
    return Meaning(column.type, is_known=True, nullable=column.nullable)


def _unknown_column(name: str, where: str, known: Iterable[str]) -> Meaning:
    if name.startswith("_"):
        # Marketing Cloud has hidden columns in every data extension, _CustomObjectKey for one.
        message = f"{name}{where} is not a column that we know; Marketing Cloud may."
        return Meaning(UNKNOWN, Code.UNLISTED_COLUMN, message, candidates=known)
    return Meaning(UNKNOWN, Code.UNKNOWN_COLUMN, f"Invalid column name '{name}'{where}.", candidates=known)


MOST_NEAREST = 20
"""A text can have thousands of unknown names, and an account thousands of tables: it is looked for so often only."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name that was probably meant."""
    by_folded = {fold(other): other for other in known}
    found = difflib.get_close_matches(fold(name), by_folded, n=1, cutoff=0.7)
    return by_folded[found[0]] if found else None
