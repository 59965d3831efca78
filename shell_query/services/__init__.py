from shell_query.services.account import account_of
from shell_query.services.cancel import cancel_run
from shell_query.services.data_extensions import describe_data_extension, find_data_extensions
from shell_query.services.discard import discard_results
from shell_query.services.estimate import Estimate
from shell_query.services.export import Export, export_results
from shell_query.services.oversight import cancel_any_run, clean_up_now, fail_run, look_now
from shell_query.services.results import ResultPage, read_results
from shell_query.services.runs import NewRun, find_run, list_runs, open_stream, submit_run
from shell_query.services.targets import NewTarget
from shell_query.services.understand import Understanding, understand, validate_sql

__all__ = [
    "Estimate",
    "Export",
    "NewRun",
    "NewTarget",
    "ResultPage",
    "Understanding",
    "account_of",
    "cancel_any_run",
    "cancel_run",
    "clean_up_now",
    "describe_data_extension",
    "discard_results",
    "export_results",
    "fail_run",
    "find_data_extensions",
    "find_run",
    "list_runs",
    "look_now",
    "open_stream",
    "read_results",
    "submit_run",
    "understand",
    "validate_sql",
]
