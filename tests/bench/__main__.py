"""`python -m tests.bench [NAMES]`: the benchmarks, or those named."""

import argparse
import sys
from collections.abc import Callable

from tests.bench import neighbours, sandbox, validating

BENCHES: dict[str, Callable[[], None]] = {
    "neighbours": neighbours.main,
    "sandbox": sandbox.measure,
    "validating": validating.main,
}


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAMES", help=f"of {', '.join(BENCHES)}; none is all")
    names = parser.parse_args(argv).names or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        parser.error(f"There is no benchmark {', '.join(sorted(unknown))}.")
    for name in names:
        BENCHES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
