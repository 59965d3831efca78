"""Functions that sqlglot has no node for, and that the sandbox runs all the same."""

KNOWN_FUNCTIONS = frozenset(
    {
        "CHOOSE",
        "COUNT_BIG",
        "GETUTCDATE",
        "ISDATE",
        "ISNUMERIC",
        "PATINDEX",
        "QUOTENAME",
        "SYSDATETIME",
        "SYSDATETIMEOFFSET",
        "SYSUTCDATETIME",
    }
)
