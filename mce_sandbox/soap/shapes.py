"""How objects are written: their properties in WSDL order, dotted paths as nested elements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mce_sandbox.clock import soap_date
from mce_sandbox.soap.envelope import element

Value = str | int | bool | datetime | None
Reader = Callable[[Any], Value]


def nil(name: str) -> str:
    return f'<{name} xsi:nil="true" />'


@dataclass(frozen=True, slots=True)
class Property:
    """One property. `path` may be dotted; `api_object`: its parent carries nil ids as MCE's do.

    `type` is what Describe calls it. `unset` is written where there is no value, or where nobody asked for one.
    """

    path: str
    read: Reader
    type: str = "String"
    api_object: bool = True
    unset: str = ""
    retrievable: bool = True
    filterable: bool = True


@dataclass(slots=True)
class Nested:
    """An element with properties of its own: what was asked of it, with the id apart, which comes first."""

    name: str
    api_object: bool
    id: Reader | None = None
    rest: list[tuple[str, Reader]] = field(default_factory=list)

    def write(self, thing: Any) -> str:
        number = self.id(thing) if self.id else None
        first = element("ID", number) if number is not None else ""
        rest = "".join(_write(name, value) for name, read in self.rest if (value := read(thing)) is not None)
        if not first and not rest:
            return ""
        if self.api_object:
            first = f"{nil('PartnerKey')}{first}{nil('ObjectID')}"
        return f"<{self.name}>{first}{rest}</{self.name}>"


class Shape:
    """The properties of an object type, in the order of the WSDL. With a wildcard `*` may be asked for, in vain."""

    def __init__(self, object_type: str, properties: Iterable[Property], *, wildcard: bool = False) -> None:
        self.object_type = object_type
        self.wildcard = wildcard
        self.properties = tuple(properties)
        self._by_path = {each.path.lower(): each for each in self.properties}

    def find(self, path: str) -> Property | None:
        return self._by_path.get(path.lower())

    def unknown(self, paths: Iterable[str]) -> list[str]:
        """Those that cannot be retrieved."""
        known = ("*",) if self.wildcard else ()
        return [path for path in paths if path not in known and not ((found := self.find(path)) and found.retrievable)]

    def writer(self, wanted: Iterable[str]) -> Callable[[Any], str]:
        """Writes the inside of an object's element: what is asked for, and what MCE always writes."""
        asked = {path.lower() for path in wanted}
        steps: list[Callable[[Any], str]] = []
        nested: dict[str, Nested] = {}
        for each in self.properties:
            name, dot, inner = each.path.partition(".")
            if each.path.lower() not in asked:
                if each.unset:
                    steps.append(_constant(each.unset))
            elif not dot:
                steps.append(_plain(each))
            else:
                if name not in nested:
                    nested[name] = Nested(name, each.api_object)
                    steps.append(nested[name].write)
                if inner == "ID":
                    nested[name].id = each.read
                else:
                    nested[name].rest.append((inner, each.read))
        return lambda thing: "".join([step(thing) for step in steps])

    def write(self, thing: Any, wanted: Iterable[str]) -> str:
        return self.writer(wanted)(thing)


def _constant(text: str) -> Callable[[Any], str]:
    return lambda thing: text


def _plain(each: Property) -> Callable[[Any], str]:
    def write(thing: Any) -> str:
        value = each.read(thing)
        # An id that is not set is nil, not an empty element.
        return each.unset if value is None or (value == "" and each.unset) else _write(each.path, value)

    return write


def _write(name: str, value: Value) -> str:
    return element(name, soap_date(value) if isinstance(value, datetime) else value)
