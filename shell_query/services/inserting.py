"""The row of a new run, by a statement that is built once: Django would build all its columns anew for each run."""

from functools import cache
from typing import Any

from django.db import connection
from psycopg.sql import Literal

from qspro.statements import Statement
from shell_query.models import Run

# Given in seconds from now.
MOMENTS = {"wake_at", "expires_at"}


def new_run(**given: Any) -> tuple[Run, Statement]:
    """The run, and what inserts it. By the names of attributes, which are its columns.

    What is not given is as the model has it, not read back.
    """
    run = Run(**{name: value for name, value in given.items() if name not in MOMENTS})
    return run, Statement(insertion(*given), tuple(given.values()))


@cache
def insertion(*given: str) -> str:
    columns = {name: value_of(name) for name in given}
    for field in Run._meta.concrete_fields:
        if not (field.attname in columns or field.null or field.has_db_default()):
            default = field.get_db_prep_save(field.get_default(), connection)
            columns[field.attname] = Literal(default).as_string().replace("%", "%%")
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {Run._meta.db_table} ({names}) VALUES ({', '.join(columns.values())})"  # noqa: S608


def value_of(name: str) -> str:
    return "statement_timestamp() + make_interval(secs => %s)" if name in MOMENTS else "%s"
