"""Reading a body, and answering what nobody may keep."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response


def valid(serializer: type[serializers.Serializer[Any]], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """Raises ValidationError."""
    read = serializer(data=data, partial=partial)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def no_store(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    return response
