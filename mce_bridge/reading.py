"""Elements to values, guided by the types that zeep has read from our WSDL (docs/decisions/0027).

As lenient as zeep is without `strict`: elements may come in any order and namespace, and those that our WSDL does not
know are passed by. A value that is not of its type reads as None.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from lxml import etree
from zeep.utils import qname_attr
from zeep.xsd import AnySimpleType, ComplexType

from mce_bridge.errors import UnreadableAnswer

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class Values:
    """What an element of a complex type holds, by attribute: None for what is absent, and what may be repeated in a
    sequence.
    """

    def __init__(self, found: dict[str, Any]) -> None:
        self.__dict__ = found

    def __getattr__(self, name: str) -> Any:
        """Asked only for what the type does not have: the answer is about something else."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnreadableAnswer


@dataclass(frozen=True, slots=True)
class Place:
    """Where elements of one name may stand."""

    read: Callable[[etree._Element], Any]
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A complex type. `kind` is its own class of values; the class has what an absent element reads as."""

    places: dict[str, Place]
    kind: type[Values]


class Reader:
    """Shared by all threads: it keeps types alone, and the WSDL has so many."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.shapes: dict[Any, Shape] = {}

    def read(self, element: etree._Element, declared: Any) -> Values:
        """An element at a place of the type `declared`. Raises one of zeep's errors, LookupError or ValueError for a
        type that there is not."""
        shape = self.shape_of(self.type_of(element, declared))
        found: dict[str, Any] = {}
        for child in element:
            name = child.tag.rpartition("}")[2]
            place = shape.places.get(name)
            if place is None:
                continue
            if place.is_repeated:
                found.setdefault(name, []).append(place.read(child))
            elif name not in found:
                found[name] = place.read(child)
        return shape.kind(found)

    def type_of(self, element: etree._Element, declared: Any) -> Any:
        """What the element says of itself goes first, unless it is of a namespace that we do not know."""
        if element.get(XSI_TYPE) is None:
            return declared
        said = self.schema.get_type(qname_attr(element, XSI_TYPE), fail_silently=True)
        if not isinstance(said, ComplexType | None):
            raise ValueError("a text in an object's place")
        return said or declared

    def shape_of(self, kind: Any) -> Shape:
        shape = self.shapes.get(kind)
        if shape is None:
            shape = self.shapes[kind] = self.make_shape(kind)
        return shape

    def make_shape(self, kind: Any) -> Shape:
        places = {element.name: self.place_of(element) for _, element in kind.elements}
        absent = {name: () if place.is_repeated else None for name, place in places.items()}
        return Shape(places, type(kind.name or "Values", (Values,), absent))

    def place_of(self, element: Any) -> Place:
        # A text is always of the type that our WSDL says, whatever it says of itself.
        simple = isinstance(element.type, AnySimpleType)
        read = element.type.parse_xmlelement if simple else partial(self.read, declared=element.type)
        return Place(read, element.accepts_multiple)
