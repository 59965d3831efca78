"""Migration operations for row-level security.

EnableRLS puts a table behind the tenant's wall. DefinerFunction makes one narrow way through it.
The roles that they name are made by stack/roles.sql, and explained in docs/decisions/0002.
"""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

RUNTIME, OPERATOR, BACKUP, DEFINER = "qspro_runtime", "qspro_operator", "qspro_backup", "qspro_definer"

# A setting that ended with its transaction is '' and not NULL. Without a subselect the planner knows which tenant asks,
# and has no more to plan (docs/decisions/0028).
CURRENT_TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"


def tenant_foreign_keys(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """The foreign keys of `model` to other tables that have a tenant."""
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and field.name != "tenant":
            target = field.related_model
            if not isinstance(target, str) and any(f.name == "tenant" for f in target._meta.local_fields):
                yield field


class Statements(Operation):
    """A migration operation that changes the database alone, by SQL statements."""

    reduces_to_sql = True
    reversible = True

    def statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        """Those that carry it out; `apps` are the models as the operation finds them."""
        raise NotImplementedError

    def reverse_statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.statements(app_label, to_state.apps):
            schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.reverse_statements(app_label, from_state.apps):
            schema_editor.execute(statement)


class EnableRLS(Statements):
    """Enables and forces row-level security on a model's table.

    Policies: the tenant reads and writes its own rows; operator and backup read all. Each foreign key to another table
    with a tenant gets a composite twin, (tenant_id, x_id) -> (tenant_id, id), because PostgreSQL's own check of a
    foreign key looks past policies.
    """

    def __init__(self, model_name: str, column: str = "tenant_id") -> None:
        self.model_name = model_name
        self.column = column

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.model_name], {"column": self.column}

    def describe(self) -> str:
        return f"Enable row-level security on {self.model_name}"

    def statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        model = apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        mine = f"{self.column} = {CURRENT_TENANT}"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY tenant_isolation ON {table} USING ({mine}) WITH CHECK ({mine})"
        yield f"CREATE POLICY operator_reads ON {table} FOR SELECT TO {OPERATOR} USING (true)"
        yield f"CREATE POLICY backup_reads ON {table} FOR SELECT TO {BACKUP} USING (true)"
        if self.column == "tenant_id":
            yield f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_row UNIQUE (tenant_id, id)"
        for field in tenant_foreign_keys(model):
            target = field.related_model._meta.db_table
            yield (
                f"ALTER TABLE {table} ADD CONSTRAINT {composite_name(table, field)} "
                f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {target} (tenant_id, id) "
                "DEFERRABLE INITIALLY DEFERRED"
            )

    def reverse_statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        model = apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        for field in tenant_foreign_keys(model):
            yield f"ALTER TABLE {table} DROP CONSTRAINT {composite_name(table, field)}"
        if self.column == "tenant_id":
            yield f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_row"
        for policy in ("backup_reads", "operator_reads", "tenant_isolation"):
            yield f"DROP POLICY {policy} ON {table}"
        yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


class CompareWithSetting(Statements):
    """Alters the policies that name the tenant by a subselect; backwards again. For a migration that is not atomic.

    One table at a time is locked, for a moment. A long query may hold one, and who waits for it holds up all others:
    after 5 seconds the migration fails, and may be run again.
    """

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [], {}

    def describe(self) -> str:
        return "Compare the tenant of rows with the setting itself"

    def statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        yield altered_policies(CURRENT_TENANT)

    def reverse_statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        yield altered_policies(f"(SELECT {CURRENT_TENANT})")


def altered_policies(tenant: str) -> str:
    return f"""
        DO $do$
        DECLARE
            name text;
            mine text;
        BEGIN
            FOR name IN SELECT tablename FROM pg_policies
                         WHERE schemaname = 'public' AND policyname = 'tenant_isolation'
            LOOP
                PERFORM set_config('lock_timeout', '5s', true);
                mine := CASE name WHEN 'tenants_tenant' THEN 'id' ELSE 'tenant_id' END || $mine$ = {tenant}$mine$;
                EXECUTE 'ALTER POLICY tenant_isolation ON ' || quote_ident(name)
                        || ' USING (' || mine || ') WITH CHECK (' || mine || ')';
                COMMIT;
            END LOOP;
        END
        $do$"""  # noqa: S608


