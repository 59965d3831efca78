"""What can be wrong with a query, in MCE's and SQL Server's words.

SqlError
├── SqlRejected   found before it runs: on create, on validate
├── SqlFailed     found while it runs: the activity ends as FatalError
└── RunRefused    not begun, or ordered to fail: the activity ends as Error
"""

TOO_DEEP = (
    "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries."
)


class SqlError(Exception):
    """`message` is what MCE says; `broke_off` if it had begun."""

    broke_off = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SqlRejected(SqlError):
    """MCE does not take the query."""


class SqlFailed(SqlError):
    """The query broke off. MCE does not always say why: then `message` is empty."""

    broke_off = True


class RunRefused(SqlError):
    """The query was not begun, or was ordered to fail."""
