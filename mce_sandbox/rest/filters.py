"""`$filter` of a rowset: `Name eq 'Zoë' and Amount gt 5`, joined by and and or, without parentheses."""

import re

from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.rest.answers import RestError
from mce_sandbox.sql.warehouse import quoted

OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "gte": ">=", "lt": "<", "le": "<=", "lte": "<="}
PART = re.compile(
    r"\s*(?P<column>\[[^\]]+\]|\w+)\s+(?P<operator>eq|ne|gte|ge|gt|lte|le|lt|like)\s+"
    r"(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[\w.+-]+))\s*(?P<joint>\band\b|\bor\b|$)",
    re.IGNORECASE,
)


def where(extension: DataExtension, wanted: str) -> tuple[str, list[str]]:
    """A WHERE clause (or '') and its parameters. Raises RestError 400 for what is not understood."""
    if not wanted.strip():
        return "", []
    parts, values, position, joint = [], [], 0, "and"
    while joint:
        found = PART.match(wanted, position)
        if found is None:
            raise RestError(400, "The $filter is not valid.")
        field = extension.field(found["column"].strip("[]"))
        if field is None:
            raise RestError(400, f"The column '{found['column']}' in $filter is not a column of the data extension.")
        text = found["bare"] if found["text"] is None else found["text"].replace("''", "'")
        operator = found["operator"].lower()
        kind = field.duckdb_type.removesuffix(" COLLATE NOCASE")
        if operator == "like":
            parts.append(f"{quoted(field.name)} ILIKE ?")
        else:
            # A value that does not convert matches nothing.
            parts.append(f"{quoted(field.name)} {OPERATORS[operator]} try_cast(? AS {kind})")
        values.append(text)
        position, joint = found.end(), found["joint"].upper()
        parts.append(joint)
    return f" WHERE {' '.join(parts)}", values
