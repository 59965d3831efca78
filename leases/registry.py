"""What is leased. Apps register when they are ready; `leases` itself knows none of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # apps register before models may be imported
    from leases.models import Leased


@dataclass(frozen=True)
class LeasedKind:
    """Rows of `model` are taken further by the task `task(tenant_id, row_id, claim_token)` on `queue`."""

    model: "type[Leased]"
    task: str
    queue: str


_kinds: "dict[type[Leased], LeasedKind]" = {}


def register(model: type[Any], *, task: str, queue: str) -> None:
    _kinds[model] = LeasedKind(model, task, queue)


def kinds() -> tuple[LeasedKind, ...]:
    return tuple(_kinds.values())


def kind_of(model: "type[Leased]") -> LeasedKind:
    return _kinds[model]
