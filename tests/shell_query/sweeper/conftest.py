"""A business unit of Alice's and one of Mallory's, in which nothing of ours lies when a test begins."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.sweeper.units import SweptUnit, make_unit


@pytest.fixture
def americas(cast: Cast, mce: Sandbox) -> SweptUnit:
    """Alice's."""
    return make_unit(
        cast.alice.caller, mid=7001002, name="Northwind Americas", subdomain="mc-northwind", sandbox_url=mce.url
    )


@pytest.fixture
def globex(cast: Cast, mce: Sandbox) -> SweptUnit:
    """Mallory's."""
    return make_unit(cast.mallory.caller, mid=8002000, name="Globex", subdomain="mc-globex", sandbox_url=mce.url)


@pytest.fixture
def any_age(settings: Any) -> None:
    """The sandbox cannot make old assets: here they may go at once."""
    settings.SWEEP_AGE_SECONDS = 0
