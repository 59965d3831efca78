"""What the parser takes and SQL Server, or MCE around it, does not: a list of what may stand in a query, no more."""

from sqlglot import exp

from mce_sandbox.sql.dialect import SandboxSql
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.functions import WRITTEN

ONLY_SELECT = "Only SELECT queries are valid. Select must be the first word of the query."
ORDER_BY = (
    "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "
    "expressions, unless TOP, OFFSET or FOR XML is also specified."
)
TIES = "The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause."
DISTINCT_ORDER = "ORDER BY items must appear in the select list if SELECT DISTINCT is specified."
GROUP_BY = "Each GROUP BY expression must contain at least one column that is not an outer reference."
NO_CONDITION = "An expression of non-boolean type specified in a context where a condition is expected, near "
SAME_COUNT = "The number of columns for each row in a table value constructor must be the same."
# sqlglot reads many dialects. What is not named here is none of T-SQL's, or nothing that the sandbox runs.
_ALLOWED = """
Select From Join Table TableAlias Identifier Column Star Alias Literal National Null HexString Where Group Having
Order Ordered Limit LimitOptions Fetch Offset Subquery Union Except Intersect Exists In Between Like Escape Not And
Or Paren EQ NEQ GT GTE LT LTE Is Add Sub Mul Div Mod Neg BitwiseAnd BitwiseOr BitwiseXor BitwiseNot Case If Cast
TryCast Convert DataType DataTypeParam Window WindowSpec Cube Rollup GroupingSets WithTableHint Pivot Lateral Values
Tuple AtTimeZone Collate Any All Distinct Var QueryOption Anonymous Abs Acos Ascii Asin Atan Atan2 Avg Ceil Coalesce
Concat ConcatWs Cos Cot Count CumeDist CurrentTimestamp Degrees DenseRank Exp FirstValue Floor Grouping GroupingId
GroupConcat Lag LastValue Lead Ln Log Lower Max Min Ntile Nullif PercentRank Pi Pow Radians Rank Reverse Round
RowNumber Sign Sin Sqrt Stddev Sum Tan Translate Trim Unicode Upper Uuid
"""
ALLOWED = frozenset(_ALLOWED.split())
SELECT_PARTS = frozenset(
    {"expressions", "distinct", "from_", "joins", "where", "group", "having", "order", "limit", "offset", "options"}
)
JOIN_PARTS = frozenset({"this", "side", "kind", "hint", "on"})
KINDS_OF_JOINS = frozenset({"", "INNER", "OUTER", "CROSS"})
SIGNS = {"eq": "=", "gt": ">", "lt": "<", "gte": ">", "lte": "<", "neq": "<"}
# Where SQL Server knows rows of values; elsewhere a comma in parentheses is none.
HOLDERS_OF_ROWS = (exp.Values, exp.Group, exp.GroupingSets, exp.Rollup, exp.Cube, exp.Tuple)
ORDERED = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue,
    exp.PercentRank, exp.CumeDist,
)  # fmt: skip
CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Escape)


def check_shape(tree: exp.Query) -> None:
    for node in tree.walk():
        _check_node(node)
        match node:
            case exp.Select():
                _check_select(node)
            case exp.Join():
                _check_parts(node, JOIN_PARTS)
                if node.kind not in KINDS_OF_JOINS:
                    raise SqlRejected(near(node.kind))
                _check_condition(node.args.get("on"))
            case exp.Where() | exp.Having() | exp.Not():
                _check_condition(node.this)
            case exp.Connector():
                _check_condition(node.this)
                _check_condition(node.expression)
            case exp.If() if not (isinstance(node.parent, exp.Case) and node.parent.this is not None):
                _check_condition(node.this)
            case exp.Group() if node.args.get("all"):
                raise SqlRejected(near("ALL"))
            case exp.Lateral() if node.args.get("cross_apply") is None:
                raise SqlRejected(near("LATERAL"))
            case exp.In() if not node.expressions and not node.args.get("query"):
                raise SqlRejected(near(")"))
            case exp.Tuple() if isinstance(node.parent, exp.In):
                raise SqlRejected(f"{NO_CONDITION}','.")
            case exp.Tuple() if not isinstance(node.parent, HOLDERS_OF_ROWS):
                raise SqlRejected(near(","))
            case exp.RowNumber() | exp.AggFunc() if isinstance(node, ORDERED):
                _check_window(node)
            case exp.Fetch() if node.parent is not None and not node.parent.args.get("offset"):
                raise SqlRejected(f"Invalid usage of the option {node.args['direction']} in the FETCH statement.")
            case exp.Values() if len({len(row.expressions) for row in node.expressions}) > 1:
                raise SqlRejected(SAME_COUNT)
        if isinstance(node, exp.Query) and node.args.get("order") and not _is_limited(node):
            raise SqlRejected(ORDER_BY)


