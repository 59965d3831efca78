"""What a command line may say for the field of a model: that field's own rules decide, before anything is done."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model


def of_field(model: type[Model], name: str) -> Callable[[str], Any]:
    """For argparse, as the type of an argument: a text that the field would not keep is refused with its reason."""
    field = model._meta.get_field(name)

    def read(text: str) -> Any:
        if not text.strip():
            raise ArgumentTypeError("This is not to be empty.")
        try:
            return field.clean(text.strip(), None)  # type: ignore[union-attr]
        except ValidationError as error:
            raise ArgumentTypeError(" ".join(error.messages)) from error

    return read


def of_mce(text: str) -> int:
    """An id of Marketing Cloud's: a MID, an EID."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**63):
        raise ArgumentTypeError("This is a number of Marketing Cloud's, from 1 on.")
    return int(text)


def days(text: str) -> int:
    """So many that a date can be so far ahead."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= 36_500):
        raise ArgumentTypeError("This is a number of days, from 1 to 36500.")
    return int(text)
