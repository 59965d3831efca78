"""What can go wrong.

QsproError
├── WrongUsage       an address or an API key that cannot be one
├── Unreachable      no answer, after some tries; its cause is httpx's error
├── RunNotReady      the run failed or was canceled; `run` says why
└── ApiError         an answer that says no; `code` is stable (docs/api-errors.md)
"""

from typing import Any

import httpx

from qspro_client.models import Run, Violation


class QsproError(Exception):
    """Anything this client raises."""


class WrongUsage(QsproError):
    """An address or an API key that cannot be one."""


class Unreachable(QsproError):
    """No answer, after some tries."""


class RunNotReady(QsproError):
    def __init__(self, run: Run) -> None:
        super().__init__(run.error_message or f"The run is {run.status}.")
        self.run = run


class ApiError(QsproError):
    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        self.status = status
        self.code: str = problem.get("code", "")
        self.retryable: bool = problem.get("retryable", False)
        self.retry_after: float | None = problem.get("retryAfter")
        self.request_id: str | None = problem.get("requestId")
        self.violations = tuple(map(Violation.read, problem.get("violations", ())))

    @classmethod
    def of(cls, answer: httpx.Response) -> "ApiError":
        """Something between us and QS Pro may answer without a problem document."""
        if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
            return cls(answer.status_code, answer.json())
        told: dict[str, Any] = {"retryable": answer.status_code in {502, 503, 504}}
        seconds = answer.headers.get("Retry-After", "")
        return cls(answer.status_code, told | ({"retryAfter": int(seconds)} if seconds.isdecimal() else {}))
