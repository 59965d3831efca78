"""The code of each finding. They are stable: clients and documentation (docs/sql-findings.md) know them."""

from enum import StrEnum
from typing import Literal

Severity = Literal["error", "warning"]


class Code(StrEnum):
    # the text as a whole
    EMPTY = "empty"
    SQL_TOO_LONG = "sql_too_long"
    SQL_TOO_DEEP = "sql_too_deep"
    SQL_TOO_COMPLEX = "sql_too_complex"
    SQL_BUSY = "sql_busy"
    NOT_UNDERSTOOD = "not_understood"
    # more, or something else, than one SELECT
    NOT_A_SELECT = "not_a_select"
    SEVERAL_STATEMENTS = "several_statements"
    TRAILING_SEMICOLON = "trailing_semicolon"
    CTE = "cte"
    SELECT_INTO = "select_into"
    VARIABLE = "variable"
    TEMPORARY_TABLE = "temporary_table"
    EXEC = "exec"
    RESERVED_WORD = "reserved_word"
    # brackets, quotes, parentheses, characters
    UNBALANCED_BRACKET = "unbalanced_bracket"
    UNBALANCED_QUOTE = "unbalanced_quote"
    UNBALANCED_PARENTHESIS = "unbalanced_parenthesis"
    UNCLOSED_COMMENT = "unclosed_comment"
    UNEXPECTED_CHARACTER = "unexpected_character"
    DOUBLE_EQUALS = "double_equals"
    # lists
    STRAY_COMMA = "stray_comma"
    EMPTY_IN = "empty_in"
    # functions
    MISSING_FUNCTION = "missing_function"
    DISPUTED_FUNCTION = "disputed_function"
    UNKNOWN_FUNCTION = "unknown_function"
    # order and limits
    LIMIT = "limit"
    ORDER_BY_WITHOUT_TOP = "order_by_without_top"
    OFFSET_WITHOUT_ORDER_BY = "offset_without_order_by"
    FETCH_WITHOUT_OFFSET = "fetch_without_offset"
    TOP_WITH_OFFSET = "top_with_offset"
    TIES_WITHOUT_ORDER_BY = "ties_without_order_by"
    DISTINCT_ORDER = "distinct_order"
    # FROM
    JOIN_WITHOUT_ON = "join_without_on"
    SUBQUERY_WITHOUT_ALIAS = "subquery_without_alias"
    DUPLICATE_ALIAS = "duplicate_alias"
    UNBRACKETED_NAME = "unbracketed_name"
    # groups
    AGGREGATE_IN_WHERE = "aggregate_in_where"
    NOT_GROUPED = "not_grouped"
    NESTED_AGGREGATE = "nested_aggregate"
    WINDOW_IN_WHERE = "window_in_where"
    # what comes out
    UNNAMED_COLUMN = "unnamed_column"
    DUPLICATE_COLUMN = "duplicate_column"
    COLUMN_NAME = "column_name"
    LONG_COLUMN_NAME = "long_column_name"
    UNKNOWN_COLUMNS = "unknown_columns"
    UNION_COLUMNS = "union_columns"
    # names and what they mean
    UNKNOWN_TABLE = "unknown_table"
    UNLISTED_TABLE = "unlisted_table"
    UNKNOWN_ALIAS = "unknown_alias"
    UNKNOWN_COLUMN = "unknown_column"
    UNLISTED_COLUMN = "unlisted_column"
    DOUBLE_QUOTES = "double_quotes"
    AMBIGUOUS_COLUMN = "ambiguous_column"
    ALIAS_NOT_VISIBLE = "alias_not_visible"
    # rows that are missed
    NOT_IN_NULLABLE = "not_in_nullable"
    COMPARISON_CUTS = "comparison_cuts"
    COMPARISON_TOO_LONG = "comparison_too_long"
    # slow, redundant, style
    LEADING_WILDCARD = "leading_wildcard"
    FUNCTION_ON_DATE = "function_on_date"
    NOLOCK = "nolock"
    BANG_EQUALS = "bang_equals"


WARNINGS = frozenset(
    {
        Code.DISPUTED_FUNCTION,
        Code.UNKNOWN_FUNCTION,
        Code.LONG_COLUMN_NAME,
        Code.UNLISTED_TABLE,
        Code.UNLISTED_COLUMN,
        Code.NOT_IN_NULLABLE,
        Code.COMPARISON_CUTS,
        Code.COMPARISON_TOO_LONG,
        Code.LEADING_WILDCARD,
        Code.FUNCTION_ON_DATE,
        Code.NOLOCK,
        Code.BANG_EQUALS,
    }
)
"""All others are errors: they stop the query."""

FROM_METADATA = frozenset(
    {
        Code.UNION_COLUMNS,
        Code.UNKNOWN_TABLE,
        Code.UNKNOWN_ALIAS,
        Code.UNKNOWN_COLUMN,
        Code.DOUBLE_QUOTES,
        Code.AMBIGUOUS_COLUMN,
        Code.ALIAS_NOT_VISIBLE,
        Code.UNBRACKETED_NAME,
    }
)
"""Errors found with what we know about the account's tables. Marketing Cloud knows them better: where it has accepted
the text, they only warn."""


def severity_of(code: str) -> Severity:
    return "warning" if code in WARNINGS else "error"
