"""The root of every error that a caller may see.

AppError
├── BadRequest        400  the request cannot be understood or taken
├── NotSignedIn       401  nobody, or somebody we do not know, is asking
├── Forbidden         403  known, but not allowed
├── NotFound          404  not there, or somebody else's
├── Conflict          409  it cannot be done in the present state
├── Gone              410  it was there and is no more
├── Unprocessable     422  understood, but it contradicts an earlier request
├── TooMany           429  a limit is reached; `retry_after` says when to come back
├── Unavailable       503  something needed is down; try again
└── BadGateway        502  Marketing Cloud answered something that we cannot use

Each app derives its own tree from these and draws it in its own `errors.py`. `code` is stable and documented in
docs/api-errors.md; `detail` is a sentence for a person and never holds SQL, rows, tokens or MCE's own words.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Violation:
    """One thing wrong with one field of a request; `message` says what and how to mend it."""

    field: str
    message: str


class AppError(Exception):
    """An anticipated error. `retry_after` is in seconds."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: float | None = None,
        violations: tuple[Violation, ...] = (),
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after = retry_after
        self.violations = violations


class BadRequest(AppError):
    code = "bad_request"
    status = 400
    title = "The request is not valid"


class NotSignedIn(AppError):
    code = "not_signed_in"
    status = 401
    title = "Sign in first"


class Forbidden(AppError):
    code = "forbidden"
    status = 403
    title = "You may not do this"


class NotFound(AppError):
    code = "not_found"
    status = 404
    title = "There is nothing here"


class Conflict(AppError):
    code = "conflict"
    status = 409
    title = "This cannot be done in the present state"


class Gone(AppError):
    code = "gone"
    status = 410
    title = "It is no longer there"


class Unprocessable(AppError):
    code = "unprocessable"
    status = 422
    title = "The request contradicts an earlier one"


class TooMany(AppError):
    code = "too_many"
    status = 429
    title = "A limit is reached"
    retryable = True


class Unavailable(AppError):
    code = "unavailable"
    status = 503
    title = "Not available just now"
    retryable = True


class BadGateway(AppError):
    code = "bad_gateway"
    status = 502
    title = "Marketing Cloud gave an answer that cannot be used"
