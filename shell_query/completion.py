"""The HTTP edge of metadata for completion: names of data extensions, and their fields."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qspro.errors import BadRequest
from shell_query import services
from shell_query.understanding import FieldSerializer
from tenants.authentication import the_caller
from tenants.callers import Scope

MOST_FOUND = 100
LONGEST_SEARCH = 100


class DataExtensionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    customerKey = serializers.CharField()


class DataExtensionListSerializer(serializers.Serializer[Any]):
    results = DataExtensionSerializer(many=True, help_text=f"By name; the first {MOST_FOUND}.")
    truncated = serializers.BooleanField(help_text="There are more: search for a longer part of the name.")


class DescribedFieldSerializer(FieldSerializer):
    required = serializers.BooleanField()  # type: ignore[assignment]
    primaryKey = serializers.BooleanField()


class DescribedSerializer(DataExtensionSerializer):
    fields = DescribedFieldSerializer(many=True)  # type: ignore[assignment]


class DataExtensionsView(APIView):
    """GET /api/data-extensions?search="""

    scopes: ClassVar = {"GET": Scope.RUNS_WRITE}

    @extend_schema(responses=DataExtensionListSerializer, parameters=[OpenApiParameter("search", str)])
    def get(self, request: Request) -> Response:
        found = services.find_data_extensions(caller=the_caller(request), search=search_of(request))
        return Response(
            {
                "results": [{"name": each.name, "customerKey": each.customer_key} for each in found[:MOST_FOUND]],
                "truncated": len(found) > MOST_FOUND,
            }
        )


class DataExtensionFieldsView(APIView):
    """GET /api/data-extensions/{key}/fields"""

    scopes: ClassVar = {"GET": Scope.RUNS_WRITE}

    @extend_schema(responses=DescribedSerializer)
    def get(self, request: Request, key: str) -> Response:
        found = services.describe_data_extension(caller=the_caller(request), customer_key=key)
        return Response(
            {
                "name": found.name,
                "customerKey": found.customer_key,
                "fields": [
                    {
                        "name": field.column.name,
                        "type": str(field.column.type),
                        "length": field.column.length,
                        "scale": field.column.scale,
                        "required": field.is_required,
                        "primaryKey": field.is_primary_key,
                    }
                    for field in found.fields
                ],
            }
        )


def search_of(request: Request) -> str:
    """Raises BadRequest."""
    search = request.query_params.get("search", "").strip()
    if len(search) > LONGEST_SEARCH or not search.isprintable():
        raise BadRequest(f"search is a part of a name, of {LONGEST_SEARCH} characters at most.")
    return search
