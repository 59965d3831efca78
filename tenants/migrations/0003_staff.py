"""Staff, as a page of the admin: users without a tenant. A proxy: no table changes."""

from django.db import migrations

import tenants.models.people


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_row_level_security")]

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[],
            options={"verbose_name_plural": "staff", "proxy": True, "indexes": [], "constraints": []},
            bases=("tenants.user",),
            managers=[("objects", tenants.models.people.StaffManager())],
        ),
    ]
