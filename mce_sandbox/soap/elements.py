"""Reading requests: elements by local name, since clients send every prefix there is."""

import re
from collections.abc import Iterator

from lxml import etree

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
WHOLE = re.compile(r"-?[0-9]{1,18}")
# A tree of small elements is some fifty times as large as its text.
MOST_TAGS = 1_000_000
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Malformed(Exception):
    """Not XML that the sandbox reads: broken, or with a document type."""


def parse(body: bytes) -> etree._Element:
    """The root element. No DTD, no entities, nothing fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    if body.count(b"<") > MOST_TAGS:
        raise Malformed("Too many elements.")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Malformed("A document type is not allowed.")
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("A document type is not allowed.")
    return root


def local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if local(child) == name)


def children_of(element: etree._Element | None, name: str) -> list[etree._Element]:
    """As `children`, of an element that may be missing."""
    return [] if element is None else list(children(element, name))


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element down a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def text(element: etree._Element | None, *path: str) -> str | None:
    """The text down a path; None if it is missing or nil, '' if it is empty."""
    found = child(element, *path)
    if found is None or found.get(XSI_NIL) in ("true", "1"):
        return None
    return found.text or ""


def word(element: etree._Element | None, *path: str) -> str:
    """The text down a path without blanks around it; '' if it is missing."""
    return (text(element, *path) or "").strip()


def flag(element: etree._Element, name: str, *, default: bool = False) -> bool:
    found = word(element, name)
    return found.lower() in ("true", "1") if found else default


def number(element: etree._Element | None, *path: str) -> int | None:
    """An integer of at most 64 bits, or None if it is missing or none."""
    return whole(word(element, *path))


def whole(text: str) -> int | None:
    """A text as an integer of at most 64 bits, or None."""
    return int(text) if WHOLE.fullmatch(text.strip()) else None


def xsi_type(element: etree._Element) -> str:
    """The local name of its xsi:type, '' without one."""
    return (element.get(XSI_TYPE) or "").rpartition(":")[2]
