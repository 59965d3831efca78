"""People for a load: many users, spread over the business units that the sandbox's people use."""

from typing import Any

from operators.sample import make_key, make_person, sandbox_enterprises


def make_load(*, sandbox_url: str, count: int) -> list[dict[str, Any]]:
    """So many users, each with a new API key: [{"apiKey", "mid"}].

    Raises requests.RequestException when the sandbox does not answer.
    """
    units = [
        (enterprise, mid)
        for enterprise in sandbox_enterprises(sandbox_url)
        for mid in sorted({mid for user in enterprise["users"] for mid in user["mids"]})
    ]
    made = []
    for number in range(count):
        enterprise, mid = units[number % len(units)]
        name = f"load-{number}"
        user = {"number": name, "email": f"{name}@example.org", "name": f"Load {number}", "mids": [mid]}
        made.append({"apiKey": make_key(name, make_person(enterprise, user, sandbox_url)), "mid": mid})
    return made
