"""What others may do with connections. The MCE objects themselves are in `mce_bridge.objects`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, Q
from django.db.models.functions import Now

from mce_bridge.account import Account
from mce_bridge.breaker import Breaker
from mce_bridge.deadline import Deadline
from mce_bridge.errors import ConnectionBroken, ConnectionExists, NoConnection
from mce_bridge.hosts import default_auth_url, own_address
from mce_bridge.models import Connection, ConnectionQuerySet, Kind, State
from mce_bridge.objects import folders
from mce_bridge.tokens import RENEW_BEFORE, Fetched, is_good, opened, sealed
from tenants.callers import Caller
from tenants.compiled import Compiled
from tenants.context import tenant_scope
from tenants.encryption import seal
from tenants.models import Action, BusinessUnit, Grant
from tenants.services.audit import SYSTEM, Actor, note


@dataclass(frozen=True)
class Candidates:
    """The connections that may serve somebody in a business unit, as their rows were read, the best first."""

    connections: list[Connection] = field(repr=False)

    def open(self, seconds: float | None = None) -> Account:
        """All calls together take at most `seconds`, if not given STEP_DEADLINE_SECONDS.

        Raises NoConnection, ConnectionBroken, Paused, AddressRefused, CannotUnseal.
        """
        if not self.connections:
            raise NoConnection
        connection = next((each for each in self.connections if each.state == State.ACTIVE), None)
        if connection is None:
            raise ConnectionBroken
        return account_of(connection, seconds)


def candidates(*, tenant_id: UUID, business_unit_id: UUID, user_id: UUID | None) -> Candidates:
    """For the user: their own connection, else client credentials. Without a user, for the unit's own housekeeping."""
    if user_id is not None:
        return Candidates(serving_user.rows(tenant_id, business_unit_id, user_id))
    with tenant_scope(tenant_id):
        return Candidates(list(serving(business_unit_id, None)))


def serving(business_unit_id: UUID, user_id: UUID | None) -> ConnectionQuerySet:
    return Connection.objects.serving(business_unit_id=business_unit_id, user_id=user_id).with_standing()


serving_user = Compiled(serving, count=2)


def open_account(
    *, tenant_id: UUID, business_unit_id: UUID, user_id: UUID | None, seconds: float | None = None
) -> Account:
    """The business unit in the user's name. See Candidates for what is raised."""
    return candidates(tenant_id=tenant_id, business_unit_id=business_unit_id, user_id=user_id).open(seconds)


@dataclass(frozen=True)
class Serving:
    """How a business unit is connected for a user; `kind` is of the connection that serves, or that would."""

    state: str  # State, or "none"
    kind: str | None = None


def serving_each(*, tenant_id: UUID, user_id: UUID, business_unit_ids: Iterable[UUID]) -> dict[UUID, Serving]:
    """By business unit, what `open_account` would find for this user, who is granted them all."""
    with tenant_scope(tenant_id):
        theirs = Connection.objects.filter(Q(user=None) | Q(user_id=user_id)).values_list(
            "business_unit_id", "state", "kind"
        )
        # The last of a unit counts: active before broken, and the user's own before client credentials.
        ordered = theirs.order_by("-state", F("user").asc(nulls_first=True))
        found = {unit_id: Serving(state, kind) for unit_id, state, kind in ordered}
    return {unit_id: found.get(unit_id, Serving("none")) for unit_id in business_unit_ids}


def granted_units(caller: Caller) -> list[tuple[BusinessUnit, Serving]]:
    """The business units that the caller may act in, each with how it is connected for them."""
    with tenant_scope(caller.tenant_id):
        standing = Grant.objects.standing().filter(user_id=caller.user_id)
        units = list(BusinessUnit.objects.filter(grants__in=standing))
    each = serving_each(
        tenant_id=caller.tenant_id, user_id=caller.user_id, business_unit_ids=[unit.id for unit in units]
    )
    return [(unit, each[unit.id]) for unit in units]


def create_connection(
    *,
    tenant_id: UUID,
    business_unit_id: UUID,
    client_id: str,
    client_secret: str,
    auth_url: str = "",
    actor: Actor = SYSTEM,
) -> Connection:
    """Connects a business unit with client credentials. Nothing is sent yet: `test_connection` does.

    Without `auth_url` it is the tenant's own at MCE. Raises AddressRefused, ConnectionExists, NoConnection.
    """
    with tenant_scope(tenant_id):
        unit = BusinessUnit.objects.select_related("tenant").filter(id=business_unit_id).first()
        if unit is None:
            raise NoConnection("There is no such business unit.")
        subdomain = unit.tenant.subdomain
        address = own_address(auth_url or default_auth_url(subdomain), subdomain=subdomain, part="auth")
        if Connection.objects.filter(business_unit=unit, user=None).exists():
            raise ConnectionExists
        try:
            made = Connection.objects.create(
                tenant_id=tenant_id,
                business_unit=unit,
                kind=Kind.CLIENT_CREDENTIALS,
                subdomain=subdomain,
                auth_url=address,
                client_id=client_id,
                client_secret=seal(client_secret),
            )
        except IntegrityError:
            raise ConnectionExists from None
        note(Action.CONNECTION_MADE, tenant_id=tenant_id, actor=actor, subject=made.id, mid=unit.mid)
    return made


