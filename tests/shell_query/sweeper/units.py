"""Business units of Marketing Cloud as these tests hold them: what lies in our two folders, and putting more in."""

from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID, uuid4

from django.db.models.functions import Now

from leases.claims import Claim
from leases.services import claim_due
from mce_bridge.account import Account
from mce_bridge.models import Connection, State
from mce_bridge.objects import data_extensions, query_definitions
from mce_bridge.objects.data_extensions import NewDataExtension, NewField
from mce_bridge.objects.query_definitions import NewQuery
from mce_bridge.services import create_connection, open_account
from shell_query import naming
from shell_query.engine.folders import find_or_make
from shell_query.models import UnitSweep
from shell_query.services.sweeping import Unit
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tenants.services import ensure_business_unit, grant
from tests.cast import APPS


@dataclass(frozen=True)
class SweptUnit:
    caller: Caller
    unit: Unit

    @cached_property
    def folders(self) -> tuple[int, int]:
        """Ours, for queries and for data extensions."""
        return find_or_make(self.account, "queryactivity"), find_or_make(self.account, "dataextension")

    @property
    def account(self) -> Account:
        return open_account(
            tenant_id=self.unit.tenant_id, business_unit_id=self.unit.business_unit_id, user_id=None, seconds=60
        )

    @property
    def names(self) -> set[str]:
        """Of all that lies in our two folders."""
        queries, extensions = self.folders
        of_queries = {query.name for query in query_definitions.in_folder(self.account, queries)}
        return of_queries | {each.name for each in data_extensions.in_folder(self.account, extensions)}

    def empty(self) -> None:
        queries, extensions = self.folders
        for query in query_definitions.in_folder(self.account, queries):
            query_definitions.delete(self.account, object_id=query.object_id)
        for extension in data_extensions.in_folder(self.account, extensions):
            data_extensions.delete(self.account, object_id=extension.object_id)

    def make_data_extension(self, *, key: str = "", name: str = "", folder_id: int | None = None) -> str:
        """Its name. Without more said it is what some run left behind."""
        run_id = uuid4()
        spec = NewDataExtension(
            customer_key=key or naming.data_extension_key(run_id),
            name=name or naming.data_extension_name(run_id, "", attempt=2),
            folder_id=folder_id or self.folders[1],
            fields=(NewField("StoreID", "Number"),),
        )
        data_extensions.create(self.account, spec)
        return spec.name

    def make_query(self, *, key: str = "", name: str = "") -> str:
        """Its name; it writes into a data extension in the root folder."""
        run_id, target = uuid4(), f"target-{uuid4().hex[:20]}"
        root = NewDataExtension(target, target, None, (NewField("StoreID", "Number"),))
        data_extensions.create(self.account, root)
        spec = NewQuery(
            customer_key=key or naming.query_key(run_id),
            name=name or naming.query_name(run_id),
            sql="SELECT 1 AS StoreID",
            target_key=target,
            target_name=target,
            update_type="Overwrite",
            folder_id=self.folders[0],
        )
        query_definitions.create(self.account, spec)
        return spec.name

    def connect(self, state: State) -> None:
        with tenant_scope(self.unit.tenant_id):
            Connection.objects.filter(business_unit_id=self.unit.business_unit_id).update(state=state)

    def row(self) -> UnitSweep:
        with tenant_scope(self.unit.tenant_id):
            return UnitSweep.objects.get(business_unit_id=self.unit.business_unit_id)

    def change(self, **fields: object) -> None:
        """Makes the row if there is none."""
        with tenant_scope(self.unit.tenant_id):
            row, _ = UnitSweep.objects.get_or_create(
                tenant_id=self.unit.tenant_id, business_unit_id=self.unit.business_unit_id
            )
            UnitSweep.objects.filter(id=row.id).update(**fields)

    def ring(self, **of_unit: object) -> Claim:
        """The alarm rings now, and the tick claims it. What may have paused the unit is over, unless `of_unit` says."""
        with tenant_scope(self.unit.tenant_id):
            BusinessUnit.objects.filter(id=self.unit.business_unit_id).update(**{"paused_until": None, **of_unit})
        self.change(wake_at=Now(), due_at=Now())
        (claim,) = claim_due(UnitSweep, most=10)
        return claim

    def end_lease(self) -> None:
        """As if the time of the lease had passed."""
        self.change(wake_at=Now())


def make_unit(caller: Caller, *, mid: int, name: str, subdomain: str, sandbox_url: str) -> SweptUnit:
    """Another business unit of the caller, connected, with nothing of ours in it."""
    unit_id = ensure_business_unit(tenant_id=caller.tenant_id, mid=mid, name=name)
    grant(tenant_id=caller.tenant_id, user_id=caller.user_id, business_unit_id=unit_id)
    connect(caller.tenant_id, unit_id, subdomain, sandbox_url)
    there = replace(caller, business_unit_id=unit_id, mid=mid)
    made = SweptUnit(there, Unit(caller.tenant_id, unit_id, mid, name))
    made.empty()
    return made


def connect(tenant_id: UUID, unit_id: UUID, subdomain: str, sandbox_url: str) -> None:
    client_id, client_secret = APPS[subdomain]
    create_connection(
        tenant_id=tenant_id,
        business_unit_id=unit_id,
        client_id=client_id,
        client_secret=client_secret,
        auth_url=sandbox_url,
    )
