"""What the API answers, as frozen dataclasses. A field that is new on the server is passed over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, get_args

Status = Literal["queued", "running", "ready", "failed", "canceled"]
FINAL: frozenset[Status] = frozenset({"ready", "failed", "canceled"})
UpdateType = Literal["Overwrite", "Append", "Update"]
UPDATE_TYPES: tuple[UpdateType, ...] = get_args(UpdateType)


@dataclass(frozen=True, kw_only=True)
class Target:
    """An existing data extension to write into."""

    customer_key: str
    update_type: UpdateType

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        return cls(customer_key=data["customerKey"], update_type=data["updateType"])

    def body(self) -> dict[str, str]:
        return {"customerKey": self.customer_key, "updateType": self.update_type}


@dataclass(frozen=True, kw_only=True)
class Violation:
    code: str
    field: str
    message: str

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        return cls(code=data.get("code", ""), field=data["field"], message=data["message"])


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Milliseconds; None for what has not begun."""

    queued_ms: int | None
    preparing_ms: int | None
    mce_ms: int | None
    confirming_ms: int | None
    total_ms: int | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        return cls(
            queued_ms=data["queuedMs"],
            preparing_ms=data["preparingMs"],
            mce_ms=data["mceMs"],
            confirming_ms=data["confirmingMs"],
            total_ms=data["totalMs"],
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    run_id: str
    status: Status
    stage: str | None
    snippet_name: str
    target_data_extension: Target | None
    sql_text_hash: str
    created_at: datetime
    finished_at: datetime | None
    timings: Timings
    looks: int
    retries: int
    row_count: int | None
    error_code: str | None
    error_message: str | None
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]

    @property
    def has_ended(self) -> bool:
        return self.status in FINAL

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        target = data["targetDataExtension"]
        return cls(
            run_id=data["runId"],
            status=data["status"],
            stage=data["stage"],
            snippet_name=data["snippetName"],
            target_data_extension=Target.read(target) if target else None,
            sql_text_hash=data["sqlTextHash"],
            created_at=datetime.fromisoformat(data["createdAt"]),
            finished_at=datetime.fromisoformat(data["finishedAt"]) if data["finishedAt"] else None,
            timings=Timings.read(data["timings"]),
            looks=data["looks"],
            retries=data["retries"],
            row_count=data["rowCount"],
            error_code=data["errorCode"],
            error_message=data["errorMessage"],
            violations=tuple(map(Violation.read, data["violations"])),
            warnings=tuple(map(Violation.read, data["warnings"])),
        )


@dataclass(frozen=True, kw_only=True)
class Event:
    """One frame of a run's stream; `id` counts from 1 in each run."""

    id: int
    status: Status
    stage: str | None
    error_code: str | None
    error_message: str | None
    at: datetime

    @classmethod
    def read(cls, number: int, data: dict[str, Any]) -> Self:
        return cls(
            id=number,
            status=data["status"],
            stage=data.get("stage"),
            error_code=data.get("errorCode"),
            error_message=data.get("errorMessage"),
            at=datetime.fromisoformat(data["at"]),
        )


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    type: str

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        return cls(name=data["name"], type=data["type"])


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows in the order of `columns`; an empty value is None, except in a text column."""

    run_id: str
    page: int
    page_size: int
    total_rows: int
    total_pages: int
    truncated: bool
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        return cls(
            run_id=data["runId"],
            page=data["page"],
            page_size=data["pageSize"],
            total_rows=data["totalRows"],
            total_pages=data["totalPages"],
            truncated=data["truncated"],
            columns=tuple(map(Column.read, data["columns"])),
            rows=tuple(map(tuple, data["rows"])),
        )
