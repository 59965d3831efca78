"""The sample data: a shop and its mailings, made by DuckDB from a seed. Every key leads to a row."""

from dataclasses import dataclass

from mce_sandbox.control.dials import Dials
from mce_sandbox.data.sample_views import VIEWS
from mce_sandbox.data.seeding import make_data_extension
from mce_sandbox.data.views import data_views, read_fields
from mce_sandbox.sql.catalogue import Source
from mce_sandbox.sql.warehouse import quoted
from mce_sandbox.world import BusinessUnit, World

CUSTOMERS, ORDERS, PRODUCTS, STORES, SIGNUPS, JOBS = 10_000, 50_000, 200, 25, 500, 12


@dataclass(frozen=True)
class Table:
    """A sample data extension: its key is never its name, so that nobody mixes them up."""

    name: str
    key: str
    fields: str
    rows: str


# {u} is the unit's own number, so that business units differ. `pick(n, salt, i)` is a number below n.
TABLES = (
    Table(
        "Customers",
        "cust-master",
        "CustomerID Number key, ContactKey Text(50) required, FirstName Text(50), LastName Text(50), "
        "Email EmailAddress, Phone Phone, Locale Locale, City Text(100), Country Text(2), BirthDate Date, "
        "IsActive Boolean, LoyaltyPoints Number, CreditLimit Decimal(18,2), CreatedDate Date",
        """SELECT i, printf('C%07d', i + {u} * 100000), first_name(pick(12, 1, i)), last_name(pick(12, 2, i)),
            printf('customer%d@{domain}', i), CASE WHEN pick(5, 3, i) > 0 THEN printf('+49301%06d', i) END,
            ['en-US', 'de-DE', 'fr-FR', 'pl-PL'][1 + pick(4, 4, i)], city(pick(8, 5, i)),
            ['US', 'DE', 'FR', 'PL'][1 + pick(4, 4, i)],
            CASE WHEN pick(10, 6, i) > 0 THEN DATE '1950-01-01' + pick(20000, 7, i)::INT END, pick(10, 8,
            i) < 8,
            pick(5000, 9, i), CASE WHEN pick(8, 10, i) > 0 THEN (pick(1000000, 11, i) / 100)::DECIMAL(18,2) END,
            TIMESTAMP '2023-01-01 08:00:00' + to_minutes(pick(1400000, 12, i)::INT)
        FROM range(1, {customers} + 1) t(i)""",
    ),
    Table(
        "Orders",
        "order-lines-2026",
        "OrderID Number key, CustomerID Number required, ProductID Number, StoreID Number, OrderDate Date, "
        "Quantity Number, Amount Decimal(18,2), Status Text(20), Comment Text(500)",
        """SELECT i, 1 + pick({customers}, 21, i), 1 + pick({products}, 22, i), 1 + pick({stores}, 23, i),
            TIMESTAMP '2024-01-01' + to_minutes(pick(1000000, 24, i)::INT), 1 + pick(5, 25, i),
            (500 + pick(50000, 26, i)) / 100, ['New', 'Paid', 'Shipped', 'Returned'][1 + pick(4, 27, i)],
            CASE WHEN pick(20, 28, i) = 0 THEN 'Bitte an der Tür klingeln' END
        FROM range(1, {orders} + 1) t(i)""",
    ),
    Table(
        "Products",
        "catalog-products",
        "ProductID Number key, SKU Text(20) required, ProductName Text(100), Category Text(50), "
        "Price Decimal(18,2), Weight Decimal(10,3), IsDiscontinued Boolean, LaunchDate Date",
        """SELECT i, printf('SKU-%05d', i), ['Jacke', 'Tent', 'Café mug', 'Rucksack'][1 + pick(4, 31,
            i)] || ' ' || i,
            ['Clothing', 'Camping', 'Kitchen', 'Bags'][1 + pick(4, 31, i)], (199 + pick(20000, 32, i)) / 100,
            pick(9000, 33, i) / 1000, pick(10, 34, i) = 0, DATE '2020-01-01' + pick(1800, 35, i)::INT
        FROM range(1, {products} + 1) t(i)""",
    ),
    Table(
        "Stores",
        "store-directory",
        "StoreID Number key, StoreName Text(100), City Text(100), Country Text(2), Manager Text(100), "
        "OpenedOn Date, Latitude Decimal(10,6)",
        """SELECT i, 'Store ' || city(pick(8, 41, i)) || ' ' || i, city(pick(8, 41, i)),
            ['US', 'DE', 'FR', 'PL'][1 + pick(4, 42, i)], first_name(pick(12, 43,
            i)) || ' ' || last_name(pick(12, 44, i)),
            DATE '2001-03-01' + pick(7000, 45, i)::INT, pick(90000000, 46, i) / 1000000
        FROM range(1, {stores} + 1) t(i)""",
    ),
    Table(
        "Newsletter Signups",
        "nl-signups-01",
        "Email EmailAddress key, FirstName Text(50), Source Text(50), SignedUpAt Date, OptIn Boolean, "
        "CustomerID Number, Notes Text(1000)",
        """SELECT printf('customer%d@{domain}', i * 3), CASE WHEN pick(6, 51,
            i) > 0 THEN first_name(pick(12, 52, i)) END,
            ['Web', 'Straße & Café', '店舗', NULL][1 + pick(4, 53, i)],
            CASE WHEN pick(7, 54, i) > 0 THEN TIMESTAMP '2025-01-01 09:30:00' + to_hours(pick(8000, 55,
            i)::INT) END,
            CASE WHEN pick(9, 56, i) > 0 THEN pick(3, 57, i) > 0 END, i * 3,
            CASE WHEN pick(3, 58, i) = 0 THEN 'Grüße aus Kraków, żółć 😀' END
        FROM range(1, {signups} + 1) t(i)""",
    ),
)  # fmt: skip


