"""What is counted. Counters and histograms stay in the process that counts and are added up at the scrape; how many
runs are active is asked of the rows (operators/gauges.py), because a process that crashed would leave a lie behind.
"""

from prometheus_client import Counter, Histogram

RUN_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1740)
LAG_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
CALL_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

JOBS = Counter("shell_query_jobs", "Runs that have ended.", ["status"])
DURATION = Histogram("shell_query_duration_seconds", "From submission to the end of a run.", buckets=RUN_SECONDS)
FAILURES = Counter("shell_query_failures", "Runs that failed, by their error code.", ["error_type"])
LOOKS = Counter("shell_query_looks", "Looks whether a query still runs in Marketing Cloud.")
LAG = Histogram("shell_query_look_lag_seconds", "From the claim of a due run to its worker.", buckets=LAG_SECONDS)
MCE_CALLS = Counter("mce_calls", "Calls to Marketing Cloud.", ["operation", "object", "outcome"])
MCE_SECONDS = Histogram("mce_call_seconds", "How long they took.", ["operation"], buckets=CALL_SECONDS)

BEAT_SENT = Counter("celery_beat_sent", "What beat sent when it was due, by how that went.", ["task", "outcome"])
TOKENS = Counter("mce_tokens_refreshed", "Access tokens fetched, by how that went.", ["outcome"])
SWEEP_TURNS = Counter("shell_query_sweep_turns", "Turns of the sweeper, by what they came to.", ["outcome"])
SWEPT = Counter("shell_query_swept_assets", "What the sweeper took up, by whether it went.", ["outcome"])


def run_ended(*, status: str, error_code: str, seconds: float) -> None:
    JOBS.labels(status).inc()
    DURATION.observe(seconds)
    if error_code:
        FAILURES.labels(error_code).inc()


def looked() -> None:
    LOOKS.inc()


def taken(*, seconds: float) -> None:
    """A worker begins on a claim that is `seconds` old."""
    LAG.observe(max(0.0, seconds))


def beat_sent(*, task: str, outcome: str) -> None:
    """`outcome`: ok, broker_away, queue_full or failed."""
    BEAT_SENT.labels(task, outcome).inc()


def token_fetched(*, outcome: str) -> None:
    TOKENS.labels(outcome).inc()


def mce_called(*, operation: str, about: str, outcome: str, seconds: float) -> None:
    MCE_CALLS.labels(operation, about, outcome).inc()
    MCE_SECONDS.labels(operation).observe(seconds)


def sweep_turned(*, outcome: str, deleted: int, refused: int) -> None:
    SWEEP_TURNS.labels(outcome).inc()
    SWEPT.labels("deleted").inc(deleted)
    SWEPT.labels("refused").inc(refused)
