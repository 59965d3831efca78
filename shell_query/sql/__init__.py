"""Understands Marketing Cloud's SQL: is it one SELECT, what does it read, which columns come out.

Pure: no Django, no network, no clock. sqlglot's T-SQL is underneath.
"""

from shell_query.sql.infer import Inference, infer_columns
from shell_query.sql.ordering import OrderColumn
from shell_query.sql.parse import Statement, parse
from shell_query.sql.problem import Problem, SqlRefused
from shell_query.sql.tables import TableRef
from shell_query.sql.types import Field, FieldType, TableSchema

__all__ = [
    "Field",
    "FieldType",
    "Inference",
    "OrderColumn",
    "Problem",
    "SqlRefused",
    "Statement",
    "TableRef",
    "TableSchema",
    "infer_columns",
    "parse",
]
