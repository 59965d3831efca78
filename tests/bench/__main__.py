"""`python -m tests.bench [NAMES]`: the benchmarks, or those named. Prints a table and writes it to var/bench.json."""

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import (
    costs,
    events,
    flight,
    neighbours,
    paging,
    past,
    policies,
    sandbox,
    startup,
    submitting,
    throughput,
    validating,
)
from tests.bench.figures import HEAD, Figure
from tests.bench.scale import Scale

BENCHES: dict[str, Callable[[Scale], Iterator[Figure]]] = {
    "flight": flight.measure,
    "costs": costs.measure,
    "throughput": throughput.measure,
    "submitting": submitting.measure,
    "events": events.measure,
    "paging": paging.measure,
    "validating": validating.measure,
    "neighbours": neighbours.measure,
    "sandbox": sandbox.measure,
    "startup": startup.measure,
    "database": past.measure,
    "rls": policies.measure,
}


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAMES", help=f"of {', '.join(BENCHES)}; none is all")
    parser.add_argument("--smoke", action="store_true", help="so little that only the measuring is tried")
    parser.add_argument("--output", type=Path, default=Path("var") / "bench.json", help="default: %(default)s")
    options = parser.parse_args(argv)
    names = options.names or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        parser.error(f"There is no benchmark {', '.join(sorted(unknown))}.")
    # Asked to end, it stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{machine()}\n\n{HEAD}", flush=True)
    for name in names:
        found = []
        for figure in BENCHES[name](Scale(options.smoke)):
            print(figure.row(), flush=True)
            found.append(figure)
        keep(options.output, name, found)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory} GiB, Python {platform.python_version()}, {platform.system()}"
    )


def keep(file: Path, name: str, figures: list[Figure]) -> None:
    """Beside what other benchmarks have found earlier."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    kept[name] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": [figure.as_json() for figure in figures],
    }
    file.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
