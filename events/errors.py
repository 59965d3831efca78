"""What can go wrong with events, streams and idempotency keys.

AppError
├── BadRequest
│   ├── BadLastEventId          Last-Event-ID is not one of our sequence numbers
│   └── BadIdempotencyKey       empty, longer than 255 characters, or not printable ASCII
├── NotSignedIn
│   └── InvalidTicket           unknown, used before, or older than 30 seconds
├── Conflict
│   └── IdempotencyInFlight     the first request with this key has not been answered yet
├── Unprocessable
│   └── IdempotencyMismatch     the key was used with another body
├── TooMany
│   └── TooManyStreams          the user has as many streams open as one may
└── Unavailable
    ├── StreamsUnavailable      the database does not answer, so nobody can be let in
    └── TicketsUnavailable      Redis, which keeps the tickets, does not answer
"""

from qspro.errors import BadRequest, Conflict, NotSignedIn, TooMany, Unavailable, Unprocessable


class BadLastEventId(BadRequest):
    code = "bad_last_event_id"
    title = "Last-Event-ID is not the id of an event"


class BadIdempotencyKey(BadRequest):
    code = "bad_idempotency_key"
    title = "Idempotency-Key is not valid"


class InvalidTicket(NotSignedIn):
    code = "invalid_ticket"
    title = "The ticket is not valid; tickets are good once, for 30 seconds"


class IdempotencyInFlight(Conflict):
    code = "idempotency_in_flight"
    title = "The first request with this key has not been answered yet"
    retryable = True


class IdempotencyMismatch(Unprocessable):
    code = "idempotency_mismatch"
    title = "This Idempotency-Key was used with another body"


class TooManyStreams(TooMany):
    code = "too_many_streams"
    title = "Too many event streams are open"


class StreamsUnavailable(Unavailable):
    code = "streams_unavailable"
    title = "Streams cannot be opened just now"


class TicketsUnavailable(Unavailable):
    code = "tickets_unavailable"
    title = "Tickets cannot be had just now"
