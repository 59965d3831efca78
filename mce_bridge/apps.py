from django.apps import AppConfig


class BridgeConfig(AppConfig):
    name = "mce_bridge"
    verbose_name = "Marketing Cloud"
