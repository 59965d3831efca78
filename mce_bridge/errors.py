"""What can go wrong between us and Marketing Cloud (MCE), by what the caller may do about it.

MceError
├── TerminalError               trying again changes nothing
│   ├── Rejected                MCE's validation said no; `mce_message` says why
│   │   └── RetentionRefused    the account may not set data retention
│   ├── NotThere                the object does not exist
│   │   └── FolderGone          the folder that it should go into does not exist
│   ├── AlreadyExists           the name or key is taken
│   ├── AccessDenied            the connection lacks a scope or a permission
│   ├── Blocked                 MCE has blocked the client for a while and says not to retry
│   ├── NoConnection            nobody has connected this business unit for this user
│   ├── ConnectionExists        the business unit is connected already
│   ├── ConnectionBroken        MCE refuses the credentials: it must be connected again
│   ├── AddressRefused          the address is not the tenant's own; nothing was sent
│   └── UnknownAnswer           an answer that the table in `answers.py` does not know
│       └── UnreadableAnswer    not XML or JSON, hostile, or larger than we read
└── TransientError              the same call may succeed later
    ├── Throttled               too many calls; `retry_after` says when, where MCE did
    │   └── Paused              the business unit is left alone until `retry_after`; nothing was sent
    ├── TokenExpired            the access token is not taken (any more)
    ├── TokenBusy               another process is fetching a token; come back in `retry_after` seconds
    ├── Unreachable             no connection, or no time left: nothing was sent
    ├── ServerTrouble           MCE failed or is down for maintenance
    │   └── GenericFailure      MCE's own catch-all, "exception during operation"
    └── AnswerLost              sent, but the answer never came

Signing in with Marketing Cloud, and managing connections:

AppError
├── BadRequest
│   ├── BadSubdomain            not the first part of a marketingcloudapis.com address
│   └── SignInOutdated          this browser did not begin it, began it too long ago, or has ended it already
├── NotFound
│   └── ConnectionNotFound      no such connection in the tenant
├── Forbidden
│   └── SignInRefused           Marketing Cloud, or the user there, said no
└── Unavailable
    └── SignInNotSetUp          the deployment has no app at Marketing Cloud

`outcome_unknown` is true where the call may have had its effect all the same: look before doing it again.
`mce_message` holds MCE's own words, which may hold SQL or values: it is in no str(), repr() or log.
"""

from qspro.errors import AppError, BadRequest, Forbidden, NotFound, Unavailable


class MceError(AppError):
    """The root: something with Marketing Cloud did not go as asked."""

    code = "mce_error"
    status = 502
    title = "Marketing Cloud could not do this"
    outcome_unknown = False

    def __init__(self, detail: str = "", *, mce_message: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.mce_message = mce_message


class TerminalError(MceError):
    """Trying again changes nothing."""


class Rejected(TerminalError):
    code = "mce_rejected"
    status = 422
    title = "Marketing Cloud does not accept this"


class RetentionRefused(Rejected):
    code = "mce_retention_refused"
    title = "This Marketing Cloud account may not set data retention"


class NotThere(TerminalError):
    code = "mce_not_found"
    status = 404
    title = "Marketing Cloud does not have this"


class FolderGone(NotThere):
    code = "mce_folder_gone"
    title = "Marketing Cloud does not have this folder any more"


class AlreadyExists(TerminalError):
    code = "mce_exists"
    status = 409
    title = "Marketing Cloud already has something of this name or key"


class AccessDenied(TerminalError):
    code = "mce_access_denied"
    status = 403
    title = "The connection to Marketing Cloud lacks a permission for this"


class Blocked(TerminalError):
    code = "mce_blocked"
    status = 503
    title = "Marketing Cloud has blocked this connection for a while"


class NoConnection(TerminalError):
    code = "no_connection"
    status = 409
    title = "This business unit is not connected to Marketing Cloud"


class ConnectionExists(TerminalError):
    code = "connection_exists"
    status = 409
    title = "This business unit is connected already"


class ConnectionBroken(TerminalError):
    code = "reconnect_required"
    status = 409
    title = "Marketing Cloud refuses this connection; sign in again, or renew the connection"


class AddressRefused(TerminalError):
    code = "mce_address_refused"
    status = 422
    title = "This is not an address of the tenant's own Marketing Cloud"


class UnknownAnswer(TerminalError):
    code = "mce_unknown_answer"
    title = "Marketing Cloud gave an answer that we do not know"
    outcome_unknown = True


class UnreadableAnswer(UnknownAnswer):
    code = "mce_unreadable_answer"
    title = "Marketing Cloud gave an answer that cannot be read"


class TransientError(MceError):
    """The same call may succeed later."""

    status = 503
    retryable = True


class Throttled(TransientError):
    code = "mce_throttled"
    title = "Marketing Cloud is asked too often"


class Paused(Throttled):
    code = "mce_paused"
    title = "Marketing Cloud is left alone for a while"


class TokenExpired(TransientError):
    code = "mce_token_expired"
    title = "Marketing Cloud does not take the access token"


class TokenBusy(TransientError):
    code = "mce_token_busy"
    title = "An access token is being fetched"


class Unreachable(TransientError):
    code = "mce_unreachable"
    title = "Marketing Cloud cannot be reached"


class ServerTrouble(TransientError):
    code = "mce_server_trouble"
    title = "Marketing Cloud has trouble"
    outcome_unknown = True


class GenericFailure(ServerTrouble):
    code = "mce_generic_failure"
    title = "Marketing Cloud failed without saying why"


class AnswerLost(TransientError):
    code = "mce_answer_lost"
    title = "Marketing Cloud's answer was lost"
    outcome_unknown = True


class BadSubdomain(BadRequest):
    code = "bad_subdomain"
    title = "This is not a subdomain of Marketing Cloud"


class ConnectionNotFound(NotFound):
    code = "connection_not_found"
    title = "There is no such connection"


class SignInOutdated(BadRequest):
    code = "sign_in_outdated"
    title = "This sign-in was not begun here, or is over; begin again"


class SignInRefused(Forbidden):
    code = "sign_in_refused"
    title = "Marketing Cloud did not sign you in"


class SignInNotSetUp(Unavailable):
    code = "sign_in_not_set_up"
    title = "Signing in with Marketing Cloud is not set up here"
    retryable = False
