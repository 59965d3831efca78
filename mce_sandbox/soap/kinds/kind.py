"""What an object type is to the SOAP service: a shape, and the verbs it takes."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from lxml import etree

from mce_sandbox.soap.filters import Filter
from mce_sandbox.soap.shapes import Property, Shape, nil
from mce_sandbox.world import BusinessUnit, Caller


@dataclass(frozen=True, slots=True)
class Done:
    """One object of a batch that went well; `object` is the echo's inside, if MCE sends one, `more` what follows it."""

    message: str
    new_id: int = 0
    new_object_id: str = ""
    object: str | None = None
    more: str = ""


class Row(NamedTuple):
    """An object, and the business unit it lies in: what a Property reads."""

    unit: BusinessUnit
    thing: Any


def own(path: str, attribute: str, type: str = "String", *, unset: str = "") -> Property:
    """A property that is an attribute of the object itself."""
    return Property(path, attrgetter(f"thing.{attribute}"), type, unset=unset)


def without(path: str, type: str = "String") -> Property:
    """A property that can be asked for and never has a value here."""
    return Property(path, lambda row: None, type)


CLIENT = Property("Client.ID", lambda row: row.unit.mid, "Int32", api_object=False)
PARTNER_KEY = Property("PartnerKey", lambda row: None, unset=nil("PartnerKey"))
CREATED, MODIFIED = own("CreatedDate", "created", "DateTime"), own("ModifiedDate", "modified", "DateTime")
OBJECT_ID = own("ObjectID", "object_id", unset=nil("ObjectID"))

Rows = Callable[[Caller, Filter | None], Iterable[Row] | Awaitable[Iterable[Row]]]
Verb = Callable[[Caller, etree._Element], Awaitable[Done]]
Writer = Callable[[Row], str]


@dataclass(frozen=True)
class Kind:
    """An object type. `rows` gives the candidates of a retrieve, narrowed by what the filter pins down.

    `upsert` is what Create and Update do when SaveAction is UpdateAdd. `results` is the type of a write's results,
    where they have one. `filters_itself`: its rows are the answer already, and any column of theirs may be asked for.
    """

    shape: Shape
    rows: Rows
    create: Verb | None = None
    update: Verb | None = None
    delete: Verb | None = None
    upsert: Verb | None = None
    perform: dict[str, Verb] = field(default_factory=dict)
    writer: Callable[[list[str]], Writer] | None = None
    results: str = ""
    filters_itself: bool = False
    # What the enterprise shares with its business units.
    is_shared: Callable[[Row], bool] = field(default=lambda row: False)

    @property
    def object_type(self) -> str:
        return self.shape.object_type

    def written(self, wanted: list[str]) -> Writer:
        """What writes one of its objects as a result of a retrieve."""
        if self.writer:
            return self.writer(wanted)
        inside, opening = self.shape.writer(wanted), f'<Results xsi:type="{self.object_type}">'
        return lambda row: f"{opening}{inside(row)}</Results>"
