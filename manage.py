#!/usr/bin/env python
"""Django's command line, for QS Pro."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        # Its words name the server and the role, never the password.
        sys.exit(f"PostgreSQL cannot be asked: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
