"""What claims counted by until 0022."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # nobody is kept from writing meanwhile

    dependencies = [("shell_query", "0022_claim_from_as_few_units_as_rows")]

    operations = [RemoveIndexConcurrently(model_name="run", name="run_flying")]
