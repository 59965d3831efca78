"""The check of a container: `python -m qspro.alive`, which loads nothing of the service.

For worker, ticker and beat: whether READY_FILE was touched within half a minute. For the API, with the URL of its
/healthz: whether that answers 200. Ends with 0 if so, else with 1 and a line that says why.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

FRESH_SECONDS = 30.0
PATIENCE = 5.0


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    trouble = of_address(arguments[0]) if arguments else of_file(environ.get("READY_FILE", ""))
    if trouble:
        sys.stderr.write(f"{trouble}\n")
    return 1 if trouble else 0


def of_file(path: str) -> str:
    """What is wrong, empty for nothing."""
    if not path:
        return "READY_FILE is not set."
    try:
        age = time.time() - Path(path).stat().st_mtime
    except OSError as error:
        return f"{path}: {error.strerror}"
    return "" if age < FRESH_SECONDS else f"{path} was last touched {age:.0f} s ago."


def of_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        return "Give an address that begins with http://."
    connection = HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path or "/")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"{url} does not answer: {type(error).__name__}"
    finally:
        connection.close()
    return "" if status == 200 else f"{url} answers {status}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
