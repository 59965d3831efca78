"""What row-level security costs: the product's own statements with its policies, beside the same without.

Without policies each statement would name the tenant itself, for each table that has one. So the same text is sent
twice in turns: as the runtime role within a scope, and with the tenant written into it, by a role of the same rights
that looks past the policies. What is compared is the CPU time of the server's processes, in turns.
"""

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.past import asked
from tests.bench.scale import Scale


def measure(scale: Scale) -> Iterator[Figure]:
    yield from asked("tests.bench.policies_asked", scale)
