"""Scopes: which call needs which, and what a client is granted."""

from mce_sandbox.accounts import SCOPES
from mce_sandbox.oauth.errors import OAuthError

KNOWN = frozenset(SCOPES.split())

# By the operation's name in the call log. The scopes are Marketing Cloud's, by what their names say; None: any token.
NEEDED: dict[str, str | None] = {
    "UserInfo": None,
    "TokenContext": None,
    "Rowset": "data_extensions_read",
    "WriteRows": "data_extensions_write",
    "WriteRow": "data_extensions_write",
    "InsertRowsAsync": "data_extensions_write",
    "UpsertRowsAsync": "data_extensions_write",
    "RowsStatus": "data_extensions_read",
    "RowsResults": "data_extensions_read",
    "ListQueries": "automations_read",
    "GetQuery": "automations_read",
    "CreateQuery": "automations_write",
    "UpdateQuery": "automations_write",
    "DeleteQuery": "automations_write",
    "StartQuery": "automations_execute",
    "IsRunning": "automations_read",
    "Validate": "automations_read",
}


def granted(asked: str, *, at_most: frozenset[str] = KNOWN) -> frozenset[str]:
    """The scopes asked for, all if none are named. Raises OAuthError for one that cannot be had."""
    wanted = frozenset(asked.split()) or at_most
    if not wanted <= at_most:
        raise OAuthError("invalid_scope", "The requested scope is invalid, unknown, or not granted to this client.")
    return wanted
