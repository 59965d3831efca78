"""Settings: each variable is in .env.example, and junk is refused by name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'\b(?:env(?:_[a-z_]+)?|database)\("([A-Z_]+)"')
WRITTEN = re.compile(r"^(?:# )?([A-Z_]+)=", re.MULTILINE)


def test_every_variable_is_in_the_example_and_every_one_of_the_example_is_read() -> None:
    read = set(READ.findall((ROOT / "qspro/settings.py").read_text()))
    written = set(WRITTEN.findall((ROOT / ".env.example").read_text()))
    assert read == written


def test_a_password_that_breaks_an_address_is_not_shown() -> None:
    loaded = load(REDIS_URL="redis://:hunter/2@127.0.0.1:6379/0")
    assert loaded.stderr.strip().endswith("REDIS_URL is no address.")
    assert "hunter" not in loaded.stderr


def test_an_empty_broker_is_redis() -> None:
    """Celery would take it for RabbitMQ on this machine."""
    loaded = load("s.CELERY_BROKER_URL == s.REDIS_URL", CELERY_BROKER_URL="")
    assert loaded.stdout.split() == ["True"]


def load(shown: str = "s.LEASE_SECONDS, s.SECRET_KEY", **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **changes}
    return subprocess.run(
        [sys.executable, "-c", f"import qspro.settings as s; print({shown})"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LEASE_SECONDS", "soon", "LEASE_SECONDS is a number."),
        ("LEASE_SECONDS", "0", "LEASE_SECONDS is at least 1."),
        ("LEASE_SECONDS", "nan", "LEASE_SECONDS is at least 1."),
        ("WORKER_SLOTS", "2.5", "WORKER_SLOTS is a whole number."),
        ("RATE_TOKENS", "often", "RATE_TOKENS is NUMBER/minute (or second, hour, day), or empty."),
        ("DEBUG", "perhaps", "DEBUG is true or false."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is one of: text, json."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is one of: DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE."),
        ("DATABASE_URL", "postgresql://u:p@h:port/d", "DATABASE_URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE."),
        ("RUN_LOOK_SECONDS", "2,soon", "RUN_LOOK_SECONDS is one number or several, separated by commas."),
        ("RUN_LOOK_SECONDS", "", "RUN_LOOK_SECONDS is one number or several, separated by commas."),
        ("RUN_LOOK_SECONDS", "2,0", "RUN_LOOK_SECONDS is at least 0.05."),
        ("RUN_LOOK_SECONDS", "nan", "RUN_LOOK_SECONDS is at least 0.05."),
        ("REDIS_URL", "localhost:6379", "REDIS_URL begins with redis:// or rediss:// or unix://."),
        ("REDIS_URL", "", "REDIS_URL begins with redis:// or rediss:// or unix://."),
        ("REDIS_URL", "redis://:pass@host:port/0", "REDIS_URL is no address."),
        (
            "CELERY_BROKER_URL",
            "localhost",
            "CELERY_BROKER_URL begins with redis:// or rediss:// or amqp:// or amqps://.",
        ),
        ("PUBLIC_URL", "qspro.example.com", "PUBLIC_URL begins with http:// or https://."),
        ("MCE_SANDBOX_URL", "localhost", "MCE_SANDBOX_URL begins with http:// or https://."),
        ("FLOWER_URL", "http://", "FLOWER_URL is no address."),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "host:4318", "OTEL_EXPORTER_OTLP_ENDPOINT begins with http:// or https://."),
        ("ENCRYPTION_KEYS", "", "ENCRYPTION_KEYS is one Fernet key or several, separated by commas."),
        ("ENCRYPTION_KEYS", "secret", "ENCRYPTION_KEYS is one Fernet key or several, separated by commas."),
        ("SECRET_KEY_FILE", "/nowhere", "SECRET_KEY_FILE names a file that cannot be read."),
        ("SECRET_KEY_FILE", "/usr/bin/env", "SECRET_KEY_FILE names a file that cannot be read."),
    ],
)
def test_junk_is_refused_with_the_name_of_the_variable(name: str, value: str, sentence: str) -> None:
    loaded = load(**{name: value})
    assert loaded.returncode == 1
    assert loaded.stderr.strip().endswith(sentence)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    loaded = load(SECRET_KEY_FILE=str(tmp_path / "key"), LEASE_SECONDS="7")
    assert loaded.stdout.split() == ["7.0", "from-a-file"]
