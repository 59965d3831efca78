-- What a database of QS Pro needs before its first migration; run inside it, may be run again.

-- PostgreSQL 15 gives a role that does not inherit nothing through pg_database_owner, so the schema is made its own.
ALTER SCHEMA public OWNER TO qspro_owner;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO qspro_runtime, qspro_operator, qspro_backup', current_database());
END
$$;

-- Whatever the owner's migrations make. The runtime role writes rows, and row-level security says which; operator and
-- backup read. Nobody but the owner changes a table.
ALTER DEFAULT PRIVILEGES FOR ROLE qspro_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO qspro_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE qspro_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO qspro_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE qspro_owner IN SCHEMA public GRANT SELECT ON TABLES TO qspro_operator, qspro_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE qspro_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO qspro_backup;
