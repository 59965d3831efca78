"""What the tree says about the list of a SELECT: names and stars."""

from sqlglot import exp


def first_select(query: exp.Expr) -> exp.Select | None:
    """The SELECT that names the columns: of a UNION the first one."""
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    return query if isinstance(query, exp.Select) else None


def name_of(item: exp.Expr) -> str | None:
    """What an item of a select list is called; None for a star and for what has no name."""
    if isinstance(item, exp.Alias):
        return str(item.alias)
    if isinstance(item, exp.Column) and not item.is_star:
        return str(item.name)
    return None


def is_star(item: exp.Expr) -> bool:
    return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and item.is_star)
