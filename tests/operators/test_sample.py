"""The sample tenants, made again for a sandbox that has moved: `make run` looks for free ports anew at each start."""

from pytest_django import Settings

from mce_bridge.objects import folders
from mce_bridge.services import open_account
from operators.sample import Sample, make_sample
from stack.ports import FOR_TESTS, Ports
from tenants.services import caller_of_api_key
from tests.sandbox import Sandbox, running


def look_around(sample: Sample) -> None:
    """Each of the samples asks its Marketing Cloud for something."""
    for key in sample.api_keys.values():
        caller = caller_of_api_key(key)
        unit_id, user_id = caller.business_unit_id, caller.user_id
        account = open_account(tenant_id=caller.tenant_id, business_unit_id=unit_id, user_id=user_id)
        folders.find_root(account, "dataextension")


def test_samples_are_connected_to_where_the_sandbox_is_now(database: None, mce: Sandbox, settings: Settings) -> None:
    first = make_sample(sandbox_url=mce.url, kept={})
    look_around(first)
    with Ports({}, preferred=FOR_TESTS) as ports, running(f"http://127.0.0.1:{ports.take('SANDBOX_PORT')}") as moved:
        settings.MCE_SANDBOX_URL = moved.url
        again = make_sample(sandbox_url=moved.url, kept=first.api_keys)
        asked = len(mce.calls())
        look_around(again)
        assert again == first
        assert [call["operation"] for call in moved.calls()].count("Retrieve") == 3
        assert len(mce.calls()) == asked
