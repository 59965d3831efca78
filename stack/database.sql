-- What a database of QS Pro needs before its first migration; run inside it, may be run again.

-- PostgreSQL 15 gives a role that does not inherit nothing through pg_database_owner, so the schema is made its own.
ALTER SCHEMA public OWNER TO qspro_owner;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO qspro_runtime, qspro_operator, qspro_backup', current_database());
END
$$;
