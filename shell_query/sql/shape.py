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


def names_matter(select: exp.Select) -> bool:
    """Whether this SELECT names the columns of the whole query or of a derived table."""
    node: exp.Expr = select
    while isinstance(node.parent, exp.Subquery) or (
        isinstance(node.parent, exp.SetOperation) and node.parent.this is node
    ):
        node = node.parent
    return node.parent is None or isinstance(node.parent, exp.From | exp.Join | exp.Lateral)
