"""What an object type is to the SOAP service: a shape, and the verbs it takes."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from lxml import etree

from mce_sandbox.soap.filters import Filter
from mce_sandbox.soap.shapes import Property, Shape
from mce_sandbox.world import BusinessUnit, Caller


@dataclass(frozen=True, slots=True)
class Done:
    """One object of a batch that went well; `object` is the echo's inside, if MCE sends one."""

    message: str
    new_id: int = 0
    new_object_id: str = ""
    object: str | None = None


class Row(NamedTuple):
    """An object, and the business unit it lies in: what a Property reads."""

    unit: BusinessUnit
    thing: Any


def own(path: str, attribute: str) -> Property:
    """A property that is an attribute of the object itself."""
    return Property(path, attrgetter(f"thing.{attribute}"))


CLIENT = Property("Client.ID", lambda row: row.unit.mid, api_object=False)
NO_PARTNER_KEY = Property("PartnerKey", lambda row: None)

Rows = Callable[[Caller, Filter | None], Iterable[Row]]
Verb = Callable[[Caller, etree._Element], Awaitable[Done]]


@dataclass(frozen=True)
class Kind:
    """An object type. `rows` gives the candidates of a retrieve, narrowed by what the filter pins down."""

    shape: Shape
    rows: Rows
    create: Verb | None = None
    update: Verb | None = None
    delete: Verb | None = None
    perform: dict[str, Verb] = field(default_factory=dict)
    write: Callable[[Row, list[str]], str] | None = None

    @property
    def object_type(self) -> str:
        return self.shape.object_type
