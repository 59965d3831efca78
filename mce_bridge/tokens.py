"""Access tokens: shared by all processes through the connection's row, sealed; fetched by one at a time.

Who finds a token that is about to end claims the fetch by one guarded UPDATE of `refresh_until` (the database's clock).
The others go on with the old token while it lasts, and after that come back a second later. `access_version` is the
fence: it counts the tokens, so that nobody claims on what was read before another's fetch, or overwrites it.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from mce_bridge.answers import from_token_endpoint
from mce_bridge.deadline import Deadline
from mce_bridge.errors import ConnectionBroken, MceError, NoConnection, TokenBusy, UnreadableAnswer
from mce_bridge.hosts import own_address
from mce_bridge.models import Connection, Kind, State
from mce_bridge.transport import Request, logged, send
from qspro.metrics import token_fetched
from tenants.context import tenant_scope
from tenants.encryption import seal, unseal

# Fetch the next token this long before the old one ends, and use the old one until shortly before.
RENEW_BEFORE = timedelta(seconds=120)
USE_BEFORE = timedelta(seconds=15)
# A fetch that has not ended by then has died. Longer than the deadline of any step.
FETCH_CLAIM = timedelta(seconds=30)
# After a failed fetch: MCE counts token requests.
FETCH_AGAIN = timedelta(seconds=5)


@dataclass(frozen=True)
class Access:
    """A token and where it is good."""

    token: str = field(repr=False)
    version: int
    usable_until: datetime
    soap_url: str
    rest_url: str


@dataclass(frozen=True)
class Fetched:
    """What the token endpoint gave."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: float
    soap_url: str
    rest_url: str


def get_access(*, tenant_id: UUID, connection_id: UUID, deadline: Deadline, refused: int = -1) -> Access:
    """A token that MCE takes. `refused` is the version of one that it did not take: only a later one will do.

    Raises TokenBusy while another fetches, ConnectionBroken, NoConnection, AddressRefused, and what the call may raise.
    """
    connection, now = load(tenant_id, connection_id)
    if is_good(connection, now, refused=refused, left=RENEW_BEFORE):
        return opened(connection)
    if claim(tenant_id, connection):
        return opened(fetch(connection, deadline=deadline))
    connection, now = load(tenant_id, connection_id)
    if is_good(connection, now, refused=refused, left=USE_BEFORE):
        return opened(connection)
    raise TokenBusy(retry_after=1)


def load(tenant_id: UUID, connection_id: UUID) -> tuple[Connection, datetime]:
    """The connection and the database's time."""
    with tenant_scope(tenant_id):
        rows = Connection.objects.select_related("business_unit").annotate(now=Now())
        connection = rows.filter(id=connection_id).first()
    if connection is None:
        raise NoConnection
    if connection.state == State.BROKEN:
        raise ConnectionBroken
    return connection, connection.now


def is_good(connection: Connection, now: datetime, *, left: timedelta, refused: int = -1) -> bool:
    return (
        connection.access_token is not None
        and connection.access_expires_at is not None
        and connection.access_version > refused
        and connection.access_expires_at > now + left
    )


def opened(connection: Connection) -> Access:
    """The addresses are checked at each use: a row may have been written by anybody."""
    assert connection.access_token is not None
    assert connection.access_expires_at is not None
    return Access(
        token=unseal(bytes(connection.access_token)),
        version=connection.access_version,
        usable_until=connection.access_expires_at - USE_BEFORE,
        soap_url=own_address(connection.soap_url, subdomain=connection.subdomain, part="soap"),
        rest_url=own_address(connection.rest_url, subdomain=connection.subdomain, part="rest"),
    )


def claim(tenant_id: UUID, connection: Connection) -> bool:
    """True for the one who may fetch now."""
    with tenant_scope(tenant_id):
        free = Q(refresh_until=None) | Q(refresh_until__lt=Now())
        as_read = Connection.objects.filter(
            free, id=connection.id, state=State.ACTIVE, access_version=connection.access_version
        )
        return as_read.update(refresh_until=Now() + FETCH_CLAIM) == 1


