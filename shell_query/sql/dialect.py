"""sqlglot's T-SQL, with functions left as they are written.

sqlglot turns calls into its own cross-dialect nodes (ISNULL and COALESCE become one, LEFT casts its argument,
GETDATE is CURRENT_TIMESTAMP). Here every call stays a name with arguments, so that `functions` can be a table of
T-SQL names.
"""

import logging

from sqlglot.dialects.tsql import TSQL
from sqlglot.parsers.tsql import TSQLParser

# Its warnings quote the text that they are about, and no SQL may reach a log.
logging.getLogger("sqlglot").disabled = True

# Only what has a syntax of its own inside the parentheses.
_OWN_SYNTAX = ("CAST", "TRY_CAST", "CONVERT", "TRY_CONVERT", "TRIM")


class MceParser(TSQLParser):
    FUNCTIONS = {}
    FUNCTION_PARSERS = {name: TSQLParser.FUNCTION_PARSERS[name] for name in _OWN_SYNTAX}
    NO_PAREN_FUNCTION_PARSERS = {"CASE": TSQLParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}


class MceSql(TSQL):
    Parser = MceParser