def build_world(*, seed: int, dials: Dials) -> World:
    """A fresh world with all its sample data."""
    world = World(seed=seed, dials=dials)
    cursor = world.warehouse.cursor()
    for number, unit in enumerate(world.units.values()):
        _macros(world, seed + unit.mid)
        _fill_unit(world, unit, number)
    for macro in ("pick", "mixed", "first_name", "last_name", "city", "sent_at", "guid"):
        cursor.execute(f"DROP MACRO {macro}")
    return world


def _macros(world: World, seed: int) -> None:
    """Dice that always fall the same way: no random(), no hash() of DuckDB's,
    which may change with its version."""
    cursor = world.warehouse.cursor()
    cursor.execute(
        f"CREATE OR REPLACE MACRO mixed(salt, i) AS "
        f"(i::BIGINT * 40014 + salt::BIGINT * 65537 * 40503 + {seed}::BIGINT * 7919) % 2147483647"
    )
    cursor.execute("CREATE OR REPLACE MACRO pick(n, salt, i) AS (mixed(salt, i) * mixed(salt, i)) % 2147483629 % n")
    lists = {
        "first_name": "Anna Jürgen Zoë Mateusz Chloé Søren Ana O'Brien-Lee Łukasz Ingrid 明 Emma",
        "last_name": "Müller Kowalski Smith Lefèvre Nguyễn Åberg Garcia Weiß Jones Dvořák 山田 O'Neil",
        "city": "Berlin Kraków Paris München Seattle Lyon Austin Łódź",
    }
    for name, words in lists.items():
        values = ", ".join("'" + word.replace("'", "''") + "'" for word in words.split())
        cursor.execute(f"CREATE OR REPLACE MACRO {name}(i) AS ([{values}])[1 + i]")
    cursor.execute("CREATE OR REPLACE MACRO sent_at(i) AS TIMESTAMP '2026-01-05 10:00:00' + to_days((i * 7)::INT)")
    cursor.execute(f"CREATE OR REPLACE MACRO guid(kind, i) AS printf('%08d-0000-4000-8000-%012d', kind, {seed} + i)")


def _fill_unit(world: World, unit: BusinessUnit, number: int) -> None:
    """The enterprise's own unit has the shared data extensions; the others a shop of their own."""
    cursor = world.warehouse.cursor()
    known = {
        "u": number, "mid": unit.mid, "job": number * 1000, "jobs": JOBS, "customers": CUSTOMERS,
            "orders": ORDERS,
        "products": PRODUCTS, "stores": STORES, "signups": SIGNUPS, "schema": quoted(unit.schema),
        "domain": f"{unit.enterprise.subdomain.removeprefix('mc-')}.example",
    }  # fmt: skip
    is_parent = unit.mid == unit.enterprise.id
    for table in TABLES if not is_parent else TABLES[2:4]:
        name = f"Shared {table.name}" if is_parent else table.name
        key = f"ent-{table.key}" if is_parent else f"{table.key}-{unit.mid}"
        made = make_data_extension(world, unit, name=name, customer_key=key, fields=read_fields(table.fields))
        target = f"{known['schema']}.{quoted(made.table)}"
        cursor.execute(f"INSERT INTO {target} {table.rows.format(**known)}")
        if table.name == "Customers":
            known["customers_table"] = target
    for view, fields in data_views().items():
        unit.views[view.lower()] = Source(view, unit.schema, view.lower(), fields)
        world.warehouse.create_table(f"{known['schema']}.{quoted(view)}", fields)
    if not is_parent:
        for view, rows in VIEWS.items():
            cursor.execute(f"INSERT INTO {known['schema']}.{quoted(view)} BY NAME {rows.format(**known)}")
