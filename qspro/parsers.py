"""Reading JSON that somebody else has written."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError
from rest_framework.utils.json import strict_constant

from qspro.errors import BadRequest


class JSONParser(parsers.JSONParser):
    """Takes JSON that is nested too deep to be read for what it is: the caller's fault. And of a field that is given
    twice it does not take the last one: what stands in between may have read the first."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            encoding = parsers.get_encoding(parser_context or {})  # type: ignore[attr-defined]
            text = codecs.getreader(encoding)(stream).read()
            return json.loads(text, parse_constant=strict_constant, object_pairs_hook=each_once)
        except (ValueError, RecursionError) as exc:
            raise ParseError from exc


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadRequest("The body gives a field twice.")
    return found
