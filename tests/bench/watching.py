"""When rows were due and when a worker began on them: noted by triggers that only the bench's own database has."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.system import System

INSTALL = """
CREATE UNLOGGED TABLE bench_claims (run_id uuid, claims integer, due timestamptz, at timestamptz);
CREATE UNLOGGED TABLE bench_begins (run_id uuid, claims integer, at timestamptz);

CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.claims > OLD.claims THEN
        INSERT INTO bench_claims VALUES (NEW.id, NEW.claims, OLD.wake_at, clock_timestamp());
    END IF;
    IF NEW.step_began_at IS NOT NULL AND NEW.step_began_at IS DISTINCT FROM OLD.step_began_at THEN
        INSERT INTO bench_begins VALUES (NEW.id, NEW.claims, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER bench_note AFTER UPDATE ON shell_query_run FOR EACH ROW EXECUTE FUNCTION bench_note();
"""
REMOVE = "DROP FUNCTION bench_note() CASCADE; DROP TABLE bench_claims, bench_begins"
LATE = """
SELECT extract(epoch FROM min(begun.at) - claimed.due)
  FROM bench_claims AS claimed JOIN bench_begins AS begun USING (run_id, claims)
 WHERE claimed.due > to_timestamp(%s)
 GROUP BY claimed.run_id, claimed.claims, claimed.due
"""


@dataclass(frozen=True)
class Watch:
    system: System

    def now(self) -> float:
        """The database's clock, as seconds since 1970."""
        return self.ask("SELECT extract(epoch FROM clock_timestamp())")[0]

    def late(self, since: float) -> list[float]:
        """By how many seconds each claimed row was begun after its alarm, of those due since then."""
        return self.ask(LATE, since)

    def ask(self, query: str, *values: object) -> list[float]:
        with self.system.database("OWNER") as database:
            return [float(str(row[0])) for row in database.execute(query, values)]


@contextmanager
def watched(system: System) -> Iterator[Watch]:
    with system.database("OWNER") as database:
        database.execute(INSTALL)
        yield Watch(system)
        database.execute(REMOVE)
