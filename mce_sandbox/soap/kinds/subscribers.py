"""Subscriber over SOAP, found by SubscriberKey, by id or by email address."""

from collections.abc import Iterable

from lxml import etree

from mce_sandbox.clock import system_now
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.subscribers import NOT_FOUND, Subscriber, Subscribers
from mce_sandbox.soap.elements import word
from mce_sandbox.soap.envelope import element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, PARTNER_KEY, Done, Kind, Row, own
from mce_sandbox.soap.shapes import Property, Shape, nil
from mce_sandbox.world import Caller

SHAPE = Shape(
    "Subscriber",
    [
        CLIENT,
        PARTNER_KEY,
        own("CreatedDate", "joined", "DateTime"),
        own("ID", "id", "Int32"),
        Property("ObjectID", lambda row: None, unset=nil("ObjectID")),
        own("EmailAddress", "email"),
        own("SubscriberKey", "key"),
        own("UnsubscribedDate", "unsubscribed", "DateTime"),
        own("Status", "status"),
        Property("EmailTypePreference", lambda row: "HTML"),
        own("Locale", "locale"),
    ],
)
# What a filter can pin down, and the column it is in.
COLUMNS = {"SubscriberKey": "SubscriberKey", "EmailAddress": "EmailAddress", "ID": "SubscriberID"}


async def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    for name, column in COLUMNS.items():
        if values := pinned(filter_, name):
            return [Row(caller.unit, each) for each in await _subscribers(caller).read(column, values)]
    return [Row(caller.unit, each) for each in await _subscribers(caller).read()]


async def create(caller: Caller, wanted: etree._Element) -> Done:
    email, key = word(wanted, "EmailAddress"), word(wanted, "SubscriberKey")
    number = await _subscribers(caller).add(
        key=key, email=email, status=word(wanted, "Status") or "Active", now=system_now()
    )
    return Done("Created Subscriber.", new_id=number, object=_echo(number, email, key or email))


async def update(caller: Caller, wanted: etree._Element) -> Done:
    found = await _find(caller, wanted)
    if found is None:
        raise Refused("The subscriber was not found.", NOT_FOUND)
    email, status = word(wanted, "EmailAddress") or found.email, word(wanted, "Status") or found.status
    await _subscribers(caller).change(found, email=email, status=status, now=system_now())
    return Done("Updated Subscriber.", object=_echo(found.id, email, found.key))


async def upsert(caller: Caller, wanted: etree._Element) -> Done:
    return await (update if await _find(caller, wanted) else create)(caller, wanted)


async def delete(caller: Caller, wanted: etree._Element) -> Done:
    found = await _find(caller, wanted)
    if found is None:
        raise Refused("The subscriber was not found.", NOT_FOUND)
    await _subscribers(caller).remove(found)
    return Done("Subscriber deleted", object=_echo(found.id, found.email, found.key))


def _subscribers(caller: Caller) -> Subscribers:
    return Subscribers(caller.world.warehouse, caller.unit.schema)


async def _find(caller: Caller, wanted: etree._Element) -> Subscriber | None:
    for name in ("SubscriberKey", "ID", "EmailAddress"):
        if value := word(wanted, name):
            found = await _subscribers(caller).read(COLUMNS[name], [value])
            return found[0] if found else None
    return None


def _echo(number: int, email: str, key: str) -> str:
    return (
        f"{nil('PartnerKey')}{element('ID', number)}{nil('ObjectID')}{element('EmailAddress', email)}"
        f"{element('SubscriberKey', key)}"
    )


KIND = Kind(SHAPE, rows, create=create, update=update, upsert=upsert, delete=delete)
