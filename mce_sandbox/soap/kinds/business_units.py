"""BusinessUnit over SOAP: the account of the token; from the enterprise's own with QueryAllAccounts all of them."""

from collections.abc import Iterable

from mce_sandbox.soap.filters import Filter
from mce_sandbox.soap.kinds.kind import CLIENT, PARTNER_KEY, Kind, Row, without
from mce_sandbox.soap.shapes import Property, Shape, Value, nil
from mce_sandbox.world import Caller


def parent_id(row: Row) -> Value:
    """The enterprise's own business unit has no parent."""
    return 0 if row.unit.mid == row.unit.enterprise.id else row.unit.enterprise.id


def parent_name(row: Row) -> Value:
    return "" if row.unit.mid == row.unit.enterprise.id else row.unit.enterprise.name


SHAPE = Shape(
    "BusinessUnit",
    [
        CLIENT,
        Property("Client.EnterpriseID", lambda row: row.unit.enterprise.id, "Int64", api_object=False),
        PARTNER_KEY,
        Property("CreatedDate", lambda row: row.thing.created, "DateTime"),
        Property("ModifiedDate", lambda row: row.thing.modified, "DateTime"),
        Property("ID", lambda row: row.unit.mid, "Int32"),
        Property("ObjectID", lambda row: None, unset=nil("ObjectID")),
        Property("CustomerKey", lambda row: str(row.unit.mid)),
        # What is not asked for comes all the same, as in the recorded answer.
        Property("AccountType", lambda row: "BUSINESS_UNIT", unset="<AccountType>None</AccountType>"),
        Property("ParentID", parent_id, "Int32"),
        Property("Name", lambda row: row.unit.info.name),
        Property("Email", lambda row: row.unit.enterprise.users[0].email),
        Property("FromName", lambda row: row.unit.info.name),
        Property("BusinessName", lambda row: row.unit.enterprise.name),
        without("Phone"),
        without("Address"),
        without("Fax"),
        without("City"),
        without("State"),
        without("Zip"),
        without("Country"),
        Property("IsActive", lambda row: 1, "Int32"),
        Property("IsTestAccount", lambda row: False, "Boolean"),
        Property("ParentName", parent_name),
        without("EditionID", "Int32"),
        Property("Subscription", lambda row: None, "Subscription", unset=nil("Subscription"), retrievable=False),
        without("Description"),
        Property(
            "MasterUnsubscribeBehavior",
            lambda row: "ENTIRE_ENTERPRISE",
            unset="<MasterUnsubscribeBehavior>ENTIRE_ENTERPRISE</MasterUnsubscribeBehavior>",
        ),
    ],
)


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    # The folder made first is as old as the account.
    return [Row(caller.unit, caller.unit.folders.root("dataextension"))]


KIND = Kind(SHAPE, rows)
