"""Filters of a retrieve: simple and complex parts, and which keys they pin down."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from mce_sandbox.clock import parse_date
from mce_sandbox.soap.elements import child, children, local, text, whole, word, xsi_type
from mce_sandbox.soap.shapes import Shape, Value


class BadFilter(Exception):
    """A filter MCE does not read; the text is its OverallStatus after `Error: `."""


@dataclass(frozen=True)
class Simple:
    """Property, operator, values; the values of a date property are dates."""

    property: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Complex:
    left: "Filter"
    operator: str
    right: "Filter"


Filter = Simple | Complex
ARITY = {
    "equals": 1, "notEquals": 1, "greaterThan": 1, "lessThan": 1, "isNull": 0, "isNotNull": 0,
    "greaterThanOrEqual": 1, "lessThanOrEqual": 1, "between": 2, "IN": 1, "like": 1,
}  # fmt: skip


def read(element: etree._Element) -> Filter:
    """A Filter, LeftOperand or RightOperand element. It must say its xsi:type."""
    match xsi_type(element):
        case "SimpleFilterPart":
            values = tuple(text(element_) or "" for element_ in element if local(element_) in ("Value", "DateValue"))
            operator = word(element, "SimpleOperator")
            if operator not in ARITY:
                # MCE's words are not known; the next ones are.
                raise BadFilter(f"The filter operator '{operator}' is not valid.")
            if len(values) < ARITY[operator]:
                raise BadFilter(f"Invalid argument for the {operator} operator. Filter array cannot be null.")
            return Simple(word(element, "Property"), operator, values)
        case "ComplexFilterPart":
            left, right = child(element, "LeftOperand"), child(element, "RightOperand")
            operator = word(element, "LogicalOperator").upper()
            if left is None or right is None or operator not in ("AND", "OR"):
                raise BadFilter("A complex filter needs two operands and a logical operator.")
            more = [read(each) for each in _additional(element)]
            found: Filter = Complex(read(left), operator, read(right))
            for each in more:
                found = Complex(found, operator, each)
            return found
        case other:
            raise BadFilter(f"Unknown filter of type {other or 'FilterPart'} encountered")


def _additional(element: etree._Element) -> list[etree._Element]:
    holder = child(element, "AdditionalOperands")
    return list(children(holder, "Operand")) if holder is not None else []


def simple_parts(filter_: Filter | None) -> Iterator[Simple]:
    match filter_:
        case Simple():
            yield filter_
        case Complex(left=left, right=right):
            yield from simple_parts(left)
            yield from simple_parts(right)


def check_properties(shape: Shape, wanted: list[str], filter_: Filter | None) -> None:
    """Raises BadFilter for what cannot be retrieved or filtered by."""
    named = [part.property for part in simple_parts(filter_)]
    if unknown := shape.unknown(dict.fromkeys(wanted + named)):
        raise BadFilter(
            f"The Request Property(s) {', '.join(unknown)} do not match with the fields of {shape.object_type} retrieve"
        )
    for name in named:
        if (found := shape.find(name)) and not found.filterable:
            # MCE's words are not known.
            raise BadFilter(f"The property {name} of {shape.object_type} cannot be filtered by.")


def pinned(filter_: Filter | None, name: str) -> tuple[str, ...] | None:
    """The values a property must have one of, if the filter says so: lets a lookup replace a scan."""
    match filter_:
        case Simple(property=found, operator="equals" | "IN", values=values) if found.lower() == name.lower():
            return values
        case Complex(left=left, operator="AND", right=right):
            return pinned(left, name) or pinned(right, name)
        case _:
            return None


def compile_filter(filter_: Filter, shape: Shape) -> Callable[[Any], bool]:
    """A test of one object; the filter's properties have been checked."""
    if isinstance(filter_, Complex):
        left, right = compile_filter(filter_.left, shape), compile_filter(filter_.right, shape)
        if filter_.operator == "AND":
            return lambda thing: left(thing) and right(thing)
        return lambda thing: left(thing) or right(thing)
    found = shape.find(filter_.property)
    if found is None:
        raise AssertionError(f"{filter_.property} was not checked")
    operator, values, value_of = filter_.operator, filter_.values, found.read
    return lambda thing: holds(value_of(thing), operator, values)


def holds(value: Value, operator: str, values: tuple[str, ...]) -> bool:
    """One comparison, typed by the object's own value; texts without regard to case."""
    if operator == "isNull":
        return value is None or value == ""
    if operator == "isNotNull":
        return value is not None and value != ""
    if operator == "like":
        return _like(str("" if value is None else value), values[0])
    if value is None:
        return operator == "notEquals"
    own, others = _comparable(value, values)
    match operator:
        case "equals":
            return bool(own == others[0])
        case "notEquals":
            return bool(own != others[0])
        case "IN":
            return own in others
        case _ if any(other is None for other in others):
            return False
        case "greaterThan":
            return bool(own > others[0])
        case "greaterThanOrEqual":
            return bool(own >= others[0])
        case "lessThan":
            return bool(own < others[0])
        case "lessThanOrEqual":
            return bool(own <= others[0])
        case _:
            return bool(others[0] <= own <= others[1])


def _comparable(value: Value, values: tuple[str, ...]) -> tuple[Any, list[Any]]:
    if isinstance(value, bool):
        return value, [each.strip().lower() in ("true", "1") for each in values]
    if isinstance(value, datetime):
        return value, [parse_date(each) for each in values]
    if isinstance(value, int):
        return value, [whole(each) for each in values]
    return str(value).lower(), [each.lower() for each in values]


def _like(value: str, pattern: str) -> bool:
    """SQL's % and _; without any of them it is `contains`, as MCE takes it."""
    if "%" not in pattern and "_" not in pattern:
        return pattern.lower() in value.lower()
    expression = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(expression, value, re.IGNORECASE | re.DOTALL) is not None
