"""Stands in for the other rooms' programs where only the stack is tested: answers, writes and waits as they do."""

import http.server
import json
import os
import sys
import time
from pathlib import Path


class Fine(http.server.BaseHTTPRequestHandler):
    """Answers everything with 200."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def option(name: str) -> str | None:
    """The value of `--name value` or `--name=value`."""
    for word, following in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        if word == f"--{name}":
            return following
        if word.startswith(f"--{name}="):
            return word.partition("=")[2]
    return None


def main() -> None:
    if "migrate" in sys.argv:
        return
    if output := option("output"):
        keys = {name: f"key-of-{name}" for name in ("owner", "colleague", "otherTenant")}
        Path(output).write_text(json.dumps({"apiKeys": keys}))
        return
    if port := option("port"):
        http.server.HTTPServer(("127.0.0.1", int(port)), Fine).serve_forever()
    Path(os.environ["READY_FILE"]).touch()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
