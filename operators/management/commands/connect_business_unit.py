"""manage.py connect_business_unit --tenant EID --mid MID --name NAME --client-id ID [--replace]: client credentials.

The secret is asked for, or read from the first line of the input: a command line can be seen by everybody.
"""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from mce_bridge.errors import ConnectionExists, MceError
from mce_bridge.models import Connection
from mce_bridge.services import create_connection, replace_secret, test_connection
from operators.arguments import of_field, of_mce
from tenants.context import tenant_scope
from tenants.models import BusinessUnit
from tenants.services import ensure_business_unit, find_tenant


class Command(BaseCommand):
    help = "Connects a business unit with a server-to-server package, and asks Marketing Cloud whether it works."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="EID", required=True, help="MCE's id of the top account")
        parser.add_argument("--mid", type=of_mce, required=True)
        parser.add_argument(
            "--name", type=of_field(BusinessUnit, "name"), help="of a new one; its MID if none is given"
        )
        parser.add_argument("--client-id", type=of_field(Connection, "client_id"), required=True)
        parser.add_argument(
            "--auth-url", type=of_field(Connection, "auth_url"), default=None, help="if it is not the tenant's own"
        )
        parser.add_argument("--replace", action="store_true", help="new credentials, or address, of what is there")

    def handle(self, *args: Any, tenant: str, mid: int, name: str | None, **options: Any) -> None:
        tenant_id = find_tenant(tenant)
        if tenant_id is None:
            raise CommandError(f"There is no tenant {tenant}; make it with create_tenant.")
        secret = read_secret()
        unit_id = ensure_business_unit(tenant_id=tenant_id, mid=mid, name=name or str(mid))
        try:
            connection_id = connect(tenant_id, unit_id, secret=secret, **options)
            test_connection(tenant_id=tenant_id, connection_id=connection_id)
        except ConnectionExists as error:
            raise CommandError(f"{error.detail}; give --replace for new credentials.") from error
        except MceError as error:
            raise CommandError(f"{error.detail} ({error.code}); what was given is kept until --replace.") from error
        self.stdout.write(f"{mid} is connected: Marketing Cloud answers well.")


def connect(
    tenant_id: UUID, unit_id: UUID, *, secret: str, client_id: str, auth_url: str | None, replace: bool, **options: Any
) -> UUID:
    """Raises MceError."""
    with tenant_scope(tenant_id):
        present = Connection.objects.filter(business_unit_id=unit_id, user=None).only("id").first()
    if present is not None and replace:
        replace_secret(
            tenant_id=tenant_id,
            connection_id=present.id,
            client_id=client_id,
            client_secret=secret,
            auth_url=auth_url or "",
        )
        return present.id
    made = create_connection(
        tenant_id=tenant_id,
        business_unit_id=unit_id,
        client_id=client_id,
        client_secret=secret,
        auth_url=auth_url or "",
    )
    return made.id


def read_secret() -> str:
    secret = getpass("Client secret: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not secret.strip():
        raise CommandError("Give the client secret as the first line of the input.")
    return secret.strip()
