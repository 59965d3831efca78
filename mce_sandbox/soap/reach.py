"""Whose objects a retrieve sees: ClientIDs and QueryAllAccounts."""

from dataclasses import dataclass

from lxml import etree

from mce_sandbox.soap.elements import children, number, word
from mce_sandbox.soap.filters import BadFilter
from mce_sandbox.world import Caller


@dataclass(frozen=True)
class Seen:
    """A business unit that is looked into: all of it, or only what it shares with the others."""

    caller: Caller
    shared_only: bool = False


def seen(caller: Caller, request: etree._Element) -> list[Seen]:
    """The caller's own; or the business units asked for, as far as the token's own may act for them."""
    family = caller.unit.enterprise
    units = caller.world.units
    is_parent = caller.unit.mid == family.id
    if word(request, "QueryAllAccounts").lower() in ("true", "1"):
        if is_parent:
            return [Seen(Caller(caller.world, units[mid])) for mid in family.mids]
        return [Seen(caller), Seen(Caller(caller.world, units[family.id]), shared_only=True)]
    wanted = [number(each, "ID") or number(each, "ClientID") for each in children(request, "ClientIDs")]
    mids = [mid for mid in wanted if mid is not None] or [caller.unit.mid]
    for mid in mids:
        if mid != caller.unit.mid and not (is_parent and mid in family.mids):
            # A token holds for its own account alone. MCE's words are not known.
            raise BadFilter(f"The account {mid} is not one that the token may act for.")
    return [Seen(Caller(caller.world, units[mid])) for mid in dict.fromkeys(mids)]
