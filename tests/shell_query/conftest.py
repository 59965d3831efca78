"""The engine's waits, made short: what they do is tested, not how long they are."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def short_waits(settings: Any) -> None:
    settings.RUN_LOOK_SECONDS = [0.05]
    settings.RUN_BACKOFF_SECONDS = 0.05
    settings.MCE_PAUSE_SECONDS = 0.05
    settings.RUN_CONFIRM_SECONDS = 0.3
    settings.RUN_NEVER_SEEN_SECONDS = 1.0
