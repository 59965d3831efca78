"""Bytes to elements: a whole XML document, or an error. Mended are only characters that XML cannot hold."""

import re

from lxml import etree

# A control character, or a reference by number, which may be to one: old writers put them into descriptions.
SUSPECTS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?P<hex>[0-9a-fA-F]{1,6})|0*(?P<decimal>[0-9]{1,7}));")
REPLACEMENT = b"&#xFFFD;"


def parse(content: bytes) -> etree._Element:
    """Raises XMLSyntaxError, and ValueError for a document that declares a type or entities.

    Not with `recover`, which makes a good document of what was cut or is nested too deep: after an invalid character
    libxml2 does not even tell that there was more.
    """
    try:
        document = parse_strictly(content)
    except etree.XMLSyntaxError as error:
        if error.code != etree.ErrorTypes.ERR_INVALID_CHAR:  # type: ignore[attr-defined]
            raise
        document = parse_strictly(SUSPECTS.sub(replaced, content))
    about = document.getroottree().docinfo
    if about.internalDTD is not None or about.externalDTD is not None:
        raise ValueError("a document type")
    return document


def parse_strictly(content: bytes) -> etree._Element:
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def replaced(suspect: re.Match[bytes]) -> bytes:
    if suspect["hex"] or suspect["decimal"]:
        number = int(suspect["hex"], 16) if suspect["hex"] else int(suspect["decimal"])
        if is_character(number):
            return suspect[0]
    return REPLACEMENT


def is_character(number: int) -> bool:
    """XML 1.0, production 2."""
    return (
        number in {0x9, 0xA, 0xD}
        or 0x20 <= number <= 0xD7FF
        or 0xE000 <= number <= 0xFFFD
        or 0x10000 <= number <= 0x10FFFF
    )
