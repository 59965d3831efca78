"""The index by which claims counted before (0018)."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # nobody is kept from writing meanwhile

    dependencies = [("shell_query", "0018_claim_the_next_run")]

    operations = [RemoveIndexConcurrently(model_name="run", name="run_claimed")]
