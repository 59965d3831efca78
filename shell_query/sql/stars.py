"""A star whose columns clash, and the list that could stand in its place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shell_query.sql.names import bracketed, fold
from shell_query.sql.scope import Relation


@dataclass(frozen=True)
class Clash:
    """The first name that comes out twice, and the columns written out, the second ones with a name of their own."""

    name: str
    mended: str


def clash_of(relations: Sequence[Relation], taken: Collection[str]) -> Clash | None:
    used, first, items = set(taken), "", []
    for relation in relations:
        for column in relation.columns or ():
            item = f"{bracketed(relation.alias)}.{bracketed(column.name)}"
            if fold(column.name) in used:
                first = first or column.name
                item += f" AS {bracketed(f'{relation.alias}_{column.name}')}"
            used.add(fold(column.name))
            items.append(item)
    return Clash(first, ", ".join(items)) if first else None
