"""Puts connections behind row-level security."""

from django.db import migrations

from tenants.rls import EnableRLS


class Migration(migrations.Migration):
    dependencies = [("mce_bridge", "0001_connections")]

    operations = [EnableRLS("connection")]
