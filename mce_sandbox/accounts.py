"""The cast: who exists in the sandbox. The one place to look up ids and credentials; also GET /control/accounts.

None of this is secret: the sandbox holds made-up people and made-up rows.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """Somebody who can sign in."""

    id: str
    number: int
    name: str
    email: str
    mids: tuple[int, ...]


@dataclass(frozen=True)
class BusinessUnitInfo:
    mid: int
    name: str


@dataclass(frozen=True)
class Enterprise:
    """One customer of Marketing Cloud. Its own id is also the mid of its parent business unit."""

    id: int
    name: str
    subdomain: str
    client_id: str
    client_secret: str
    business_units: tuple[BusinessUnitInfo, ...]
    users: tuple[User, ...]

    @property
    def mids(self) -> tuple[int, ...]:
        return tuple(unit.mid for unit in self.business_units)

    @property
    def app_user(self) -> User:
        """Whom the enterprise's client acts as when it signs in for itself."""
        number = self.users[0].number - 1
        return User(self.client_id, number, f"{self.name} app", f"app@{self.subdomain}.example", self.mids)

    def user(self, user_id: str) -> User | None:
        return next((user for user in (*self.users, self.app_user) if user.id == user_id), None)


ENTERPRISES = (
    Enterprise(
        id=7001000,
        name="Northwind Outfitters",
        subdomain="mc-northwind",
        client_id="northwind-app",
        client_secret="northwind-secret-for-the-sandbox",  # noqa: S106 - not a secret
        business_units=(
            BusinessUnitInfo(7001000, "Northwind Outfitters"),
            BusinessUnitInfo(7001001, "Northwind Europe"),
            BusinessUnitInfo(7001002, "Northwind Americas"),
        ),
        users=(
            User("u-alice", 501, "Alice Northwind", "alice@northwind.example", (7001001, 7001002)),
            User("u-bob", 502, "Bob Northwind", "bob@northwind.example", (7001001, 7001002)),
        ),
    ),
    Enterprise(
        id=8002000,
        name="Globex",
        subdomain="mc-globex",
        client_id="globex-app",
        client_secret="globex-secret-for-the-sandbox",  # noqa: S106 - not a secret
        business_units=(
            BusinessUnitInfo(8002000, "Globex"),
            BusinessUnitInfo(8002001, "Globex Mail"),
        ),
        users=(User("u-mallory", 601, "Mallory Globex", "mallory@globex.example", (8002001,)),),
    ),
)

SCOPES = (
    "automations_execute automations_read automations_write data_extensions_read data_extensions_write "
    "email_read list_and_subscribers_read offline openid saved_content_read users_read"
)


@dataclass(frozen=True)
class App:
    """A client: of one enterprise, or a package for signing in that several have installed."""

    client_id: str
    client_secret: str
    enterprises: tuple[Enterprise, ...]


# Who signs in through it tells the enterprise; for itself it cannot get a token.
SHARED_APP = App("shared-app", "shared-secret-for-the-sandbox", ENTERPRISES)


def find_app(client_id: str) -> App | None:
    """What tells the tenants apart on one host."""
    own = (App(each.client_id, each.client_secret, (each,)) for each in ENTERPRISES)
    return next((app for app in (SHARED_APP, *own) if app.client_id == client_id), None)
