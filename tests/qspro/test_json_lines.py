"""LOG_FORMAT=json: whatever collects the lines of a process can read each of them, from the first on."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from stack.child import ROOT
from stack.ports import FOR_TESTS, Ports
from stack.services import services
from tests.valkey import Valkey

# Celery writes it in the handler of the signal, past all logging.
FAREWELL = "\nworker: Warm shutdown (MainProcess)\n"


@pytest.mark.parametrize("name", ["api", "worker", "ticker", "beat"])
def test_each_line_of_a_process_is_an_object(name: str, tmp_path: Path, database: None) -> None:
    log = tmp_path / "log"
    with Ports({}, preferred=FOR_TESTS) as ports:
        valkey = Valkey(tmp_path, ports.take("REDIS_PORT"))
        env = os.environ | {
            "ADMIN_USER": "",
            "ADMIN_PASSWORD": "",
            "DJANGO_SETTINGS_MODULE": "qspro.settings",
            "LOG_FORMAT": "json",
            "REDIS_URL": valkey.url,
            "CELERY_BROKER_URL": valkey.url,
            "PUBLIC_URL": f"http://127.0.0.1:{ports.take('API_PORT')}",
        }
        (service,) = (each for each in services(env=env, var=tmp_path, needs=()) if each.name == name)
        with log.open("wb") as out:
            process = subprocess.Popen(service.argv, cwd=ROOT, env=service.env, stdout=out, stderr=subprocess.STDOUT)
            while not service.ready(process.pid):
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            process.send_signal(service.stop_signal)
            process.wait(timeout=60)
        valkey.kill()

    for line in log.read_text().replace(FAREWELL, "").splitlines():
        assert set(json.loads(line)) >= {"event", "level", "timestamp", "requestId", "tenantId", "runId", "taskId"}