def keep_user_connection(*, caller: Caller, subdomain: str, auth_url: str, fetched: Fetched) -> None:
    """A user's own connection to the business unit they signed in to, new or renewed. It serves nobody else."""
    values = {
        "kind": Kind.USER_OAUTH,
        "state": State.ACTIVE,
        "subdomain": subdomain,
        "auth_url": auth_url,
        "client_id": settings.MCE_CLIENT_ID,
        "client_secret": seal(settings.MCE_CLIENT_SECRET),
        **sealed(fetched),
    }
    with tenant_scope(caller.tenant_id):
        Connection.objects.update_or_create(
            tenant_id=caller.tenant_id,
            business_unit_id=caller.business_unit_id,
            user_id=caller.user_id,
            # The version fences off whoever is refreshing the connection of the earlier sign-in.
            defaults={**values, "access_version": F("access_version") + 1},
            create_defaults={**values, "access_version": 1},
        )


def check_subdomain(subdomain: str) -> None:
    """Whether MCE could have such addresses. Raises AddressRefused."""
    own_address(default_auth_url(subdomain), subdomain=subdomain, part="auth")


def replace_secret(
    *,
    tenant_id: UUID,
    connection_id: UUID,
    client_id: str,
    client_secret: str,
    auth_url: str = "",
    actor: Actor = SYSTEM,
) -> None:
    """New credentials for a connection: the old token is dropped, a broken connection is active again.

    With `auth_url` at another address, too. Raises AddressRefused, NoConnection.
    """
    with tenant_scope(tenant_id):
        found = Connection.objects.filter(id=connection_id, kind=Kind.CLIENT_CREDENTIALS)
        changed = found.update(
            **(addresses(found.first(), auth_url) if auth_url else {}),
            client_id=client_id,
            client_secret=seal(client_secret),
            state=State.ACTIVE,
            access_version=F("access_version") + 1,  # whoever still asks with the old ones breaks nothing any more
            access_token=None,
            access_expires_at=None,
            refresh_until=None,
            updated_at=Now(),
        )
        if not changed:
            raise NoConnection
        if auth_url:
            break_sign_ins_elsewhere(found.get())
        note(Action.CONNECTION_CHANGED, tenant_id=tenant_id, actor=actor, subject=connection_id)


def addresses(connection: Connection | None, auth_url: str) -> dict[str, str]:
    """What changes with the address; the next token tells the others. Raises AddressRefused, NoConnection."""
    if connection is None:
        raise NoConnection
    return {
        "auth_url": own_address(auth_url, subdomain=connection.subdomain, part="auth"),
        "soap_url": "",
        "rest_url": "",
    }


def break_sign_ins_elsewhere(connection: Connection) -> None:
    """Whoever signed in to this business unit at another address has to sign in again."""
    of_users = Connection.objects.filter(business_unit_id=connection.business_unit_id, user__isnull=False)
    of_users.exclude(auth_url=connection.auth_url).update(state=State.BROKEN, updated_at=Now())


def remove_connection(*, tenant_id: UUID, connection_id: UUID, actor: Actor = SYSTEM) -> None:
    """Its tokens are forgotten; runs that need it fail. Raises NoConnection."""
    with tenant_scope(tenant_id):
        deleted, _ = Connection.objects.filter(id=connection_id).delete()
        if not deleted:
            raise NoConnection
        note(Action.CONNECTION_REMOVED, tenant_id=tenant_id, actor=actor, subject=connection_id)


def test_connection(*, tenant_id: UUID, connection_id: UUID) -> None:
    """Gets a token and reads the root folder for data extensions with it. Raises what stands in the way."""
    with tenant_scope(tenant_id):
        connection = Connection.objects.with_standing().filter(id=connection_id).first()
    if connection is None:
        raise NoConnection
    folders.find_root(account_of(connection, None), "dataextension")


def account_of(connection: Connection, seconds: float | None) -> Account:
    """`connection` with_standing(). Raises Paused, AddressRefused, CannotUnseal."""
    now: datetime = connection.now  # type: ignore[attr-defined]
    unit = connection.standing
    return Account(
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        mid=unit.mid,
        deadline=Deadline.after(settings.STEP_DEADLINE_SECONDS if seconds is None else seconds),
        breaker=Breaker.of(unit, now),
        access=opened(connection) if is_good(connection, now, left=RENEW_BEFORE) else None,
    )
