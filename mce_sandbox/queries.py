"""Queries, whichever way they are asked for: checked, created, started, deleted. SOAP and REST both come here."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import duckdb

from mce_sandbox.clock import system_now
from mce_sandbox.control.faults import RUN, Fault
from mce_sandbox.objects.activities import Activity, Work
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.query_definitions import ACTIVE, UPDATE_TYPES, QueryDefinition
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.sql.checking import check
from mce_sandbox.sql.errors import RunRefused, SqlError, SqlFailed, SqlRejected
from mce_sandbox.sql.speaking import bind
from mce_sandbox.sql.translating import translate
from mce_sandbox.sql.warehouse import quoted
from mce_sandbox.sql.writing import Job, Target, check_target, execute, write_part
from mce_sandbox.world import BusinessUnit, World

# A sendable target with Update, as it was seen on a live tenant, space and all.
NO_EXCLUSION = "Could not build exclusion text for unknown subscriber field type _Subscriber Key."


@dataclass(frozen=True)
class QuerySpec:
    """What somebody wants saved."""

    name: str
    customer_key: str
    description: str
    text: str
    target_key: str
    target_name: str
    update_type: str
    category_id: int | None


async def check_text(world: World, unit: BusinessUnit, text: str) -> None:
    """Raises SqlError if MCE would not take it. Parsing takes milliseconds, so it is done on a thread."""
    catalogue, now = world.catalogue(unit), system_now()

    def look(connection: duckdb.DuckDBPyConnection) -> None:
        bind(connection, translate(check(text, catalogue), now=now))

    await world.warehouse.run(look)


async def create_query(world: World, unit: BusinessUnit, spec: QuerySpec) -> QueryDefinition:
    """Saves a query. Raises SqlError for its SQL, Refused for the rest."""
    category_id, extension = await _checked(world, unit, spec)
    now = system_now()
    return unit.queries.add(
        QueryDefinition(
            object_id=str(uuid4()),
            name=spec.name,
            customer_key=spec.customer_key or str(uuid4()),
            description=spec.description,
            text=spec.text,
            target_key=extension.customer_key,
            target_name=extension.name,
            target_id=extension.object_id,
            update_type=spec.update_type,
            category_id=category_id,
            created=now,
            modified=now,
        )
    )


async def update_query(world: World, unit: BusinessUnit, query: QueryDefinition, spec: QuerySpec) -> None:
    """Makes a query what the spec says. Raises SqlError for its SQL, Refused for the rest; then nothing has changed."""
    category_id, extension = await _checked(world, unit, spec)
    if query.status != ACTIVE:
        raise Refused("The QueryDefinition was not found.", 2)
    unit.queries.rename(query, name=spec.name, customer_key=spec.customer_key or query.customer_key)
    query.description, query.text, query.update_type = spec.description, spec.text, spec.update_type
    query.target_key, query.target_name = extension.customer_key, extension.name
    query.target_id, query.category_id = extension.object_id, category_id
    query.modified = system_now()


async def _checked(world: World, unit: BusinessUnit, spec: QuerySpec) -> tuple[int, DataExtension]:
    """The folder and the target of a query that may be saved."""
    if not spec.name.strip():
        raise Refused("QueryDefinition Name is required.", 2)
    if spec.update_type not in UPDATE_TYPES:
        raise Refused(f"The TargetUpdateType '{spec.update_type}' is not valid.", 2)
    category_id = unit.folders.category(spec.category_id, "queryactivity")
    extension = _target_extension(unit, spec)
    await check_for_target(world, unit, text=spec.text, extension=extension, update_type=spec.update_type)
    return category_id, extension


async def check_for_target(
    world: World, unit: BusinessUnit, *, text: str, extension: DataExtension, update_type: str
) -> None:
    """The whole look MCE takes when a query is saved."""
    catalogue, target, now = world.catalogue(unit), target_of(unit, extension), system_now()
    if extension.is_sendable and update_type == "Update":
        raise SqlRejected(NO_EXCLUSION)

    def look(connection: duckdb.DuckDBPyConnection) -> None:
        checked = check(text, catalogue)
        check_target(checked, target, update_type)
        bind(connection, translate(checked, now=now))

    await world.warehouse.run(look)


def _target_extension(unit: BusinessUnit, spec: QuerySpec) -> DataExtension:
    extensions = unit.data_extensions
    found = extensions.by_key(spec.target_key) if spec.target_key else extensions.by_name(spec.target_name)
    if found is None:
        raise Refused("The target data extension was not found.", 2)
    return found


def target_of(unit: BusinessUnit, extension: DataExtension) -> Target:
    return Target(extension.name, unit.mid, unit.schema, extension.table, extension.fields)


def delete_query(unit: BusinessUnit, query: QueryDefinition) -> None:
    if query.status != ACTIVE:
        raise Refused("The QueryDefinition was not found.", 2)
    unit.queries.remove(query, system_now())


def start_query(world: World, unit: BusinessUnit, query: QueryDefinition) -> Activity:
    """Queues it. What it reads and writes is looked up again when it runs."""
    if query.status != ACTIVE:
        raise Refused("The QueryDefinition was not found.", 2)

    return world.activities.start(
        query_id=query.object_id, query_key=query.customer_key, mid=unit.mid, work=work_of(world, unit, query)
    )


def work_of(world: World, unit: BusinessUnit, query: QueryDefinition) -> Work:
    async def count() -> int:
        return await count_rows_read(world, unit, query)

    async def run() -> int:
        return await run_query(world, unit, query)

    return Work(count, run)


async def count_rows_read(world: World, unit: BusinessUnit, query: QueryDefinition) -> int:
    """All rows of every table that the query names."""
    catalogue = world.catalogue(unit)

    def count(connection: duckdb.DuckDBPyConnection) -> int:
        tables = [f"{quoted(each.schema)}.{quoted(each.table)}" for each in check(query.text, catalogue).sources]
        return sum(connection.table(table).shape[0] for table in tables)

    return await world.warehouse.run(count)


async def run_query(world: World, unit: BusinessUnit, query: QueryDefinition) -> int:
    """Executes the SQL and writes the target. Answers the number of rows; raises SqlError."""
    extension = unit.data_extensions.by_id(query.target_id)
    if extension is None:
        raise RunRefused("The target data extension does not exist.")
    fault = world.faults.take(RUN, "QueryDefinition")
    job = Job(query.text, world.catalogue(unit), target_of(unit, extension), query.update_type, system_now())
    kept = world.dials.rows_before_failure

    def work(connection: duckdb.DuckDBPyConnection) -> int:
        if fault is not None:
            write_part(connection, job, kept)
            raise ordered_end(fault)
        return execute(connection, job, rows_before_failure=kept)

    rows = await world.warehouse.run_writing(job.target.sql, work, seconds=world.dials.query_limit_seconds)
    extension.was_written(system_now())
    extension.readable_at = asyncio.get_running_loop().time() + world.dials.rowset_delay_seconds
    if fault := world.faults.take(RUN, "QueryDefinition", moment="after"):
        raise ordered_end(fault)
    return rows


def ordered_end(fault: Fault) -> SqlError:
    return SqlFailed(fault.message) if fault.kind == "fatal_error" else RunRefused(fault.message)