def fetch(connection: Connection, *, deadline: Deadline) -> Connection:
    """Asks MCE for a token and keeps it. A refusal of the credentials marks the connection broken."""
    try:
        fetched = request_token(connection, deadline=deadline)
    except ConnectionBroken:
        settle(connection, state=State.BROKEN, refresh_until=None)
        token_fetched(outcome=ConnectionBroken.code)
        raise
    except MceError as error:
        pause = timedelta(seconds=error.retry_after) if error.retry_after else FETCH_AGAIN
        settle(connection, refresh_until=Now() + pause)
        token_fetched(outcome=error.code)
        raise
    settle(connection, access_version=F("access_version") + 1, **sealed(fetched))
    token_fetched(outcome="ok")
    return load(connection.tenant_id, connection.id)[0]


def sealed(fetched: Fetched) -> dict[str, Any]:
    """The columns of a connection that a token endpoint's answer fills."""
    values: dict[str, Any] = {
        "access_token": seal(fetched.access_token),
        "access_expires_at": Now() + timedelta(seconds=fetched.seconds),
        "refresh_until": None,
        "soap_url": fetched.soap_url,
        "rest_url": fetched.rest_url,
    }
    if fetched.refresh_token:
        # MCE may give a new one each time, and the old one then ends.
        values["refresh_token"] = seal(fetched.refresh_token)
    return values


def settle(connection: Connection, **values: Any) -> None:
    """Ends a fetch. Fenced: one that outlived its claim changes nothing that another has written since."""
    with tenant_scope(connection.tenant_id):
        as_claimed = Connection.objects.filter(id=connection.id, access_version=connection.access_version)
        as_claimed.update(updated_at=Now(), **values)


def request_token(connection: Connection, *, deadline: Deadline) -> Fetched:
    return ask_for_token(
        auth_url=connection.auth_url,
        subdomain=connection.subdomain,
        body=grant(connection),
        deadline=deadline,
        tenant_id=connection.tenant_id,
    )


def ask_for_token(
    *, auth_url: str, subdomain: str, body: dict[str, Any], deadline: Deadline, tenant_id: UUID | None = None
) -> Fetched:
    """One request to the token endpoint; `body` names the grant. Raises ConnectionBroken where it is refused."""
    auth_url = own_address(auth_url, subdomain=subdomain, part="auth")
    request = Request(
        method="POST",
        url=f"{auth_url}v2/token",
        accepts=("application/json",),
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )
    with logged(operation="token", about="Connection", tenant_id=tenant_id):
        answer = send(request, deadline=deadline)
        try:
            told = json.loads(answer.content)
        except (ValueError, RecursionError):
            told = None
        if answer.status != 200:
            raise from_token_endpoint(answer.status, told, retry_after=answer.retry_after)
        return read_token(told, subdomain)


def grant(connection: Connection) -> dict[str, Any]:
    """The body of a token request. A token holds for one business unit, which client credentials have to name."""
    body: dict[str, Any] = {"client_id": connection.client_id, "client_secret": secret_of(connection)}
    if connection.kind == Kind.CLIENT_CREDENTIALS:
        return body | {"grant_type": "client_credentials", "account_id": connection.business_unit.mid}
    if connection.refresh_token is None:
        raise ConnectionBroken
    return body | {"grant_type": "refresh_token", "refresh_token": unseal(bytes(connection.refresh_token))}


def secret_of(connection: Connection) -> str:
    """Users sign in through our own app, whose secret the operator may change: then the setting holds, not the row."""
    if connection.kind == Kind.USER_OAUTH and connection.client_id == settings.MCE_CLIENT_ID:
        return settings.MCE_CLIENT_SECRET
    return unseal(bytes(connection.client_secret))


def read_token(body: Any, subdomain: str) -> Fetched:
    """Raises AddressRefused for addresses that are not the tenant's own, UnreadableAnswer for anything amiss."""
    try:
        fetched = Fetched(
            access_token=body["access_token"],
            refresh_token=body.get("refresh_token") or "",
            seconds=float(body["expires_in"]),
            soap_url=body["soap_instance_url"],
            rest_url=body["rest_instance_url"],
        )
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        raise UnreadableAnswer from None
    texts = (fetched.access_token, fetched.refresh_token, fetched.soap_url, fetched.rest_url)
    # Whatever cannot stand in a header would come back out of the HTTP library in an error that quotes it.
    if not all(isinstance(text, str) and text.isascii() and text.isprintable() for text in texts):
        raise UnreadableAnswer
    if not fetched.access_token or not 0 < fetched.seconds < 86400:
        raise UnreadableAnswer
    own_address(fetched.soap_url, subdomain=subdomain, part="soap")
    own_address(fetched.rest_url, subdomain=subdomain, part="rest")
    return fetched
