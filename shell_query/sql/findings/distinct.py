"""ORDER BY of rows that are put together: a column that does not come out has many values for each of them."""

from collections.abc import Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.ordering import output_name
from shell_query.sql.places import at_node
from shell_query.sql.problem import Problem
from shell_query.sql.shape import first_select


def orders(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """Of columns alone: whether an expression is the same as another is SQL Server's to say."""
    for query in tree.find_all(exp.Select, exp.SetOperation):
        word, select, order = _word(query), first_select(query), query.args.get("order")
        if word is None or select is None or order is None:
            continue
        for term in (each.this for each in order.expressions):
            if isinstance(term, exp.Column) and output_name(term, select.expressions) is None:
                message = f"With {word}, ORDER BY can only use what is selected: {term.name} is not."
                yield at_node(source, term, Code.DISTINCT_ORDER, message)


def _word(query: exp.Expr) -> str | None:
    if isinstance(query, exp.SetOperation):
        return query.key.upper()
    return "DISTINCT" if query.args.get("distinct") else None
