"""What data extensions there are and what is in them, for whoever writes SQL: names and fields, never rows."""

from mce_bridge.services import open_account
from shell_query.catalogue import Catalogue, Detailed, Listed
from shell_query.errors import NoDataExtension
from tenants.callers import Caller


def find_data_extensions(*, caller: Caller, search: str) -> tuple[Listed, ...]:
    """Those of the caller's business unit whose name contains `search`, in whatever case, by name."""
    return catalogue_of(caller).names(search)


def describe_data_extension(*, caller: Caller, customer_key: str) -> Detailed:
    """Raises NoDataExtension."""
    found = catalogue_of(caller).detailed(customer_key)
    if found is None:
        raise NoDataExtension
    return found


def catalogue_of(caller: Caller) -> Catalogue:
    account = open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
    return Catalogue(account)
