"""Fields of data extensions: their types, limits and DuckDB's type for each."""

from dataclasses import dataclass

# MCE's own limits; None: the type has no MaxLength at all.
LENGTHS: dict[str, int | None] = {
    "Text": 4000,
    "Number": None,
    "Date": None,
    "Boolean": None,
    "EmailAddress": 254,
    "Phone": 50,
    "Decimal": 29,
    "Locale": 5,
}
TEXTS = frozenset({"Text", "EmailAddress", "Phone", "Locale"})
MAX_SCALE = 8


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `max_length` is a Decimal's precision; `object_id` names it in SOAP."""

    object_id: str
    name: str
    type: str = "Text"
    max_length: int | None = None
    scale: int | None = None
    default: str = ""
    required: bool = False
    primary_key: bool = False
    ordinal: int = 0

    @property
    def duckdb_type(self) -> str:
        if self.type in TEXTS:
            return "VARCHAR COLLATE NOCASE"
        if self.type == "Decimal":
            return f"DECIMAL({self.max_length or 18},{self.scale or 0})"
        return {"Number": "INTEGER", "Date": "TIMESTAMP", "Boolean": "BOOLEAN"}[self.type]

    @property
    def tsql_type(self) -> str:
        if self.type in TEXTS:
            return f"NVARCHAR({self.max_length or 4000})"
        if self.type == "Decimal":
            return f"DECIMAL({self.max_length or 18},{self.scale or 0})"
        return {"Number": "INT", "Date": "DATETIME", "Boolean": "BIT"}[self.type]
