"""The closed table: what Marketing Cloud may answer, and the error that it means. Sources: docs/mce-facts.md 3, 6.

The first row that fits counts. An answer that no row fits is an UnknownAnswer: loud, so that the table grows.
"""

import json
from dataclasses import dataclass
from typing import Any

from mce_bridge.errors import (
    AccessDenied,
    AlreadyExists,
    Blocked,
    ConnectionBroken,
    FolderGone,
    GenericFailure,
    MceError,
    NotThere,
    Rejected,
    RetentionRefused,
    ServerTrouble,
    Throttled,
    TokenExpired,
    TransientError,
    UnknownAnswer,
)


@dataclass(frozen=True)
class Row:
    """Fits an answer that has this code (None: any), these words in its message (any case), on this object type."""

    error: type[MceError]
    code: int | str | None = None
    words: str = ""
    about: str = ""

    def fits(self, code: int | str | None, message: str, about: str) -> bool:
        return (
            (self.code is None or self.code == code) and self.words in message.casefold() and self.about in {"", about}
        )


# A SOAP fault, by faultstring and the apifault's Code. "Login Failed" comes for a bad token, in more than one spelling.
FAULTS = (
    Row(TokenExpired, words="token expired"),
    Row(TokenExpired, words="login failed"),
    Row(Throttled, words="rate limited"),
    Row(Throttled, code=17),
    Row(ServerTrouble, code=9),
    Row(TokenExpired, code=11),
    Row(GenericFailure, code=2),
    Row(ServerTrouble, code="Server"),
)

# One result of a Create, Delete or Perform, by ErrorCode and StatusMessage; without any, by OverallStatus.
RESULTS = (
    Row(AlreadyExists, words="updating an existing data extension definition is not allowed"),
    Row(AlreadyExists, code=310003),
    Row(AlreadyExists, code=396002),
    Row(AlreadyExists, code=1),
    Row(AlreadyExists, words="already exists"),
    Row(AlreadyExists, words="already in use"),
    Row(RetentionRefused, words="retention", about="DataExtension"),
    Row(NotThere, code=310002),
    Row(Rejected, code=310001),
    Row(TransientError, code=310006),
    Row(Rejected, code=310007),
    Row(Rejected, code=396003),
    Row(Rejected, code=396004),
    Row(FolderGone, code=396007),
    Row(Rejected, code=396010),
    Row(Rejected, code=5),
    Row(ServerTrouble, code=9),
    Row(AccessDenied, code=11),
    Row(Throttled, code=17),
    Row(Throttled, words="rate limited"),
    Row(FolderGone, words="categoryid"),
    Row(FolderGone, words="valid folder"),
    Row(NotThere, words="not found"),
    Row(NotThere, words="does not exist"),
    Row(Rejected, words="error saving the query"),
    Row(Rejected, words="is a reserved word"),
    Row(Rejected, words="is not a known data extension"),
    Row(Rejected, words="invalid column name"),
    Row(Rejected, words="only select queries are valid"),
    Row(Rejected, words="is required for the target data extension"),
    Row(Rejected, words="update type must be 'update'"),
    Row(Rejected, words="could not build exclusion text"),
    Row(AccessDenied, words="insufficient privileges"),
    Row(AccessDenied, words="permission"),
    Row(GenericFailure, code=2),
)

# OverallStatus of a Retrieve.
RETRIEVES = (
    # The batch that we were reading is gone: beginning again reads it.
    Row(TransientError, words="sent through continuerequest does not exist"),
    Row(Throttled, words="rate limited"),
)

# The token endpoint's `error`.
TOKENS = (
    Row(ConnectionBroken, code="invalid_client"),
    Row(ConnectionBroken, code="invalid_grant"),
    Row(ConnectionBroken, code="unauthorized_client"),
    Row(ConnectionBroken, code="invalid_scope"),
    Row(ConnectionBroken, code="access_denied"),
    Row(ConnectionBroken, code="invalid_request"),
    Row(Throttled, code=429),
)

# REST, by HTTP status; 429 by errorcode first.
REST = (
    Row(Blocked, code=50200),
    Row(Throttled, code=50100),
    Row(Throttled, code=429),
    Row(TokenExpired, code=401),
    Row(AccessDenied, code=403),
    Row(NotThere, code=404),
    Row(AlreadyExists, code=400, words="already exists"),
    Row(AlreadyExists, code=400, words="already in use"),
    Row(FolderGone, code=400, words="valid folder"),
    Row(Rejected, code=400),
    Row(AlreadyExists, code=409),
)


def look_up(
    table: tuple[Row, ...],
    *,
    codes: tuple[int | str | None, ...] = (None,),
    message: str = "",
    about: str = "",
    retry_after: float | None = None,
) -> MceError:
    """The error that the first fitting row means; earlier `codes` go before later ones."""
    for code in codes:
        for row in table:
            if row.fits(code, message, about):
                return row.error(mce_message=tidy(message), retry_after=retry_after)
    return UnknownAnswer(mce_message=tidy(message))


def tidy(message: str) -> str:
    """MCE joins several messages with a line break of HTML. Its JSON may hold half a surrogate pair, which can
    neither be sealed nor written.
    """
    whole = message.encode("utf-8", "replace").decode()
    return "\n".join(line.strip() for line in whole.split("<br />")).strip()


def messages_of(found: Any) -> tuple[str, ...]:
    """MCE's words in a list of its REST errors. What is no list and what is no text says nothing."""
    parts = found if isinstance(found, list) else []
    told = [part.get("message") for part in parts if isinstance(part, dict)]
    return tuple(tidy(message) for message in told if isinstance(message, str))


def from_status(status: int, *, retry_after: float | None) -> MceError:
    """An answer that is not MCE's own (an HTML page of a gateway, say), by its HTTP status alone.

    That a gateway has no such address, or lets nobody there, says nothing about the object that was asked for.
    """
    if status < 400:
        return UnknownAnswer()
    if status in {401, 429}:
        return look_up(REST, codes=(status,), retry_after=retry_after)
    return ServerTrouble(retry_after=retry_after)


def from_rest(status: int, body: Any, *, retry_after: float | None) -> MceError:
    """A REST answer that is not 2xx; `body` is its JSON."""
    if status >= 500:
        return ServerTrouble(mce_message=tidy(rest_message(body)), retry_after=retry_after)
    codes = (errorcode(body), status) if status == 429 else (status,)
    return look_up(REST, codes=codes, message=rest_message(body), retry_after=retry_after)


def errorcode(body: Any) -> int | None:
    """A number, also where it comes as a text."""
    text = str(body.get("errorcode")) if isinstance(body, dict) else ""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def from_token_endpoint(status: int, body: Any, *, retry_after: float | None) -> MceError:
    if status >= 500:
        return ServerTrouble(retry_after=retry_after)
    error = body.get("error") if isinstance(body, dict) else None
    return look_up(TOKENS, codes=(str(error), status), retry_after=retry_after)


def rest_message(body: Any) -> str:
    """MCE's words in a REST error, wherever they are: errors[], validationErrors[] or message."""
    if not isinstance(body, dict):
        return ""
    for name in ("errors", "validationErrors"):
        found = messages_of(body.get(name))
        if any(found):
            return "\n".join(found)
    message = body.get("message")
    return message if isinstance(message, str) else json.dumps(message) if message else ""
