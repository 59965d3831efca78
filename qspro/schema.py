"""What the OpenAPI schema cannot see by itself: event streams, answered in front of Django, and the form of errors.

All are postprocessing hooks of drf-spectacular.
"""

from typing import Any

EVENTS = "/api/runs/{run_id}/events"
FRAME = 'id: 2\nevent: status\ndata: {"runId": "…", "status": "running", "stage": "validating", "at": "…"}\n\n'

PROBLEM = {
    "type": "object",
    "description": "RFC 9457; the codes stand in docs/api-errors.md.",
    "required": ["type", "title", "status", "detail", "code", "retryable", "requestId"],
    "properties": {
        "type": {"type": "string", "example": "urn:qspro:error:invalid_sql"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "retryable": {"type": "boolean"},
        "retryAfter": {"type": "integer", "description": "Seconds."},
        "violations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "requestId": {"type": "string"},
    },
}
ERROR = {
    "description": "An error.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def add_events(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    run = result["paths"]["/api/runs/{run_id}"]["get"]
    run_id = next(parameter for parameter in run["parameters"] if parameter["name"] == "run_id")
    result["paths"][EVENTS] = {
        "get": {
            "operationId": "runs_events",
            "description": "Server-sent events: everything since Last-Event-ID, then what happens, to the run's end.",
            "tags": run["tags"],
            "security": run["security"],
            "parameters": [
                run_id,
                {"in": "header", "name": "Last-Event-ID", "schema": {"type": "integer"}},
                {"in": "query", "name": "lastEventId", "schema": {"type": "integer"}},
                {"in": "query", "name": "ticket", "schema": {"type": "string"}},
            ],
            "responses": {
                "200": {
                    "description": "The stream.",
                    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": FRAME}},
                }
            },
        }
    }
    return result


def bound_path_numbers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A number in an address has no sign: with one there is no such address, for nobody."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["schema"].get("type") == "integer":
                    parameter["schema"].setdefault("minimum", 0)
    return result


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    taken = result["components"]["schemas"].setdefault("Problem", PROBLEM)
    assert taken is PROBLEM, "A serializer of ours is called Problem: its form would be lost."
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = ERROR
    return result
