"""Policies name the tenant without a subselect: there is less to plan, and the planner knows who asks.

Tables that are made after this one have it so from the beginning.
"""

from django.db import migrations

from tenants.rls import CompareWithSetting


class Migration(migrations.Migration):
    atomic = False  # one table at a time is locked

    dependencies = [("tenants", "0012_whose_key_it_is")]

    operations = [CompareWithSetting()]
