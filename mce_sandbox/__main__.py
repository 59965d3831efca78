"""`python -m mce_sandbox`: the sandbox by itself."""

import argparse
import logging

from mce_sandbox.app import create_app
from mce_sandbox.control.dials import Dials
from mce_sandbox.server import serve
from mce_sandbox.world import DEFAULT_SEED


def main() -> None:
    defaults = Dials()
    parser = argparse.ArgumentParser(prog="mce_sandbox", description="A Marketing Cloud to run against.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9400)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the sample data")
    parser.add_argument("--query-ms", type=int, default=defaults.query_ms, help="how long a query takes")
    parser.add_argument("--latency-ms", type=int, default=defaults.latency_ms, help="how long every call waits")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    dials = {"query_ms": options.query_ms, "latency_ms": options.latency_ms}
    serve(create_app(seed=options.seed, dials=dials), host=options.host, port=options.port)


if __name__ == "__main__":
    main()
