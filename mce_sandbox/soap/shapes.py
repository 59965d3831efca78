"""How objects are written: their properties in WSDL order, dotted paths as nested elements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mce_sandbox.clock import soap_date
from mce_sandbox.soap.envelope import NIL_IDS, element

Value = str | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Property:
    """One retrievable property. `path` may be dotted; `api_object`: its parent carries nil ids as MCE's do."""

    path: str
    read: Callable[[Any], Value]
    api_object: bool = True


class Shape:
    """The properties of an object type, in the order of the WSDL."""

    def __init__(self, object_type: str, properties: Iterable[Property]) -> None:
        self.object_type = object_type
        self.properties = tuple(properties)
        self._by_path = {each.path.lower(): each for each in self.properties}

    def find(self, path: str) -> Property | None:
        return self._by_path.get(path.lower())

    def unknown(self, paths: Iterable[str]) -> list[str]:
        return [path for path in paths if path.lower() not in self._by_path]

    def write(self, thing: Any, wanted: Iterable[str]) -> str:
        """The inside of its element: PartnerKey and ObjectID always, nil if unset or not asked for."""
        asked = {path.lower() for path in wanted}
        parts: list[str] = []
        nested: dict[str, list[str]] = {}
        for each in self.properties:
            name, dot, inner = each.path.partition(".")
            if name in ("PartnerKey", "ObjectID"):
                value = each.read(thing) if each.path.lower() in asked else None
                parts.append(_write(name, value) if value else f'<{name} xsi:nil="true" />')
                continue
            value = each.read(thing) if each.path.lower() in asked else None
            if value is None:
                continue
            if not dot:
                parts.append(_write(name, value))
                continue
            if name not in nested:
                nested[name] = [NIL_IDS if each.api_object else ""]
                # Its place is where its first property is; what is in it comes later.
                parts.append(f"\0{name}\0")
            nested[name].append(_write(inner, value))
        text = "".join(parts)
        for name, inside in nested.items():
            text = text.replace(f"\0{name}\0", f"<{name}>{''.join(inside)}</{name}>")
        return text

    def result(self, thing: Any, wanted: Iterable[str]) -> str:
        return f'<Results xsi:type="{self.object_type}">{self.write(thing, wanted)}</Results>'


def _write(name: str, value: Value) -> str:
    return element(name, soap_date(value) if isinstance(value, datetime) else value)
