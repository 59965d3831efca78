"""What stands in FROM: derived tables without a name, names that are taken."""

from collections.abc import Collection, Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.from_clause import is_parenthesis
from shell_query.sql.lexer import Kind, Source
from shell_query.sql.names import fold
from shell_query.sql.places import at_node, reach, span
from shell_query.sql.problem import Problem


def without_alias(tree: exp.Query, source: Source) -> Iterator[Problem]:
    """Marked is the parenthesis behind which the name is missing."""
    taken = {token.upper for token in source.tokens if token.kind is Kind.WORD}
    number = 0
    for subquery in tree.find_all(exp.Subquery):
        holder = subquery.parent
        if not isinstance(holder, exp.From | exp.Join | exp.Lateral) or subquery.alias or holder.alias:
            continue
        if is_parenthesis(subquery) or subquery.args.get("pivots"):
            continue
        number += 1
        while f"D{number}" in taken:
            number += 1
        message = "This subquery in FROM has no name: write one after its closing parenthesis."
        _, end = reach(source, subquery)
        fix = f") AS d{number}"
        yield source.problem(Code.SUBQUERY_WITHOUT_ALIAS, message, start=end - 1, end=end, fix=fix)


def aliases_taken(tree: exp.Query, source: Source) -> Iterator[Problem]:
    for select in tree.find_all(exp.Select):
        seen: set[str] = set()
        prefixes: set[str] | None = None
        for table in sources_of(select):
            name = _exposed(table)
            if name and fold(name) in seen:
                if prefixes is None:
                    prefixes = {fold(column.table) for column in select.find_all(exp.Column)}
                message = f"Two tables of this query are called {name}: give one of them another alias."
                fix = _other(table, name, prefixes)
                yield at_node(source, _named_by(table), Code.DUPLICATE_ALIAS, message, fix=fix)
            seen.add(fold(name))


def sources_of(select: exp.Select) -> Iterator[exp.Expr]:
    """Each table and derived table of this SELECT, those inside the parentheses of a join too."""
    parts = [select.args.get("from_"), *(select.args.get("joins") or ())]
    waiting = [part.this for part in parts if part is not None]
    while waiting:
        node = waiting.pop(0)
        if is_parenthesis(node):
            waiting.insert(0, node.this)
        else:
            yield node
        waiting += [join.this for join in node.args.get("joins") or ()]


def _exposed(table: exp.Expr) -> str:
    """The name by which columns call it. Ent.Orders and Orders are two."""
    if table.args.get("pivots"):
        return ""
    if table.alias:
        return str(table.alias)
    prefix = str(table.args["db"].name) + "." if table.args.get("db") else ""
    return prefix + str(table.name)


def _named_by(table: exp.Expr) -> exp.Expr:
    alias = table.args.get("alias")
    named = alias.this if alias is not None else table.this
    return named if isinstance(named, exp.Expr) and span(named)[1] else table


def _other(table: exp.Expr, name: str, prefixes: Collection[str]) -> str | None:
    """Another alias, where no column is prefixed with this one: whose those would be cannot be told."""
    if fold(name) in prefixes:
        return None
    return f"{name}_2" if table.alias and name.isidentifier() else None