def composite_name(table: str, field: models.ForeignKey[Any, Any]) -> str:
    return f"{table}_{field.column}_same_tenant"


class DefinerFunction(Statements):
    """One narrow way across tenants: a SECURITY DEFINER function, run by `qspro_definer` under policies of its own.

    `signature` is the name with its arguments, `body` an SQL statement (or, as `language` says, a block of plpgsql),
    `policies` what the definer may do on which table: {"shell_query_run": "SELECT, UPDATE"}. Give `to` the roles that
    may call it. `settings` hold while it runs: ("enable_seqscan = off",).
    """

    def __init__(
        self,
        signature: str,
        *,
        returns: str,
        body: str,
        policies: dict[str, str],
        to: tuple[str, ...] = (RUNTIME,),
        language: str = "sql",
        settings: tuple[str, ...] = (),
    ) -> None:
        self.signature = signature
        self.returns = returns
        self.body = body
        self.policies = policies
        self.to = to
        self.language = language
        self.settings = settings

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs = {
            "returns": self.returns,
            "body": self.body,
            "policies": self.policies,
            "to": self.to,
            "language": self.language,
            "settings": self.settings,
        }
        return type(self).__qualname__, [self.signature], kwargs

    def describe(self) -> str:
        return f"Create the definer function {self.name}"

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]

    @property
    def call(self) -> str:
        """The function's name with its argument types, as DROP and ALTER want it."""
        arguments = self.signature.partition("(")[2].rstrip(")")
        types = [argument.strip().partition(" ")[2] for argument in arguments.split(",") if argument.strip()]
        return f"{self.name}({', '.join(types)})"

    def statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        for table, commands in self.policies.items():
            yield f"GRANT {commands} ON {table} TO {DEFINER}"
            for command in split(commands):
                yield self.policy(table, command)
        yield (
            f"CREATE FUNCTION {self.signature} RETURNS {self.returns} LANGUAGE {self.language} SECURITY DEFINER "
            f"{' '.join(f'SET {setting}' for setting in ('search_path = public, pg_temp', *self.settings))} "
            f"AS $body$ {self.body} $body$"
        )
        yield f"REVOKE ALL ON FUNCTION {self.call} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {self.call} TO {', '.join(self.to)}"
        # Giving a function away needs CREATE on the schema for its new owner, for this one moment.
        yield f"GRANT USAGE, CREATE ON SCHEMA public TO {DEFINER}"
        yield f"ALTER FUNCTION {self.call} OWNER TO {DEFINER}"
        yield f"REVOKE CREATE ON SCHEMA public FROM {DEFINER}"

    def reverse_statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        # The owner does not inherit the definer's rights (it would see every row); it takes the role for the drop.
        yield f"SET ROLE {DEFINER}"
        yield f"DROP FUNCTION {self.call}"
        yield "RESET ROLE"
        for table, commands in self.policies.items():
            for command in split(commands):
                yield f"DROP POLICY {self.policy_name(command)} ON {table}"

    def policy_name(self, command: str) -> str:
        return f"{self.name}_{command.lower()}"

    def policy(self, table: str, command: str) -> str:
        check = "WITH CHECK (true)" if command == "INSERT" else "USING (true)"
        return f"CREATE POLICY {self.policy_name(command)} ON {table} FOR {command} TO {DEFINER} {check}"


class DropDefinerFunction(DefinerFunction):
    """Takes away what a DefinerFunction of the same arguments made; backwards makes it again."""

    @classmethod
    def of(cls, function: DefinerFunction) -> "DropDefinerFunction":
        _, arguments, keywords = function.deconstruct()
        return cls(*arguments, **keywords)

    def describe(self) -> str:
        return f"Drop the definer function {self.name}"

    def statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        yield from super().reverse_statements(app_label, apps)

    def reverse_statements(self, app_label: str, apps: Apps) -> Iterator[str]:
        yield from super().statements(app_label, apps)


def split(commands: str) -> list[str]:
    return [command.strip() for command in commands.split(",")]
