from django.apps import AppConfig


class ShellQueryConfig(AppConfig):
    name = "shell_query"
