"""The garbage collector of an API process."""

import subprocess
import sys

from django.conf import settings

from qspro.garbage import THRESHOLDS

ASKED = "import gc, qspro.asgi; print(*gc.get_threshold(), gc.get_freeze_count() > 2 * len(gc.get_objects()))"


def test_what_a_server_has_imported_is_not_looked_through_again() -> None:
    told = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    ).stdout
    assert told.split() == [*map(str, THRESHOLDS), "True"]
