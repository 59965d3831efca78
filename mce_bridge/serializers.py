"""JSON of business units and how they are connected."""

from typing import Any

from rest_framework import serializers

from mce_bridge.models import Connection, Kind, State
from mce_bridge.services import Serving
from tenants.callers import Caller
from tenants.models import BusinessUnit
from tenants.serializers import NamedSerializer, PlaceSerializer, StrictSerializer

STATES = [*(str(state) for state in State), "none"]


class ServingSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, help_text="broken: sign in again, or renew the credentials.")
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind], allow_null=True)


class BusinessUnitSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    mid = serializers.IntegerField()
    name = serializers.CharField()
    current = serializers.BooleanField(help_text="Whether the caller acts in it.")
    connection = ServingSerializer()


class BusinessUnitsSerializer(serializers.Serializer[Any]):
    results = BusinessUnitSerializer(many=True)


class SwitchSerializer(StrictSerializer):
    mid = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class UnitNameSerializer(StrictSerializer):
    name = serializers.CharField(max_length=200)


class NewUnitSerializer(SwitchSerializer, UnitNameSerializer):
    pass


class AllUnitsSerializer(serializers.Serializer[Any]):
    results = PlaceSerializer(many=True)


class CredentialsSerializer(StrictSerializer):
    """Of a server-to-server package at Marketing Cloud; printable ASCII, as it gives them."""

    clientId = serializers.RegexField(r"^[!-~]{1,200}\Z", help_text="Of a server-to-server package.")
    clientSecret = serializers.RegexField(r"^[!-~]{1,200}\Z", write_only=True)


class NewConnectionSerializer(SwitchSerializer, CredentialsSerializer):
    pass


class ConnectionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind])
    state = serializers.ChoiceField(choices=[str(state) for state in State])
    businessUnit = PlaceSerializer()
    user = NamedSerializer(allow_null=True, help_text="Whose own it is; null for client credentials.")
    clientId = serializers.CharField()
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class ConnectionsSerializer(serializers.Serializer[Any]):
    results = ConnectionSerializer(many=True)


def serving_body(serving: Serving) -> dict[str, Any]:
    return {"state": serving.state, "kind": serving.kind}


def unit_body(unit: BusinessUnit, serving: Serving, caller: Caller) -> dict[str, Any]:
    return {
        "id": str(unit.id),
        "mid": unit.mid,
        "name": unit.name,
        "current": unit.id == caller.business_unit_id,
        "connection": serving_body(serving),
    }


def plain_unit_body(unit: BusinessUnit) -> dict[str, Any]:
    return {"mid": unit.mid, "name": unit.name}


def connection_body(connection: Connection) -> dict[str, Any]:
    user = connection.user
    return {
        "id": str(connection.id),
        "kind": connection.kind,
        "state": connection.state,
        "businessUnit": plain_unit_body(connection.business_unit),
        "user": {"id": str(user.id), "name": user.name} if user else None,
        "clientId": connection.client_id,
        "createdAt": connection.created_at,
        "updatedAt": connection.updated_at,
    }
