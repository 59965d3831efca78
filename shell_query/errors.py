"""What can go wrong when SQL is run. docs/api-errors.md lists every code, and a test compares them.

AppError
├── BadRequest
│   └── InvalidSql              400  the text is not one SELECT that MCE would take; `violations` say where
├── NotFound
│   ├── RunNotFound             404  no such run, or somebody else's
│   ├── NoDataExtension         404  the business unit has none with this customer key
│   └── NoResults               404  the run failed or was canceled
├── Conflict
│   ├── RunNotReady             409  results were asked for too early
│   ├── RunEnded                409  a ready or failed run cannot be canceled
│   ├── TargetBusy              409  another run is writing into the same data extension
│   └── ResultsAreYours         409  the rows stand in a data extension of the customer's, which is never deleted
├── Gone
│   └── ResultsGone             410  the data extension with the rows is no longer there
├── TooMany
│   └── TooManyRuns             429  the user's limit of active runs
├── Unavailable
│   └── SqlBusy                 503  too many long texts are being read
└── RunFailure                       why a run failed: the `errorCode` of the run, never the answer to a request
    ├── SqlRejected                  MCE's own validation refused it
    ├── UnknownColumns               the columns that come out could not be told
    ├── TargetDoesNotFit             the rows cannot go into the target; the run's `violations` say why
    ├── QueryFailed                  MCE began the query and it failed
    ├── OutcomeUnknown               a target may have been written, may yet be, or never will be
    ├── TimedOut                     29 minutes after its start it had not ended
    ├── CouldNotStart                15 minutes after its submission MCE had not taken it
    ├── ResultsMissing               the query ended, but its rows cannot be read
    ├── NameTaken                    every name for the data extension is taken
    ├── WorkerKept                   three workers in a row did not come back from a step of it
    └── EndedByOperator              somebody of our staff ended it, and said why
"""

from qspro.errors import AppError, BadRequest, Conflict, Gone, NotFound, TooMany, Unavailable


class InvalidSql(BadRequest):
    code = "invalid_sql"
    title = "The SQL cannot be run"


class RunNotFound(NotFound):
    code = "run_not_found"
    title = "There is no such run"


class NoDataExtension(NotFound):
    code = "no_data_extension"
    title = "There is no data extension with this customer key"


class NoResults(NotFound):
    code = "no_results"
    title = "This run has no results"


class RunNotReady(Conflict):
    code = "run_not_ready"
    title = "The run has not ended yet"
    retryable = True


class RunEnded(Conflict):
    code = "run_ended"
    title = "The run has ended already"


class TargetBusy(Conflict):
    code = "target_busy"
    title = "Another run is writing into this data extension"
    retryable = True


class ResultsAreYours(Conflict):
    code = "results_are_yours"
    title = "The rows stand in a data extension of yours, which is never deleted"


class ResultsGone(Gone):
    code = "results_gone"
    title = "The results are no longer in Marketing Cloud"


class TooManyRuns(TooMany):
    code = "too_many_runs"
    title = "Too many runs at once"


class SqlBusy(Unavailable):
    code = "sql_busy"
    title = "Too many long queries are being read just now"


class RunFailure(AppError):
    """`detail` is our sentence; `mce_message` is MCE's own, which is sealed and shown to the run's caller alone."""

    code = "run_failed"
    status = 500
    title = "The run failed"

    def __init__(self, detail: str = "", *, mce_message: str = "") -> None:
        super().__init__(detail)
        self.mce_message = mce_message


class SqlRejected(RunFailure):
    code = "sql_rejected"
    title = "Marketing Cloud does not accept this SQL"


class UnknownColumns(RunFailure):
    code = "unknown_columns"
    title = "The columns of the result could not be told"


class TargetDoesNotFit(RunFailure):
    code = "target_does_not_fit"
    title = "The query does not fit into the data extension; the run's violations say why"


class OutcomeUnknown(RunFailure):
    code = "outcome_unknown"
    title = (
        "It is not known whether the query has written into the data extension: its rows may be there, may still come, "
        "or may never come. Look there before you run it again"
    )


class QueryFailed(RunFailure):
    code = "query_failed"
    title = "Marketing Cloud started the query, and it failed there"


class TimedOut(RunFailure):
    code = "timeout"
    title = "The query had not ended in the time that Marketing Cloud gives it"


class CouldNotStart(RunFailure):
    code = "could_not_start"
    title = "Marketing Cloud could not be brought to start the query in time"


class ResultsMissing(RunFailure):
    code = "results_missing"
    title = "The query ended, but its rows cannot be read"


class NameTaken(RunFailure):
    code = "name_taken"
    title = "No free name was found for the temporary data extension"


class WorkerKept(RunFailure):
    code = "worker_lost"
    title = "The run ended its worker three times, so it is not tried again"


class EndedByOperator(RunFailure):
    code = "ended_by_operator"
    title = "An operator ended the run"
