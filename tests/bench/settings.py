"""The settings of the project, with one more address: a view of Django REST framework that does nothing."""

from qspro.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
