"""From what services give to the JSON of the API."""

from typing import Any

from shell_query.services import ResultPage


def page_body(page: ResultPage) -> dict[str, Any]:
    body: dict[str, Any] = {
        "runId": str(page.run_id),
        "page": page.page,
        "pageSize": page.page_size,
        "totalRows": page.total_rows,
        "totalPages": page.total_pages,
        "truncated": page.truncated,
        "columns": [{"name": column["name"], "type": column["type"]} for column in page.columns],
        "rows": page.rows,
    }
    path = f"/api/runs/{page.run_id}/results?page="
    if page.page < page.total_pages:
        body["next"] = f"{path}{page.page + 1}"
    if page.page > 1:
        body["previous"] = f"{path}{page.page - 1}"
    return body
