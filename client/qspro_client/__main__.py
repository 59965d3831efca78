"""`python -m qspro_client`, the same as `qspro`."""

import sys

from qspro_client.command import main

sys.exit(main())
