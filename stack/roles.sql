-- The roles of QS Pro, for the whole server; may be run again. Passwords are set by who runs this.
-- Nothing here needs more than PostgreSQL 15.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['qspro_owner', 'qspro_runtime', 'qspro_definer', 'qspro_operator', 'qspro_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$$;

-- Owns the database and migrates. It does not inherit: an owner that had the definer's policies would see every tenant.
ALTER ROLE qspro_owner LOGIN NOINHERIT NOCREATEROLE;
-- What the service runs as. Member of nothing, so row-level security holds for it whatever SQL it is made to run.
ALTER ROLE qspro_runtime LOGIN NOINHERIT NOCREATEDB NOCREATEROLE;
-- Owns the few SECURITY DEFINER functions.
ALTER ROLE qspro_definer NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE;
-- Reads for the admin, through policies of its own.
ALTER ROLE qspro_operator LOGIN NOINHERIT NOCREATEDB NOCREATEROLE;
-- Dumps, through policies of its own.
ALTER ROLE qspro_backup LOGIN NOINHERIT NOCREATEDB NOCREATEROLE;

-- Whoever stands still within a transaction, or whose machine is gone, would keep its locks for hours: a user's row, a
-- business unit's. Ours are over in milliseconds. Kept by the role, it holds behind PgBouncer, too.
ALTER ROLE qspro_runtime SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE qspro_operator SET idle_in_transaction_session_timeout = '15s';

-- So that a migration can hand a function to the definer.
GRANT qspro_definer TO qspro_owner;

-- A managed server's administrator is no superuser and cannot alter these attributes, nor could it have set them.
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER ROLE qspro_owner NOSUPERUSER NOBYPASSRLS NOREPLICATION;
        ALTER ROLE qspro_runtime NOSUPERUSER NOBYPASSRLS NOREPLICATION;
        ALTER ROLE qspro_definer NOSUPERUSER NOBYPASSRLS NOREPLICATION;
        ALTER ROLE qspro_operator NOSUPERUSER NOBYPASSRLS NOREPLICATION;
        ALTER ROLE qspro_backup NOSUPERUSER NOBYPASSRLS NOREPLICATION;
    ELSE
        -- To make a database for somebody one must be a member of that role.
        EXECUTE format('GRANT qspro_owner TO %I', current_user);
    END IF;
END
$$;
