from importlib import import_module

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenants and people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # drf-spectacular knows its extensions once they are imported, which needs the apps.
        import_module("tenants.schema")
        user_logged_in.connect(import_module("tenants.sessions").staff_signed_in)
