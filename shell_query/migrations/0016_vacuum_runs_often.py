"""A run is written some fifteen times while it lives, and few live among millions: they are vacuumed by their number.

By a fifth of the table, as PostgreSQL does it, two million dead versions lie among some thousand active runs before.
The indexes of those are cleaned each time, also where few pages of the table have dead rows.
"""

from django.db import migrations

OFTEN = """
ALTER TABLE shell_query_run SET (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01, vacuum_index_cleanup = on)
"""
AS_OTHERS = """
ALTER TABLE shell_query_run RESET (
    autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor, vacuum_index_cleanup)
"""


class Migration(migrations.Migration):
    dependencies = [("shell_query", "0015_claim_by_the_line_of_each_unit")]

    operations = [migrations.RunSQL(OFTEN, AS_OTHERS)]
