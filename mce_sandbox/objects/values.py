"""Values of rows as they come over the wire and go back: texts, read by the type of their field."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from mce_sandbox.clock import parse_date, system_now, us_date
from mce_sandbox.objects.fields import TEXTS, Field

Value = str | int | bool | Decimal | datetime | None
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
# Python reads more than these: digits of all scripts, with lines between them.
WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
INTEGERS = range(-(2**31), 2**31)
MOST_DIGITS = 100
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class BadValue(Exception):
    """A field does not take this; the text says why. MCE's words are not known."""


def convert(field: Field, given: object) -> Value:
    """What the field keeps of a text, or of a JSON scalar. Raises BadValue."""
    if given is None:
        return None
    text = str(given)
    if field.type in TEXTS:
        return _text(field, text)
    text = text.strip()
    if not text:
        return None
    match field.type:
        case "Number":
            return _number(field, text)
        case "Decimal":
            return _decimal(field, text)
        case "Boolean" if text.lower() in FLAGS:
            return FLAGS[text.lower()]
        case "Date" if (moment := parse_date(text)) is not None:
            return moment
        case _:
            raise BadValue(f"The value of the field {field.name} is not a valid {field.type}.")


def default_of(field: Field) -> Value:
    """What a new row has where nothing was given."""
    if not field.default:
        return None
    if field.type == "Date" and field.default.lower() in ("getdate()", "now()"):
        return system_now()
    return convert(field, field.default)


def told(value: object) -> str:
    """A value as MCE writes it: NULL is '', True is `True`, dates in the US form."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return us_date(value)
    return str(value)


def _text(field: Field, text: str) -> str | None:
    if field.max_length and len(text) > field.max_length:
        raise BadValue(f"The value of the field {field.name} is longer than {field.max_length} characters.")
    if field.type == "EmailAddress":
        text = text.strip()
        if text and not EMAIL.fullmatch(text):
            raise BadValue(f"The value of the field {field.name} is not a valid EmailAddress.")
        return text or None
    return text


def _number(field: Field, text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise BadValue(f"The value of the field {field.name} is not a valid Number.")
    if len(text) > MOST_DIGITS or int(text) not in INTEGERS:
        raise BadValue(f"The value of the field {field.name} is too large for a Number.")
    return int(text)


def _decimal(field: Field, text: str) -> Decimal:
    scale = field.scale or 0
    if not NUMBER.fullmatch(text):
        raise BadValue(f"The value of the field {field.name} is not a valid Decimal.")
    try:
        number = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    except InvalidOperation as error:
        raise BadValue(f"The value of the field {field.name} is not a valid Decimal.") from error
    if abs(number) >= Decimal(10) ** ((field.max_length or 18) - scale):
        raise BadValue(f"The value of the field {field.name} is too large for its precision.")
    return number
