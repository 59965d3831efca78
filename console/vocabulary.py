"""What Marketing Cloud brings along to query with: data views and functions. The same for everybody."""

from functools import cache
from typing import Any

from shell_query.sql.data_views import DATA_VIEWS
from shell_query.sql.functions import FUNCTIONS
from shell_query.sql.types import Field


@cache
def vocabulary() -> dict[str, Any]:
    return {
        "dataViews": [
            {"name": view.name, "fields": [field_body(field) for field in view.fields]}
            for view in sorted(DATA_VIEWS.values(), key=lambda view: view.name.lower())
        ],
        "functions": sorted(FUNCTIONS),
    }


def field_body(field: Field) -> dict[str, Any]:
    return {"name": field.name, "type": str(field.type), "length": field.length, "scale": field.scale}
