"""The variables every process of QS Pro gets; .env.example describes them."""

from collections.abc import Mapping

from stack.ports import Ports

FLOWER_USER = "operator"


def environment(keys: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """All but the addresses of PostgreSQL and Valkey."""
    return {
        "SECRET_KEY": keys["SECRET_KEY"],
        "ENCRYPTION_KEYS": keys["ENCRYPTION_KEYS"],
        "ADMIN_API_KEY": keys["ADMIN_API_KEY"],
        "PUBLIC_URL": f"http://127.0.0.1:{ports.take('API_PORT')}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "METRICS_ADDRESSES": "127.0.0.1",
        "MCE_SANDBOX_URL": f"http://127.0.0.1:{ports.take('SANDBOX_PORT')}",
        # The sandbox's app that all its users sign in through.
        "MCE_CLIENT_ID": "shared-app",
        "MCE_CLIENT_SECRET": "shared-secret-for-the-sandbox",
        # Flower reads FLOWER_BASIC_AUTH itself: its command line, which everybody can see, does not hold it.
        "FLOWER_URL": f"http://127.0.0.1:{ports.take('FLOWER_PORT')}",
        "FLOWER_BASIC_AUTH": f"{FLOWER_USER}:{keys['FLOWER_PASSWORD']}",
    }
