"""Data extensions of a customer's own, to write into. Each has a name of its own: the sandbox keeps them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from mce_bridge import soap
from mce_bridge.objects import data_extensions, rowsets
from mce_bridge.services import open_account
from shell_query.services import NewTarget
from shell_query.targets import UpdateType
from tenants.callers import Caller
from tests.sandbox import Sandbox

COLUMNS = "StoreID Number key, City Text(100)"


@dataclass(frozen=True)
class Audience:
    key: str
    name: str

    def target(self, update_type: str) -> NewTarget:
        return NewTarget(self.key, UpdateType(update_type))

    def rows(self, caller: Caller) -> list[dict[str, str]]:
        """As `caller` finds them in Marketing Cloud."""
        found = rowsets.page(account_of(caller), key=self.key, page=1, page_size=500).rows
        return sorted(found, key=lambda row: list(row.values()))

    def delete(self, caller: Caller) -> None:
        """As somebody does it there."""
        found = data_extensions.find_by_key(account_of(caller), self.key)
        assert found is not None
        data_extensions.delete(account_of(caller), object_id=found.object_id)


def make_audience(mce: Sandbox, caller: Caller, columns: str = COLUMNS, rows: Sequence[Sequence[Any]] = ()) -> Audience:
    """`StoreID Number key, City Text(100) required`, as the sandbox writes fields."""
    made = Audience(key=f"Aud-{uuid4().hex[:12]}", name=f"Audience {uuid4().hex[:12]}")
    mce.ask(
        "POST",
        "seed",
        {"mid": caller.mid, "name": made.name, "key": made.key, "fields": columns, "rows": rows},
    )
    return made


def make_sendable_audience(caller: Caller) -> Audience:
    made = Audience(key=f"Aud-{uuid4().hex[:12]}", name=f"Audience {uuid4().hex[:12]}")
    soap.create(
        account_of(caller),
        "DataExtension",
        {
            "CustomerKey": made.key,
            "Name": made.name,
            "IsSendable": True,
            "SendableDataExtensionField": {"Name": "StoreID"},
            "SendableSubscriberField": {"Name": "_SubscriberKey"},
            "Fields": {"Field": [{"Name": "StoreID", "FieldType": "Number", "IsPrimaryKey": True, "IsRequired": True}]},
        },
    )
    return made


def account_of(caller: Caller) -> Any:
    return open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
