"""The database's clock, the only one that counts for rows: as expressions that are SQL already.

Django builds the SQL of `Now() + timedelta(...)` anew for each use, and that takes longer than to write a row.
"""

from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL

NOW = RawSQL("statement_timestamp()", (), DateTimeField())


def in_seconds(seconds: float) -> RawSQL:
    return RawSQL("statement_timestamp() + make_interval(secs => %s)", (seconds,), DateTimeField())