def near(text: str) -> str:
    return f"Incorrect syntax near '{text}'."


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, exp.With):
        raise SqlRejected(ONLY_SELECT)
    if isinstance(node, exp.Parameter | exp.SessionParameter):
        raise SqlRejected(f'Must declare the scalar variable "{node.sql(SandboxSql)}".')
    if isinstance(node, exp.Boolean):
        raise SqlRejected(f"Invalid column name '{str(node.this).lower()}'")
    if isinstance(node, exp.Anonymous) and node.name.upper() not in WRITTEN:
        raise SqlRejected(f"'{node.name}' is not a recognized built-in function name.")
    if type(node).__name__ not in ALLOWED:
        raise SqlRejected(near(node.sql(SandboxSql)[:60]))


def _check_select(node: exp.Select) -> None:
    _check_parts(node, SELECT_PARTS)
    if not node.expressions:
        raise SqlRejected(near("SELECT"))
    if node.is_star and not node.args.get("from_"):
        raise SqlRejected("Must specify table to select from.")
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        raise SqlRejected(near("ON"))
    for each in node.expressions:
        value = each.unalias()
        if isinstance(value, exp.Star) and any(value.args.values()):
            raise SqlRejected(near("*"))
        if isinstance(each, exp.Alias) and value.is_star:
            raise SqlRejected(near("AS"))
        if isinstance(value, exp.Exists) or (isinstance(value, CONDITIONS) and not isinstance(value, exp.Func)):
            raise SqlRejected(near(SIGNS.get(value.key, value.key.upper())))
    if distinct is not None and node.args.get("order") and not all(map(_is_selected, node.args["order"].expressions)):
        raise SqlRejected(DISTINCT_ORDER)
    group = node.args.get("group")
    if group is not None and any(isinstance(each, exp.Literal) for each in group.expressions):
        raise SqlRejected(GROUP_BY)
    limit = node.args.get("limit")
    options = limit.args.get("limit_options") if limit is not None else None
    if options is not None and options.args.get("with_ties") and not node.args.get("order"):
        raise SqlRejected(TIES)


def _is_selected(term: exp.Ordered) -> bool:
    """Whether a column of ORDER BY comes out; anything else is taken to."""
    column, select = term.this, term.find_ancestor(exp.Select)
    if not isinstance(column, exp.Column) or select is None or select.is_star:
        return True
    wanted = column.name.lower()
    named = wanted in (name.lower() for name in select.named_selects) and not column.table
    written = (item.unalias() for item in select.expressions)
    return named or any(isinstance(each, exp.Column) and each.name.lower() == wanted for each in written)


def _check_parts(node: exp.Expr, known: frozenset[str]) -> None:
    unknown = next((name for name, value in node.args.items() if value and name not in known), None)
    if unknown:
        raise SqlRejected(near(unknown.strip("_").upper()))


def _check_condition(node: exp.Expr | None) -> None:
    if node is None:
        return
    inner = node.unnest()
    _check_node(inner)
    if not isinstance(inner, CONDITIONS) and not isinstance(inner, exp.Subquery | exp.Select):
        raise SqlRejected(f"{NO_CONDITION}'{inner.sql(SandboxSql)[:60]}'.")


def _check_window(node: exp.Func) -> None:
    window = node.parent
    name = f"The function '{node.sql_names()[0]}' must have an OVER clause"
    if not isinstance(window, exp.Window):
        raise SqlRejected(f"{name}.")
    if not window.args.get("order"):
        raise SqlRejected(f"{name} with ORDER BY.")


def _is_limited(query: exp.Query) -> bool:
    return bool(query.args.get("limit") or query.args.get("offset"))
